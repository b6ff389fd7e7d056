//! The directory of an area: search, filters, order.

use domain::zone::directory::DirectoryPage;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{answer, request, slug},
    domain::zone::directory::DirectoryQuery,
    services::zone,
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "zone/load_directory", protocol = Wire)]
pub async fn load_directory(
    area: String,
    #[server(default)] query: String,
) -> Result<DirectoryPage, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let query = DirectoryQuery::read(&query);
    answer(&request, zone::directory::directory_page(&request.services, actor, &area, &query).await)
}
