//! Files to download: lists, certificates, a receipt, a learner's record, what they keep of a course.

mod answering;
mod library;
mod naming;

use std::{str::FromStr, sync::Arc};

use app::kit::api::RequestContext;
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    assessment::{
        adjustments::AdjustmentsQuery, authoring::CandidatesQuery, bank::TemplatesQuery,
        results::ResultsQuery,
    },
    cohorts::StudentsQuery,
    learning::{Slug, SlugError},
    organisations::{PeopleQuery, ReportQuery, UploadId},
    support::LogQuery,
};
use services::{assessment, kit::export::Format, zone::resources::Part};

pub(super) use answering::ask_reason;
pub(super) use naming::page_of;

use answering::{PDF, TEXT, answer, file};
use naming::{attachment, taken};

use super::WebState;

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
    ReceiptPages,
    People,
    Report,
    FailedRows,
    Audit,
    Feedback,
    Record,
    RecordPages,
    CourseCertificate,
    Notes,
    NotesPages,
    ResourceFile,
    ResourceCaptions,
}

/// The address of every file. The router and the tests of access go by this list, so that no file is without a row in their tables.
pub const FILES: [(&str, Content); 31] = [
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
    ("/assessments/sittings/{sitting}/receipt.pdf", Content::ReceiptPages),
    ("/organisation/{slug}/people.xlsx", Content::People),
    ("/organisation/{slug}/people.csv", Content::People),
    ("/organisation/{slug}/reports.xlsx", Content::Report),
    ("/organisation/{slug}/reports.csv", Content::Report),
    ("/organisation/{slug}/uploads/{upload}/failed.csv", Content::FailedRows),
    ("/organisation/{slug}/feedback.xlsx", Content::Feedback),
    ("/organisation/{slug}/feedback.csv", Content::Feedback),
    ("/learn/record.xlsx", Content::Record),
    ("/learn/record.csv", Content::Record),
    ("/learn/record.pdf", Content::RecordPages),
    ("/learn/{course}/certificate.pdf", Content::CourseCertificate),
    ("/learn/{course}/notes.xlsx", Content::Notes),
    ("/learn/{course}/notes.csv", Content::Notes),
    ("/learn/{course}/notes.pdf", Content::NotesPages),
    ("/support/log.xlsx", Content::Audit),
    ("/support/log.csv", Content::Audit),
    ("/zone/{area}/resources/{resource}/versions/{version}/file", Content::ResourceFile),
    ("/zone/{area}/resources/{resource}/versions/{version}/captions", Content::ResourceCaptions),
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
            Content::ReceiptPages => get(receipt_pages),
            Content::People => get(people),
            Content::Report => get(report),
            Content::FailedRows => get(failed_rows),
            Content::Audit => get(audit),
            Content::Feedback => get(feedback),
            Content::Record => get(record),
            Content::RecordPages => get(record_pages),
            Content::CourseCertificate => get(course_certificate),
            Content::Notes => get(notes),
            Content::NotesPages => get(notes_pages),
            Content::ResourceFile => get(resource_file),
            Content::ResourceCaptions => get(resource_captions),
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

/// `GET /learn/record.xlsx` and `.csv`: what the person who asks has completed.
async fn record(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    uri: Uri,
) -> Response {
    let format = format(&uri);
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let made = services::learning::record_file(&state.services, &actor, format).await;
    answer(made.map(taken), format.content_type())
}

/// `GET /learn/record.pdf`: the same to read and to print.
async fn record_pages(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
) -> Response {
    let Some(actor) = context.actor.clone() else { return Redirect::to("/sign-in").into_response() };
    let made = services::learning::record_pdf(&state.services, &actor).await;
    answer(made.map(|pdf| (attachment("record.pdf"), pdf)), PDF)
}

/// `GET /learn/{course}/certificate.pdf`, for a learner who has completed the course and made their certificate.
async fn course_certificate(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(course): Path<String>,
) -> Response {
    file(context, &course, PDF, async |actor, Named(course)| {
        let pdf = services::learning::course_certificate(&state.services, &actor, &course).await?;
        Ok((attachment("certificate.pdf"), pdf))
    })
    .await
}

/// `GET /learn/{course}/notes.xlsx` and `.csv`: what the person who asks keeps of the course for themselves.
async fn notes(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(course): Path<String>,
    uri: Uri,
) -> Response {
    let format = format(&uri);
    file(context, &course, format.content_type(), async |actor, Named(course)| {
        services::learning::notes_file(&state.services, &actor, &course, format).await.map(taken)
    })
    .await
}

/// `GET /learn/{course}/notes.pdf`: the same to read and to print.
async fn notes_pages(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(course): Path<String>,
) -> Response {
    file(context, &course, PDF, async |actor, Named(course)| {
        let pdf = services::learning::notes_pdf(&state.services, &actor, &course).await?;
        Ok((attachment("notes.pdf"), pdf))
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

/// `GET /zone/{area}/resources/{resource}/versions/{version}/file`, for members of the area who see the resource.
async fn resource_file(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(of): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    library::send(&state, &context, of, Part::File, &headers).await
}

/// The same for the captions of a video.
async fn resource_captions(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(of): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    library::send(&state, &context, of, Part::Captions, &headers).await
}

/// An organisation or a course by its name in the address.
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

/// `GET /assessments/sittings/{sitting}/receipt.pdf`: the receipt to read and to print, for the candidate.
async fn receipt_pages(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path(sitting): Path<String>,
) -> Response {
    let load = async |actor, sitting| {
        let pdf = assessment::delivery::receipt_pdf(&state.services, &actor, sitting).await?;
        Ok((attachment("receipt.pdf"), pdf))
    };
    file(context, &sitting, PDF, load).await
}
