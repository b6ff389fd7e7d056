//! Files to download: lists, a certificate, a receipt.

use std::{str::FromStr, sync::Arc};

use app::kit::api::RequestContext;
use axum::{
    Extension, Router,
    extract::{Path, Request, State},
    http::{StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    FieldProblem, Problem,
    assessment::{
        adjustments::AdjustmentsQuery, authoring::CandidatesQuery, bank::TemplatesQuery,
        results::ResultsQuery,
    },
    cohorts::StudentsQuery,
    learning::{Slug, SlugError},
    organisations::{PeopleQuery, ReportQuery, UploadId},
    support::LogQuery,
};
use services::{
    Error, Result,
    accounts::Actor,
    assessment,
    kit::export::{File, Format},
};

use super::{WebState, plain::wants_page};

/// The contents of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Students,
    Results,
    Candidates,
    Adjustments,
    Templates,
    Certificate,
    Receipt,
    People,
    Report,
    FailedRows,
    Audit,
    Feedback,
}

/// The address of every file. The router and the tests of access go by this list, so that no file is without a row in their tables.
pub const FILES: [(&str, Content); 21] = [
    ("/cohorts/{cohort}/students.xlsx", Content::Students),
    ("/cohorts/{cohort}/students.csv", Content::Students),
    ("/assessments/papers/{paper}/results.xlsx", Content::Results),
    ("/assessments/papers/{paper}/results.csv", Content::Results),
    ("/assessments/papers/{paper}/candidates.xlsx", Content::Candidates),
    ("/assessments/papers/{paper}/candidates.csv", Content::Candidates),
    ("/assessments/adjustments/{organisation}/extra-time.xlsx", Content::Adjustments),
    ("/assessments/adjustments/{organisation}/extra-time.csv", Content::Adjustments),
    ("/assessments/questions/{organisation}/templates.xlsx", Content::Templates),
    ("/assessments/questions/{organisation}/templates.csv", Content::Templates),
    ("/assessments/sittings/{sitting}/certificate.pdf", Content::Certificate),
    ("/assessments/sittings/{sitting}/receipt.txt", Content::Receipt),
    ("/organisation/{slug}/people.xlsx", Content::People),
    ("/organisation/{slug}/people.csv", Content::People),
    ("/organisation/{slug}/reports.xlsx", Content::Report),
    ("/organisation/{slug}/reports.csv", Content::Report),
    ("/organisation/{slug}/uploads/{upload}/failed.csv", Content::FailedRows),
    ("/organisation/{slug}/feedback.xlsx", Content::Feedback),
    ("/organisation/{slug}/feedback.csv", Content::Feedback),
    ("/support/log.xlsx", Content::Audit),
    ("/support/log.csv", Content::Audit),
];

/// Whether this route is one of a file.
pub(super) fn is_file(route: &str) -> bool {
    FILES.iter().any(|(address, _)| *address == route)
}

pub(super) fn routes() -> Router<WebState> {
    FILES.into_iter().fold(Router::<WebState>::new(), |router, (address, content)| {
        let handler = match content {
            Content::Students => get(students),
            Content::Results => get(results),
            Content::Candidates => get(candidates),
            Content::Adjustments => get(adjustments),
            Content::Templates => get(templates),
            Content::Certificate => get(certificate),
            Content::Receipt => get(receipt),
            Content::People => get(people),
            Content::Report => get(report),
            Content::FailedRows => get(failed_rows),
            Content::Audit => get(audit),
            Content::Feedback => get(feedback),
        };
        router.route(address, handler)
    })
}

/// `GET /cohorts/{cohort}/students.xlsx` and `.csv`, for people who follow the cohort.
async fn students(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(cohort): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), StudentsQuery::read(uri.query().unwrap_or_default()));
    file(context, &cohort, format.content_type(), async |actor, cohort| {
        services::cohorts::students_file(&state.services, &actor, cohort, &query, format).await.map(taken)
    })
    .await
}

/// `GET /assessments/papers/{paper}/results.xlsx` and `.csv`, for people who may see the paper.
async fn results(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(paper): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), ResultsQuery::read(uri.query().unwrap_or_default()));
    file(context, &paper, format.content_type(), async |actor, paper| {
        assessment::results::results_file(&state.services, &actor, paper, &query, format).await.map(taken)
    })
    .await
}

/// `GET /assessments/papers/{paper}/candidates.xlsx` and `.csv`, for people who may see the paper.
async fn candidates(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(paper): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), CandidatesQuery::read(uri.query().unwrap_or_default()));
    file(context, &paper, format.content_type(), async |actor, paper| {
        assessment::authoring::candidates_file(&state.services, &actor, paper, &query, format)
            .await
            .map(taken)
    })
    .await
}

/// `GET /assessments/adjustments/{organisation}/extra-time.xlsx` and `.csv`, for people who may give extra time there.
async fn adjustments(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(organisation): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), AdjustmentsQuery::read(uri.query().unwrap_or_default()));
    file(context, &organisation, format.content_type(), async |actor, organisation| {
        assessment::adjustments::adjustments_file(&state.services, &actor, organisation, &query, format)
            .await
            .map(taken)
    })
    .await
}

/// `GET /organisation/{slug}/people.xlsx` and `.csv`, for its administrators.
async fn people(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(slug): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), PeopleQuery::read(uri.query().unwrap_or_default()));
    file(context, &slug, format.content_type(), async |actor, Named(slug)| {
        services::organisations::people_file(&state.services, &actor, &slug, &query, format).await.map(taken)
    })
    .await
}

/// `GET /organisation/{slug}/reports.xlsx` and `.csv`: who has completed what, for its administrators.
async fn report(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(slug): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), ReportQuery::read(uri.query().unwrap_or_default()));
    file(context, &slug, format.content_type(), async |actor, Named(slug)| {
        services::organisations::report_file(&state.services, &actor, &slug, &query, format).await.map(taken)
    })
    .await
}

/// `GET /assessments/questions/{organisation}/templates.xlsx` and `.csv`, for people who may set papers there.
async fn templates(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(organisation): Path<String>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), TemplatesQuery::read(uri.query().unwrap_or_default()));
    file(context, &organisation, format.content_type(), async |actor, organisation| {
        assessment::bank::templates_file(&state.services, &actor, organisation, &query, format)
            .await
            .map(taken)
    })
    .await
}

/// `GET /organisation/{slug}/uploads/{upload}/failed.csv`: the rows that are not taken, for the organisation's administrators.
async fn failed_rows(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path((slug, upload)): Path<(String, String)>,
) -> Response {
    let Ok(upload) = upload.parse::<UploadId>() else { return StatusCode::NOT_FOUND.into_response() };
    file(context, &slug, Format::Csv.content_type(), async |actor, Named(slug)| {
        services::organisations::failed_rows_file(&state.services, &actor, &slug, upload).await.map(taken)
    })
    .await
}

/// `GET /organisation/{slug}/feedback.xlsx` and `.csv`, for the organisation's administrators.
async fn feedback(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(slug): Path<String>,
    uri: Uri,
) -> Response {
    let format = format(&uri);
    file(context, &slug, format.content_type(), async |actor, Named(slug)| {
        services::learning::feedback_file(&state.services, &actor, &slug, format).await.map(taken)
    })
    .await
}

/// `GET /support/log.xlsx` and `.csv`, for support.
async fn audit(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    uri: Uri,
) -> Response {
    let (format, query) = (format(&uri), LogQuery::read(uri.query().unwrap_or_default()));
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let made = services::support::audit_file(&state.services, &actor, &query, format).await;
    answer(made.map(taken), format.content_type())
}

/// An organisation by its name in the address.
struct Named(Slug);

impl FromStr for Named {
    type Err = SlugError;

    fn from_str(text: &str) -> std::result::Result<Self, SlugError> {
        Slug::parse(text).map(Self)
    }
}

/// The format of a file by its address. Each format has a route of its own, so the address ends with one of their extensions.
fn format(uri: &Uri) -> Format {
    let ends = |format: &Format| uri.path().ends_with(format.extension());
    Format::ALL.into_iter().find(ends).unwrap_or(Format::Csv)
}

fn taken(file: File) -> (String, Vec<u8>) {
    (disposition(&file.of, &file.what, file.format.extension()), file.bytes)
}

/// Names a file after its subject and its content: in ASCII for programs that know nothing else (RFC 6266), and in full.
fn disposition(of: &str, what: &str, extension: &str) -> String {
    let name = |keep: fn(char) -> bool| {
        let spaced: String = of.chars().map(|c| if keep(c) { c } else { ' ' }).take(80).collect();
        spaced.split_whitespace().chain(what.split_whitespace()).collect::<Vec<_>>().join("-")
    };
    let encoded = name(char::is_alphanumeric).bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    });
    let plain = name(|c| c.is_ascii_alphanumeric());
    format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}.{extension}")
}

/// `GET /assessments/sittings/{sitting}/certificate.pdf`, for a candidate who passed. Until the sitting is marked again after a correction it
/// leads to the page of the result, which says so.
async fn certificate(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| {
        let pdf = assessment::results::certificate_of(&state.services, &actor, sitting).await?;
        Ok((attachment("certificate.pdf"), pdf))
    };
    let response = file(context, &sitting, PDF, load).await;
    if response.status() == StatusCode::CONFLICT {
        Redirect::to(&format!("/assessments/sittings/{sitting}/result")).into_response()
    } else {
        response
    }
}

/// `GET /assessments/sittings/{sitting}/receipt.txt`: the text whose hash is on the receipt.
async fn receipt(
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
const PDF: Kind = "application/pdf";
const TEXT: Kind = "text/plain; charset=utf-8";

/// The common part of all downloads: the actor, the id from the address, and the response. The loaded value begins with
/// the `Content-Disposition` of the file.
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
pub(super) async fn ask_reason(request: Request, next: Next) -> Response {
    let page = wants_page(request.headers()).then(|| page_of(request.uri()));
    let response = next.run(request).await;
    match page {
        // Nothing else forbids a file: see `answer`.
        Some(page) if response.status() == StatusCode::FORBIDDEN => Redirect::to(&page).into_response(),
        _ => response,
    }
}

/// The address of the page that offers this file, with the same query.
pub(super) fn page_of(file: &Uri) -> String {
    let path = file.path().rsplit_once('.').map_or(file.path(), |(page, _)| page);
    let path = match path.rsplit_once('/') {
        // The list is the page itself.
        Some((page, "students" | "extra-time" | "templates" | "failed")) => page,
        Some((sitting, "certificate")) => &format!("{sitting}/result"),
        _ => path,
    };
    file.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
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

    #[test]
    fn the_page_of_a_file_has_the_same_query() {
        for (file, page) in [
            ("/assessments/papers/1/results.xlsx", "/assessments/papers/1/results"),
            ("/assessments/papers/1/results.csv?search=a.b", "/assessments/papers/1/results?search=a.b"),
            ("/cohorts/1/students.csv?sort=name", "/cohorts/1?sort=name"),
            ("/assessments/adjustments/1/extra-time.csv?show=all", "/assessments/adjustments/1?show=all"),
            ("/assessments/questions/1/templates.xlsx", "/assessments/questions/1"),
            ("/organisation/north/people.xlsx?team=a.b", "/organisation/north/people?team=a.b"),
            ("/organisation/north/reports.csv?team=a.b", "/organisation/north/reports?team=a.b"),
            ("/organisation/north/uploads/1/failed.csv", "/organisation/north/uploads/1"),
            ("/organisation/north/feedback.csv", "/organisation/north/feedback"),
            ("/support/log.csv?search=a.b", "/support/log?search=a.b"),
            ("/assessments/sittings/1/receipt.txt", "/assessments/sittings/1/receipt"),
            ("/assessments/sittings/1/certificate.pdf", "/assessments/sittings/1/result"),
        ] {
            assert_eq!(page_of(&file.parse().unwrap()), page);
        }
    }

    #[test]
    fn a_file_is_named_after_its_subject_and_its_number_of_rows() {
        assert_eq!(
            disposition("Numeracy, spring: \"A\"\r\n/B", "12 results", "xlsx"),
            "attachment; filename=\"Numeracy-spring-A-B-12-results.xlsx\"; filename*=UTF-8''Numeracy-spring-A-B-12-results.xlsx"
        );
        assert_eq!(
            disposition("Zoë", "1 result", "csv"),
            "attachment; filename=\"Zo-1-result.csv\"; filename*=UTF-8''Zo%C3%AB-1-result.csv"
        );
        assert!(disposition("数", "0 results", "csv").starts_with("attachment; filename=\"0-results.csv\""));
    }
}
