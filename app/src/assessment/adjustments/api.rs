//! The server functions of extra time and rest breaks.

use domain::assessment::adjustments::AdjustedPeople;
use leptos::prelude::*;

use super::forms::AdjustmentForm;
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::{
            api::{Form, answer, request},
            list::with,
        },
    },
    domain::{
        FormToken,
        assessment::adjustments::{AdjustmentId, AdjustmentsQuery, AdjustmentsSeen},
        organisations::OrganisationId,
    },
    leptos_axum::redirect,
    services::assessment,
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_adjustments", protocol = Wire)]
pub async fn load_adjustments(
    organisation: String,
    #[server(default)] query: String,
) -> Result<AdjustedPeople, ApiError> {
    let request = request()?;
    let organisation = parse::id(&request, &organisation)?;
    let (actor, query) = (request.actor()?, AdjustmentsQuery::read(&query));
    answer(
        &request,
        assessment::adjustments::adjusted_people(&request.services, actor, organisation, &query).await,
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

/// The same for a list of people, one a line.
#[server(prefix = "/api", endpoint = "assessment/set_adjustments")]
pub async fn set_adjustments(
    organisation: String,
    #[server(default)] extra_time_list: String,
    #[server(default)] form: String,
    #[server(default)] seen: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let token: Option<FormToken> = form.parse().ok();
    // The page of a list shows nobody's time in its form.
    let seen = token.map(|form| AdjustmentsSeen { form, seen: seen.parse().unwrap_or(0), shown: false });
    let set = assessment::adjustments::set_adjustments(
        &request.services,
        request.actor()?,
        organisation,
        &extra_time_list,
        seen,
    );
    answer(&request, set.await)?;
    redirect(&format!("/assessments/adjustments/{organisation}?done=set"));
    Ok(())
}

/// `query` is the query of the list, which stays.
#[server(prefix = "/api", endpoint = "assessment/take_back_adjustment")]
pub async fn take_back_adjustment(
    organisation: String,
    adjustment: String,
    #[server(default)] query: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let given: AdjustmentId = parse::id(&request, &adjustment)?;
    let taken = assessment::adjustments::take_back_adjustment(
        &request.services,
        request.actor()?,
        organisation,
        given,
    )
    .await;
    answer(&request, taken)?;
    let list = AdjustmentsQuery::read(&query).first();
    redirect(&with(
        &list.link(&format!("/assessments/adjustments/{organisation}")),
        &format!("done=taken-back&of={given}"),
    ));
    Ok(())
}
