//! The server functions of results: a candidate's own, a paper's, and the public check.

use domain::assessment::{
    PaperId,
    results::{ItemsPage, ResultsPage, SittingResult, Verification},
};
use leptos::prelude::*;

use super::forms::CorrectionForm;
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::{delivery::api::unless_it_goes_on, parse},
        kit::api::{Form, answer, request},
    },
    domain::{
        FieldProblem,
        assessment::{ItemId, delivery::SittingId, results::ResultsQuery},
    },
    leptos_axum::redirect,
    services::assessment,
};

/// `None` as [`load_receipt`](crate::assessment::delivery::api::load_receipt) has it.
#[server(prefix = "/api", endpoint = "assessment/load_result", protocol = Wire)]
pub async fn load_result(sitting: String) -> Result<Option<SittingResult>, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    let result = assessment::results::own_result(&request.services, request.actor()?, sitting).await;
    answer(&request, unless_it_goes_on(&request, sitting, result).await)
}

/// Takes a name in Latin letters for a certificate that cannot show the candidate's own.
#[server(prefix = "/api", endpoint = "assessment/name_certificate")]
pub async fn name_certificate(
    sitting: String,
    #[server(default)] certificate_name: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let sitting: SittingId = parse::id(&request, &sitting)?;
    let named =
        assessment::results::name_certificate(&request.services, actor, sitting, &certificate_name).await;
    answer(&request, named)?;
    redirect(&format!("/assessments/sittings/{sitting}/result"));
    Ok(())
}

/// For anybody who was shown a certificate.
#[server(prefix = "/api", endpoint = "assessment/load_verification", protocol = Wire)]
pub async fn load_verification(code: String) -> Result<Verification, ApiError> {
    let request = request()?;
    answer(&request, assessment::results::verify(&request.services, &code).await)
}

/// `query` is what the address of the page asks of the list.
#[server(prefix = "/api", endpoint = "assessment/load_results", protocol = Wire)]
pub async fn load_results(paper: String, #[server(default)] query: String) -> Result<ResultsPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let query = ResultsQuery::read(&query);
    let page = assessment::results::results_page(&request.services, request.actor()?, paper, &query).await;
    answer(&request, page)
}

#[server(prefix = "/api", endpoint = "assessment/load_items", protocol = Wire)]
pub async fn load_items(paper: String) -> Result<ItemsPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::results::items_page(&request.services, request.actor()?, paper).await)
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
            answer(&request, assessment::authoring::paper_page(&request.services, actor, paper).await)?;
            return Err(error);
        }
    };
    let seen = parse::version(&version);
    let services = &request.services;
    let corrected =
        assessment::results::correct_item(services, actor, paper, item, &reason, &correction, seen).await;
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
