//! Pictures of the members of an area of the Zone. `POST /pictures?area={slug}` takes one, as a browser sends a form with a file: the reply is
//! the page of the profile. `GET /zone/{area}/members/{member}/picture` shows one to members of the area.

use std::sync::{Arc, atomic::AtomicUsize};

use app::{
    kit::api::{ApiError, ErrorKind, RequestContext, Returned, answer},
    zone::PICTURE_PATH,
};
use axum::{
    Extension,
    extract::{DefaultBodyLimit, Multipart, Path, Query, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, post},
};
use domain::{FormToken, learning::Slug, zone::MemberId};
use serde::Deserialize;
use services::{
    Error, Result, Services,
    accounts::Actor,
    zone::pictures::{self, MOST_BYTES},
};
use tokio::time::timeout;

use super::{WebState, forms, plain, uploads};

/// The route that takes a picture.
pub(super) const BRING: &str = PICTURE_PATH;
/// The route that shows one.
pub const SHOWN: &str = "/zone/{area}/members/{member}/picture";

pub(super) fn bring() -> MethodRouter<WebState> {
    post(take).layer(DefaultBodyLimit::max(uploads::LIMIT))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    area: String,
}

/// The fields of the form.
#[derive(Default)]
struct Sent {
    picture: Vec<u8>,
    form: Option<FormToken>,
    /// The page that the form is on.
    from: Option<String>,
}

async fn take(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    let refused = |status| state.plain.refused(status, &headers, &context.request_id);
    let area = Slug::parse(&asked.area);
    let Some(actor) = &context.actor else {
        if !plain::wants_page(&headers) {
            return refused(StatusCode::UNAUTHORIZED);
        }
        let page = area.as_ref().map_or_else(|_| "/".to_owned(), profile_in);
        return state.plain.file_not_taken(&page);
    };
    let Ok(area) = area else { return refused(StatusCode::NOT_FOUND) };
    let page = profile_in(&area);
    // Nobody else's file is waited for, nor one for which there is no room.
    if let Err(error) = pictures::may_bring(&state.services, actor, &area).await {
        return failed(&state, &context, headers, page, answer(&context, Err(error))).await;
    }
    // Both until the reply.
    let Some(_own) = state.own_uploads.take(actor.person()) else {
        let outcome = answer(&context, Err(pictures::too_many_at_once()));
        return failed(&state, &context, headers, page, outcome).await;
    };
    let Ok(Ok(_place)) = timeout(uploads::WAITS, state.uploads.acquire()).await else {
        return state.plain.unavailable().into_response();
    };
    let bytes = AtomicUsize::new(0);
    let sent = match uploads::at_a_pace(arrived(form, &bytes), &bytes).await {
        Some(Ok(sent)) => sent,
        Some(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let outcome = answer(&context, Err(pictures::too_large()));
            return failed(&state, &context, headers, page, outcome).await;
        }
        Some(Err(error)) => return refused(error.status()),
        None => return refused(StatusCode::REQUEST_TIMEOUT),
    };
    let page = sent.from.filter(|page| page.starts_with('/')).unwrap_or(page);
    let done = pictures::change(&state.services, actor, &area, sent.form, sent.picture).await;
    match answer(&context, done) {
        Ok(()) => {
            let to = format!("{}?done=picture", profile_in(&area));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => failed(&state, &context, headers, page, Err(error)).await,
    }
}

fn profile_in(area: &Slug) -> String {
    format!("/zone/{area}/profile")
}

/// The page of the form again, with what is wrong.
async fn failed(
    state: &WebState,
    context: &RequestContext,
    headers: HeaderMap,
    page: String,
    outcome: std::result::Result<(), ApiError>,
) -> Response {
    let error = outcome.err().unwrap_or_else(|| ApiError::new(ErrorKind::Failed));
    let returned = Returned::new(PICTURE_PATH, error.clone(), Vec::new());
    forms::page_with(state, context, headers, page, returned, error).await
}

/// All of the form. The names of its fields come from our page; what else is sent is passed over.
async fn arrived(mut form: Multipart, bytes: &AtomicUsize) -> std::result::Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "picture" => sent.picture = uploads::whole(field, bytes, MOST_BYTES).await?,
            "form" => sent.form = uploads::text(field, bytes).await?.parse().ok(),
            "from" => sent.from = Some(uploads::text(field, bytes).await?),
            _ => {}
        }
    }
    Ok(sent)
}

/// `GET /zone/{area}/members/{member}/picture`. A browser may keep it, and asks each time whether it may still show it: who is no member any
/// more sees no picture, and a picture that was removed is seen by nobody.
pub(super) async fn show(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Path((area, member)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(actor) = &context.actor else { return Redirect::to("/sign-in").into_response() };
    match found(&state.services, actor, &area, &member, &headers).await {
        Ok((tag, picture)) => {
            let kept = [(header::CACHE_CONTROL, "private, no-cache"), (header::ETAG, tag.as_str())];
            let Some(picture) = picture else { return (StatusCode::NOT_MODIFIED, kept).into_response() };
            let shown = [(header::CONTENT_TYPE, "image/jpeg"), (header::CONTENT_DISPOSITION, "inline")];
            (kept, shown, picture).into_response()
        }
        Err(Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(Error::Failed(error)) => {
            tracing::error!(%error, "could not show a picture");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The tag of the picture, and its bytes unless the browser has them.
async fn found(
    services: &Services,
    actor: &Actor,
    area: &str,
    member: &str,
    asked: &HeaderMap,
) -> Result<(String, Option<Vec<u8>>)> {
    let area = Slug::parse(area).map_err(|_| Error::NotFound)?;
    let member: MemberId = member.parse().map_err(|_| Error::NotFound)?;
    let picture = pictures::picture_of(services, actor, &area, member).await?;
    let tag = format!("\"{picture}\"");
    let known = asked.get_all(header::IF_NONE_MATCH).iter().any(|tags| {
        tags.to_str()
            .is_ok_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag))
    });
    let bytes = if known { None } else { Some(pictures::bytes_of(services, picture).await?) };
    Ok((tag, bytes))
}
