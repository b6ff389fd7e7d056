//! Files that people take away: a result sheet, a certificate, a receipt.

use app::api::RequestContext;
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::assessment::{PaperId, SittingId};
use services::{Error, Result, assessment};

use super::WebState;

/// `GET /assessments/papers/{paper}/results.csv`, for whoever may see the paper.
pub(super) async fn results(
    State(state): State<WebState>,
    Extension(context): Extension<RequestContext>,
    Path(paper): Path<String>,
) -> Response {
    let Some(actor) = context.actor else { return Redirect::to("/sign-in").into_response() };
    let Ok(paper) = paper.parse::<PaperId>() else { return StatusCode::NOT_FOUND.into_response() };
    let file = assessment::result_csv(&state.services, &actor, paper).await;
    answer(file, "text/csv; charset=utf-8", "results.csv")
}

/// `GET /assessments/sittings/{sitting}/certificate.pdf`, for whoever passed.
pub(super) async fn certificate(
    State(state): State<WebState>,
    Extension(context): Extension<RequestContext>,
    Path(sitting): Path<String>,
) -> Response {
    let Some(actor) = context.actor else { return Redirect::to("/sign-in").into_response() };
    let Ok(sitting) = sitting.parse::<SittingId>() else { return StatusCode::NOT_FOUND.into_response() };
    let file = assessment::certificate_of(&state.services, &actor, sitting).await;
    answer(file, "application/pdf", "certificate.pdf")
}

/// `GET /assessments/sittings/{sitting}/receipt.txt`: what the receipt's hash is taken of.
pub(super) async fn receipt(
    State(state): State<WebState>,
    Extension(context): Extension<RequestContext>,
    Path(sitting): Path<String>,
) -> Response {
    let Some(actor) = context.actor else { return Redirect::to("/sign-in").into_response() };
    let Ok(sitting) = sitting.parse::<SittingId>() else { return StatusCode::NOT_FOUND.into_response() };
    let file =
        assessment::receipt(&state.services, &actor, sitting).await.map(|receipt| receipt.text.into_bytes());
    answer(file, "text/plain; charset=utf-8", "receipt.txt")
}

fn answer(file: Result<Vec<u8>>, content_type: &'static str, name: &str) -> Response {
    match file {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, content_type.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            (headers, bytes).into_response()
        }
        Err(Error::NotFound | Error::Invalid(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
