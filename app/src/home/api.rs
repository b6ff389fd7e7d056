//! The server function of the start page.

use domain::home::Waiting;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{answer, request},
    services::home,
};

/// What waits for the person, in all areas.
#[server(prefix = "/api", endpoint = "home/load_waiting", protocol = Wire)]
pub async fn load_waiting() -> Result<Waiting, ApiError> {
    let request = request()?;
    answer(&request, home::waiting(&request.services, request.actor()?).await)
}
