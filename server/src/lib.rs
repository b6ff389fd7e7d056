//! Configuration, telemetry, router, middleware, jobs and the command line: what names a URL, a cookie, a header or an
//! environment variable.

pub mod cli;
pub mod config;
mod jobs;
mod questions;
mod serve;
mod telemetry;
pub mod web;
