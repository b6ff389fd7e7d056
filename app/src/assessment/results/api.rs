//! The server functions of results: the candidate's result, the results of a paper, and the public check of a certificate.

use domain::assessment::{
    PaperId,
    results::{ItemsPage, Remarking, ResultsPage, SittingResult, Verified},
};
use leptos::prelude::*;

use super::forms::CorrectionForm;
use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::forms::correction,
    crate::{
        assessment::{delivery::api::unless_it_goes_on, parse},
        kit::api::{Form, answer, request},
    },
    domain::{
        FieldProblem,
        assessment::{ItemId, delivery::SittingId, results::ResultsQuery},
        kit::list::link_to,
    },
    leptos_axum::redirect,
    services::assessment::{self, results::Proposal},
};

/// The result is `None` in the same case as in [`load_receipt`](crate::assessment::delivery::api::load_receipt).
#[server(prefix = "/api", endpoint = "assessment/load_result", protocol = Wire)]
pub async fn load_result(sitting: String) -> Result<Option<SittingResult>, ApiError> {
    let request = request()?;
    let sitting = parse::id(&request, &sitting)?;
    let result = assessment::results::own_result(&request.services, request.actor()?, sitting).await;
    answer(&request, unless_it_goes_on(&request, sitting, result).await)
}

/// Stores a name in Latin letters for a certificate whose font cannot show the candidate's own name.
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

/// Checks a certificate, without signing in.
#[server(prefix = "/api", endpoint = "assessment/load_verification", protocol = Wire)]
pub async fn load_verification(code: String) -> Result<Verified, ApiError> {
    let request = request()?;
    answer(&request, assessment::results::verified(&request.services, &code).await)
}

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_results", protocol = Wire)]
pub async fn load_results(paper: String, #[server(default)] query: String) -> Result<ResultsPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let query = ResultsQuery::read(&query);
    let page = assessment::results::results_page(&request.services, request.actor()?, paper, &query).await;
    answer(&request, page)
}

/// `item`, `how` and `right` are those of the address, which asks what a correction would change.
#[server(prefix = "/api", endpoint = "assessment/load_items", protocol = Wire)]
pub async fn load_items(
    paper: String,
    #[server(default)] item: String,
    #[server(default)] how: String,
    #[server(default)] right: String,
) -> Result<ItemsPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let proposal = item.parse::<ItemId>().ok().zip(correction(&how, right));
    let proposal = proposal.map(|(item, correction)| Proposal { item, correction });
    let page =
        assessment::results::items_page_with(&request.services, request.actor()?, paper, proposal).await;
    answer(&request, page)
}

/// How far the marking of everybody is, after a correction. `None` when all are marked.
#[server(prefix = "/api", endpoint = "assessment/load_remarking", protocol = Wire)]
pub async fn load_remarking(paper: String) -> Result<Option<Remarking>, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::results::remarking(&request.services, request.actor()?, paper).await)
}

/// Lets the marking go on that has stopped. `page` is the page of the paper that has the form: "results", or else the item analysis.
#[server(prefix = "/api", endpoint = "assessment/go_on_marking")]
pub async fn go_on_marking(paper: PaperId, #[server(default)] page: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, assessment::results::go_on_marking(&request.services, request.actor()?, paper).await)?;
    let page = if page == "results" { "results" } else { "items" };
    redirect(&format!("/assessments/papers/{paper}/{page}?done=marking"));
    Ok(())
}

/// Corrects the key of a question; everybody is then marked again. `how` = `void` takes the question out instead, and `put-back` puts it
/// back.
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
    // Each question of the page has a form of its own, so the ids of its fields end in the id of the question.
    let at_item = |error| match error {
        services::Error::Invalid(fields) => services::Error::Invalid(
            fields
                .into_iter()
                .map(|field: FieldProblem| {
                    FieldProblem::new(format!("{}-{item}", field.field), field.problem)
                })
                .collect(),
        ),
        other => other,
    };
    let (asks, how, right) = (correction.asks(), correction.how.clone(), correction.right.clone());
    let (correction, reason) = match correction.parse(Form::new(&request), item) {
        Ok(correction) => correction,
        Err(error) => {
            // A caller without access to the paper is refused first, and so learns nothing about it.
            answer(&request, assessment::authoring::paper_page(&request.services, actor, paper).await)?;
            return Err(error);
        }
    };
    let seen = parse::version(&version);
    let services = &request.services;
    if asks {
        let proposal = Proposal { item, correction };
        let looked = assessment::results::look_at_correction(services, actor, paper, &proposal).await;
        answer(&request, looked.map_err(at_item))?;
        let (items, id) = (format!("/assessments/papers/{paper}/items"), item.to_string());
        let asked =
            link_to(&items, &[("item", id.as_str()), ("how", how.as_str()), ("right", right.as_str())]);
        redirect(&format!("{asked}#effect-{item}"));
        return Ok(());
    }
    let corrected =
        assessment::results::correct_item(services, actor, paper, item, &reason, &correction, seen).await;
    answer(&request, corrected.map_err(at_item))?;
    redirect(&format!("/assessments/papers/{paper}/items?done=corrected"));
    Ok(())
}
