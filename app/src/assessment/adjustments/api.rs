//! The server functions of extra time and rest breaks.

use domain::assessment::adjustments::AdjustedPeople;
use leptos::prelude::*;

use super::forms::AdjustmentForm;
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{Form, answer, request},
    },
    domain::organisations::OrganisationId,
    leptos_axum::redirect,
    services::assessment,
};

#[server(prefix = "/api", endpoint = "assessment/load_adjustments", protocol = Wire)]
pub async fn load_adjustments(
    organisation: String,
    #[server(default)] search: String,
    #[server(default)] page: String,
) -> Result<AdjustedPeople, ApiError> {
    let request = request()?;
    let organisation = parse::id(&request, &organisation)?;
    let (actor, page) = (request.actor()?, page.parse().unwrap_or(1));
    answer(
        &request,
        assessment::adjustments::adjusted_people(&request.services, actor, organisation, &search, page).await,
    )
}

#[server(prefix = "/api", endpoint = "assessment/set_adjustment")]
pub async fn set_adjustment(
    organisation: String,
    #[server(flatten)] adjustment: AdjustmentForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let (email, change) = adjustment.parse(Form::new(&request))?;
    answer(
        &request,
        assessment::adjustments::set_adjustment(&request.services, actor, organisation, &email, change).await,
    )?;
    redirect(&format!("/assessments/adjustments/{organisation}?done=set"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/take_back_adjustment")]
pub async fn take_back_adjustment(organisation: String, adjustment: String) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let given = parse::id(&request, &adjustment)?;
    let taken = assessment::adjustments::take_back_adjustment(
        &request.services,
        request.actor()?,
        organisation,
        given,
    )
    .await;
    answer(&request, taken)?;
    redirect(&format!("/assessments/adjustments/{organisation}?done=taken-back"));
    Ok(())
}
