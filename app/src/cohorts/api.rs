//! The server functions of the cohorts area.

use domain::cohorts::{CohortPage, CohortQuery, MyCohorts};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{answer, request},
    domain::cohorts::CohortId,
    services::cohorts,
};

#[server(prefix = "/api", endpoint = "cohorts/load_cohorts", protocol = Wire)]
pub async fn load_cohorts() -> Result<MyCohorts, ApiError> {
    let request = request()?;
    answer(&request, cohorts::my_cohorts(&request.services, request.actor()?).await)
}

#[server(prefix = "/api", endpoint = "cohorts/load_cohort", protocol = Wire<Json>)]
pub async fn load_cohort(cohort: String, query: CohortQuery) -> Result<CohortPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    // An address that is no id names no cohort.
    let Ok(cohort) = cohort.parse::<CohortId>() else {
        return answer(&request, Err(services::Error::NotFound));
    };
    answer(&request, cohorts::cohort_page(&request.services, actor, cohort, &query).await)
}
