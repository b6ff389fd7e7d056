//! Configuration, telemetry, router, middleware, jobs and the command line: everything that names a URL, a cookie, a
//! header or an environment variable.

pub mod cli;
pub mod config;
mod jobs;
mod questions;
mod queue;
mod serve;
mod telemetry;
pub mod web;

/// Making a page allocates thousands of small pieces and frees them on whichever thread finishes it; the system's allocator
/// spends a quarter of the page's time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
