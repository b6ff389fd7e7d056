//! The common part of all downloads: who asks, and what the answer is when there is no file.

use std::{str::FromStr, sync::Arc};

use app::kit::api::RequestContext;
use axum::{
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{FieldProblem, Problem};
use services::{Error, Result, accounts::Actor};

use super::naming::page_of;
use crate::web::plain::wants_page;

/// Content types.
pub(super) type Kind = &'static str;
pub(super) const PDF: Kind = "application/pdf";
pub(super) const TEXT: Kind = "text/plain; charset=utf-8";

/// The common part of all downloads: the actor, the id from the address, and the response. The loaded value begins with
/// the `Content-Disposition` of the file.
pub(super) async fn file<I: FromStr>(
    context: Arc<RequestContext>,
    id: &str,
    kind: Kind,
    load: impl AsyncFnOnce(Actor, I) -> Result<(String, Vec<u8>)>,
) -> Response {
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let Ok(id) = id.parse() else { return StatusCode::NOT_FOUND.into_response() };
    answer(load(actor, id).await, kind)
}

pub(super) fn answer(file: Result<(String, Vec<u8>)>, content_type: Kind) -> Response {
    match file {
        Ok((called, bytes)) => {
            let headers =
                [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, called)];
            (headers, bytes).into_response()
        }
        Err(Error::Invalid(fields)) => match fields.into_iter().next() {
            // A list that is too long for a file.
            Some(FieldProblem { problem: problem @ Problem::InWords { .. }, .. }) => {
                // The words are ours: they need no escaping.
                let page = format!(
                    "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
                     <title>The file would be too long</title></head>\
                     <body><main><h1>The file would be too long</h1><p>{}</p></main></body></html>",
                    problem.message()
                );
                (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
            }
            Some(FieldProblem { problem: Problem::BeingMarkedAgain, .. }) => {
                StatusCode::CONFLICT.into_response()
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        },
        Err(Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::ReasonNeeded(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "could not make a file");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Leads support, which has to give a reason for the file of a list, to the page of this list, which asks for it.
pub(in crate::web) async fn ask_reason(request: Request, next: Next) -> Response {
    let page = wants_page(request.headers()).then(|| page_of(request.uri()));
    let response = next.run(request).await;
    match page {
        // Nothing else forbids a file: see `answer`.
        Some(page) if response.status() == StatusCode::FORBIDDEN => Redirect::to(&page).into_response(),
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_list_that_is_too_long_for_a_file_is_refused_in_words() {
        let words = "A file of this kind has room for 5 rows".to_owned();
        let refused = Error::invalid("file", Problem::InWords { words: words.clone() });
        let answer = answer(Err(refused), TEXT);
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        assert!(String::from_utf8(body.to_vec()).unwrap().contains(&words));
        let malformed = Error::invalid("cohort", Problem::ChoiceMissing);
        assert_eq!(super::answer(Err(malformed), TEXT).status(), StatusCode::NOT_FOUND);
    }
}
