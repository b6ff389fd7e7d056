use domain::assessment::{Invigilation, ItemSheet, PaperId, ResultSheet, SittingDesk};
use leptos::prelude::*;

use super::CorrectionForm;
use crate::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::parse,
    crate::api::{Form, answer, request},
    domain::{
        FieldProblem,
        assessment::{ItemId, SittingId},
    },
    leptos_axum::redirect,
    services::assessment::{self, LookedAt},
};

#[server(prefix = "/api", endpoint = "assessment/load_invigilation", protocol = Wire)]
pub async fn load_invigilation(paper: PaperId) -> Result<Invigilation, ApiError> {
    let request = request()?;
    answer(&request, assessment::invigilation(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_desk", protocol = Wire)]
pub async fn load_desk(sitting: String) -> Result<SittingDesk, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    answer(&request, assessment::sitting_desk(&request.services, request.actor()?, sitting).await)
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
    let added =
        answer(&request, assessment::add_time(&request.services, actor, paper, one, minutes, once).await)?;
    redirect(&match (one, added) {
        (Some(sitting), _) => format!("/assessments/papers/{paper}/sittings/{sitting}"),
        (None, Some(candidates)) => format!("/assessments/papers/{paper}?done=time&candidates={candidates}"),
        (None, None) => format!("/assessments/papers/{paper}?done=time"),
    });
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/submit_for")]
pub async fn submit_for(paper: PaperId, sitting: domain::assessment::SittingId) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, assessment::submit_for(&request.services, request.actor()?, sitting).await)?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/reopen_sitting")]
pub async fn reopen_sitting(
    paper: PaperId,
    sitting: domain::assessment::SittingId,
    #[server(default)] minutes: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let Some(minutes) = form.field("minutes", parse::minutes(&minutes)) else { return Err(form.refused()) };
    answer(&request, assessment::reopen(&request.services, actor, sitting, minutes).await)?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/note_incident")]
pub async fn note_incident(
    paper: PaperId,
    sitting: domain::assessment::SittingId,
    #[server(default)] note: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, form) = (request.actor()?, form.parse().ok());
    let noted = assessment::note_incident(&request.services, actor, sitting, &note, form).await;
    answer(&request, noted)?;
    redirect(&format!("/assessments/papers/{paper}/sittings/{sitting}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/release_results")]
pub async fn release_results(paper: PaperId, #[server(default)] confirmed: bool) -> Result<(), ApiError> {
    let request = request()?;
    let released = assessment::release_results(&request.services, request.actor()?, paper, confirmed).await;
    answer(&request, released)?;
    redirect(&format!("/assessments/papers/{paper}/results"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_results", protocol = Wire)]
pub async fn load_results(paper: String) -> Result<ResultSheet, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::result_sheet(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_items", protocol = Wire)]
pub async fn load_items(paper: String) -> Result<ItemSheet, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::item_sheet(&request.services, request.actor()?, paper).await)
}

/// Corrects the key of a question, or with `how` = `void` takes it out, with `put-back` puts it back, and marks everybody again.
#[server(prefix = "/api", endpoint = "assessment/correct_item")]
pub async fn correct_item(
    paper: PaperId,
    item: String,
    #[server(default)] version: String,
    #[server(flatten)] correction: CorrectionForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let item: ItemId = parse::id(&request, &item)?;
    let (correction, reason) = match correction.parse(Form::new(&request), item) {
        Ok(correction) => correction,
        Err(error) => {
            // Whose paper it is not learns nothing of it.
            answer(&request, assessment::paper_page(&request.services, actor, paper).await)?;
            return Err(error);
        }
    };
    let seen = parse::version(&version);
    let corrected =
        assessment::correct_item(&request.services, actor, item, &reason, &correction, seen).await;
    // Each question of the page has its own form: the ids of the fields end in the question's.
    let corrected = corrected.map_err(|error| match error {
        services::Error::Invalid(fields) => services::Error::Invalid(
            fields
                .into_iter()
                .map(|field| FieldProblem::new(format!("{}-{item}", field.field), field.problem))
                .collect(),
        ),
        other => other,
    });
    answer(&request, corrected)?;
    redirect(&format!("/assessments/papers/{paper}/items?done=corrected"));
    Ok(())
}

/// Support says why it looks at a paper, or at who has extra time.
#[server(prefix = "/api", endpoint = "assessment/give_reason")]
pub async fn give_reason(about: String, #[server(default)] reason: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let what: LookedAt = parse::id(&request, &about)?;
    answer(&request, assessment::give_reason(&request.services, actor, what, &reason).await)?;
    redirect(&match what {
        LookedAt::Paper(paper) => format!("/assessments/papers/{paper}"),
        LookedAt::Adjustments(organisation) => format!("/assessments/adjustments/{organisation}"),
    });
    Ok(())
}
