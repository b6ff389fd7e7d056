//! The server functions of NMP Zone. `area` is the name in its address, everywhere.

pub mod directory;
pub mod joining;
pub mod messages;
pub mod profile;
pub mod resources;

#[cfg(feature = "ssr")]
use {
    crate::kit::api::{ApiError, RequestContext, answer},
    std::str::FromStr,
};

/// An id from an address or a hidden field. A malformed one names nothing.
#[cfg(feature = "ssr")]
fn id<T: FromStr>(request: &RequestContext, text: &str) -> Result<T, ApiError> {
    text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
}
