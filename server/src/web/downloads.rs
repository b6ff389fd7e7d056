//! Files that people take away: a result sheet, a certificate, a receipt.

use std::{str::FromStr, sync::Arc};

use app::api::RequestContext;
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use services::{Error, Result, accounts::Actor, assessment};

use super::WebState;

/// `GET /assessments/papers/{paper}/results.csv`, for whoever may see the paper.
pub(super) async fn results(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(paper): Path<String>,
) -> Response {
    file(context, &paper, CSV, async |actor, paper| {
        assessment::result_csv(&state.services, &actor, paper).await
    })
    .await
}

/// `GET /assessments/sittings/{sitting}/certificate.pdf`, for whoever passed.
pub(super) async fn certificate(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| assessment::certificate_of(&state.services, &actor, sitting).await;
    file(context, &sitting, PDF, load).await
}

/// `GET /assessments/sittings/{sitting}/receipt.txt`: what the receipt's hash is taken of.
pub(super) async fn receipt(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| {
        let receipt = assessment::receipt(&state.services, &actor, sitting).await?;
        Ok(receipt.text.into_bytes())
    };
    file(context, &sitting, TEXT, load).await
}

/// Content type and name of a file.
type Kind = (&'static str, &'static str);
const CSV: Kind = ("text/csv; charset=utf-8", "results.csv");
const PDF: Kind = ("application/pdf", "certificate.pdf");
const TEXT: Kind = ("text/plain; charset=utf-8", "receipt.txt");

/// What all of them share: who asks, the id out of the address, and the answer.
async fn file<I: FromStr>(
    context: Arc<RequestContext>,
    id: &str,
    kind: Kind,
    load: impl AsyncFnOnce(Actor, I) -> Result<Vec<u8>>,
) -> Response {
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let Ok(id) = id.parse() else { return StatusCode::NOT_FOUND.into_response() };
    answer(load(actor, id).await, kind)
}

fn answer(file: Result<Vec<u8>>, (content_type, name): Kind) -> Response {
    match file {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, content_type.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            (headers, bytes).into_response()
        }
        Err(Error::NotFound | Error::Invalid(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::ReasonNeeded(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
