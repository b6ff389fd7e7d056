//! The server functions for running a paper.

use domain::assessment::{
    PaperId,
    invigilation::{Invigilation, SittingOverview},
};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{Form, answer, request},
    },
    domain::assessment::{delivery::SittingId, invigilation::InvigilationQuery},
    leptos_axum::redirect,
    services::assessment,
};

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_invigilation", protocol = Wire)]
pub async fn load_invigilation(
    paper: PaperId,
    #[server(default)] query: String,
) -> Result<Invigilation, ApiError> {
    let request = request()?;
    let query = InvigilationQuery::read(&query);
    let page =
        assessment::invigilation::invigilation(&request.services, request.actor()?, paper, &query).await;
    answer(&request, page)
}

#[server(prefix = "/api", endpoint = "assessment/load_sitting_overview", protocol = Wire)]
pub async fn load_sitting_overview(sitting: String) -> Result<SittingOverview, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    answer(
        &request,
        assessment::invigilation::sitting_overview(&request.services, request.actor()?, sitting).await,
    )
}

/// Adds minutes to one sitting, or without one to all that are going on.
#[server(prefix = "/api", endpoint = "assessment/add_time")]
pub async fn add_time(
    paper: String,
    #[server(default)] sitting: String,
    #[server(default)] minutes: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let once = form.parse().ok();
    let paper: PaperId = parse::id(&request, &paper)?;
    let one: Option<SittingId> = match sitting.as_str() {
        "" => None,
        id => Some(parse::id(&request, id)?),
    };
    let mut form = Form::new(&request);
    let Some(minutes) = form.field("minutes", parse::minutes(&minutes)) else { return Err(form.refused()) };
    let added = answer(
        &request,
        assessment::invigilation::add_time(&request.services, actor, paper, one, minutes, once).await,
    )?;
    redirect(&match (one, added) {
        (Some(sitting), _) => format!("/assessments/papers/{paper}/sittings/{sitting}"),
        (None, Some(candidates)) => format!("/assessments/papers/{paper}?done=time&candidates={candidates}"),
        (None, None) => format!("/assessments/papers/{paper}?done=time"),
    });
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/submit_for")]
pub async fn submit_for(
    paper: PaperId,
    sitting: domain::assessment::delivery::SittingId,
) -> Result<(), ApiError> {
    let request = request()?;
    answer(
        &request,
        assessment::invigilation::submit_for(&request.services, request.actor()?, paper, sitting).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/reopen_sitting")]
pub async fn reopen_sitting(
    paper: PaperId,
    sitting: domain::assessment::delivery::SittingId,
    #[server(default)] minutes: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let Some(minutes) = form.field("minutes", parse::minutes(&minutes)) else { return Err(form.refused()) };
    let reopened = assessment::invigilation::reopen(&request.services, actor, paper, sitting, minutes).await;
    answer(&request, reopened)?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/note_incident")]
pub async fn note_incident(
    paper: PaperId,
    sitting: domain::assessment::delivery::SittingId,
    #[server(default)] note: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, form) = (request.actor()?, form.parse().ok());
    let noted =
        assessment::invigilation::note_incident(&request.services, actor, paper, sitting, &note, form).await;
    answer(&request, noted)?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/release_results")]
pub async fn release_results(paper: PaperId, #[server(default)] confirmed: bool) -> Result<(), ApiError> {
    let request = request()?;
    let released =
        assessment::invigilation::release_results(&request.services, request.actor()?, paper, confirmed)
            .await;
    answer(&request, released)?;
    redirect(&format!("/assessments/papers/{paper}/results"));
    Ok(())
}
