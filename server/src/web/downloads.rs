//! Files to download: a result sheet, a certificate, a receipt.

use std::{str::FromStr, sync::Arc};

use app::kit::api::RequestContext;
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use services::{Error, Result, accounts::Actor, assessment};

use super::WebState;

/// `GET /assessments/papers/{paper}/results.csv`, for people who may see the paper.
pub(super) async fn results(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(paper): Path<String>,
) -> Response {
    file(context, &paper, CSV, async |actor, paper| {
        let (title, bytes) = assessment::results::result_csv(&state.services, &actor, paper).await?;
        Ok((disposition(&title), bytes))
    })
    .await
}

/// A file named after its paper: in ASCII for programs that know nothing else (RFC 6266), and in full.
fn disposition(title: &str) -> String {
    let name = |keep: fn(char) -> bool| {
        let spaced: String = title.chars().map(|c| if keep(c) { c } else { ' ' }).take(80).collect();
        spaced.split_whitespace().chain(["results"]).collect::<Vec<_>>().join("-")
    };
    let encoded = name(char::is_alphanumeric).bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    });
    let plain = name(|c| c.is_ascii_alphanumeric());
    format!("attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{encoded}.csv")
}

/// `GET /assessments/sittings/{sitting}/certificate.pdf`, for a candidate who passed.
pub(super) async fn certificate(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| {
        let pdf = assessment::results::certificate_of(&state.services, &actor, sitting).await?;
        Ok((attachment("certificate.pdf"), pdf))
    };
    file(context, &sitting, PDF, load).await
}

/// `GET /assessments/sittings/{sitting}/receipt.txt`: the text that the receipt's hash is taken of.
pub(super) async fn receipt(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| {
        let receipt = assessment::delivery::receipt(&state.services, &actor, sitting).await?;
        Ok((attachment("receipt.txt"), receipt.text.into_bytes()))
    };
    file(context, &sitting, TEXT, load).await
}

fn attachment(name: &str) -> String {
    format!("attachment; filename=\"{name}\"")
}

/// Content types.
type Kind = &'static str;
const CSV: Kind = "text/csv; charset=utf-8";
const PDF: Kind = "application/pdf";
const TEXT: Kind = "text/plain; charset=utf-8";

/// The common part of all: the actor, the id from the address, and the response. The loaded value begins with the
/// file's name.
async fn file<I: FromStr>(
    context: Arc<RequestContext>,
    id: &str,
    kind: Kind,
    load: impl AsyncFnOnce(Actor, I) -> Result<(String, Vec<u8>)>,
) -> Response {
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let Ok(id) = id.parse() else { return StatusCode::NOT_FOUND.into_response() };
    answer(load(actor, id).await, kind)
}

fn answer(file: Result<(String, Vec<u8>)>, content_type: Kind) -> Response {
    match file {
        Ok((called, bytes)) => {
            let headers =
                [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, called)];
            (headers, bytes).into_response()
        }
        Err(Error::NotFound | Error::Invalid(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::ReasonNeeded(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(error) => {
            tracing::error!(%error, "could not make a file");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_file_is_named_after_its_paper() {
        assert_eq!(
            disposition("Numeracy, spring: \"A\"\r\n/B"),
            "attachment; filename=\"Numeracy-spring-A-B-results.csv\"; filename*=UTF-8''Numeracy-spring-A-B-results.csv"
        );
        assert_eq!(
            disposition("Zoë"),
            "attachment; filename=\"Zo-results.csv\"; filename*=UTF-8''Zo%C3%AB-results.csv"
        );
        assert!(disposition("数").starts_with("attachment; filename=\"results.csv\""));
    }
}
