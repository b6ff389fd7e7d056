//! The server functions of the cohorts area.

use domain::cohorts::{CohortPage, MyCohorts};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{answer, request},
    domain::cohorts::{CohortId, CohortsQuery, StudentsQuery},
    services::cohorts,
};

/// `query` is the query of the page's address, here and below.
#[server(prefix = "/api", endpoint = "cohorts/load_cohorts", protocol = Wire)]
pub async fn load_cohorts(#[server(default)] query: String) -> Result<MyCohorts, ApiError> {
    let request = request()?;
    let query = CohortsQuery::read(&query);
    answer(&request, cohorts::my_cohorts(&request.services, request.actor()?, &query).await)
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort", protocol = Wire)]
pub async fn load_cohort(cohort: String, #[server(default)] query: String) -> Result<CohortPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    // An address without a valid id belongs to no cohort.
    let Ok(cohort) = cohort.parse::<CohortId>() else {
        return answer(&request, Err(services::Error::NotFound));
    };
    let query = StudentsQuery::read(&query);
    answer(&request, cohorts::cohort_page(&request.services, actor, cohort, &query).await)
}
