//! `POST /uploads?organisation={slug}`: a file of people, as a browser sends a form with a file. Scripts or not, the browser itself sends it,
//! and the reply is a page: that of the upload, or the form's own with what is wrong.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use app::{
    kit::api::{ApiError, ErrorKind, RequestContext, Returned, answer},
    organisations::UPLOAD_PATH,
};
use axum::{
    Extension,
    extract::{
        DefaultBodyLimit, Multipart, Query, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use domain::learning::Slug;
use serde::Deserialize;
use services::organisations::{MOST_BYTES, NewUpload, start_upload};
use tokio::time::timeout;

use super::{WebState, forms, plain};

/// The route.
pub(super) const ROUTE: &str = UPLOAD_PATH;

/// So much of a form with a file is read, whatever its file may be: what is too large is forgotten as it arrives, for a browser shows no
/// reply before it has sent everything, and what is typed comes behind the file too.
pub(super) const LIMIT: usize = 200_000_000;
/// More of a text is not kept, and is too long for every field.
const LONGEST_TEXT: usize = 8_000;
/// The file arrives within two such times: with its reading, that is less than a browser waits for its reply (see [`super::whole`]).
const TIME: Duration = Duration::from_secs(10);
/// So many bytes of a file arrive in each, unless it ends: who sends next to nothing keeps a place from others.
const LEAST: usize = 32 * 1024;
/// How many files arrive and are read at a time: each is in the memory, whole.
pub const PLACES: usize = 4;
/// How many of them may be one person's.
pub const OWN_PLACES: u32 = 2;
/// How long one waits for a place.
pub(super) const WAITS: Duration = Duration::from_secs(2);

pub(super) fn route() -> MethodRouter<WebState> {
    post(take).layer(DefaultBodyLimit::max(LIMIT))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    organisation: String,
}

/// The fields of the form.
#[derive(Default)]
struct Sent {
    upload: NewUpload,
    /// Those that the page shows again.
    typed: Vec<(String, String)>,
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
    let slug = Slug::parse(&asked.organisation);
    let Some(actor) = &context.actor else {
        if !plain::wants_page(&headers) {
            return refused(StatusCode::UNAUTHORIZED);
        }
        let page = slug.as_ref().map_or_else(|_| "/".to_owned(), uploads_of);
        return state.plain.file_not_taken(&page);
    };
    let Ok(slug) = slug else { return refused(StatusCode::NOT_FOUND) };
    // Nobody else's 25 MB are waited for, nor those for which there is no room.
    if let Err(error) = services::organisations::may_upload(&state.services, actor, &slug).await {
        let outcome = answer(&context, Err(error));
        return failed(&state, &context, headers, UPLOAD_PATH, uploads_of(&slug), Vec::new(), outcome).await;
    }
    // Both until the reply.
    let Some(_own) = state.own_uploads.take(actor.person()) else {
        let outcome = answer(&context, Err(services::organisations::too_many_at_once()));
        return failed(&state, &context, headers, UPLOAD_PATH, uploads_of(&slug), Vec::new(), outcome).await;
    };
    let Ok(Ok(_place)) = timeout(WAITS, state.uploads.acquire()).await else {
        return state.plain.unavailable().into_response();
    };
    let bytes = AtomicUsize::new(0);
    let mut sent = Sent::default();
    let too_large = match at_a_pace(arrived(form, &bytes, &mut sent), &bytes).await {
        Some(Ok(())) => sent.upload.bytes.len() > MOST_BYTES,
        Some(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => true,
        Some(Err(error)) => return refused(error.status()),
        None => return refused(StatusCode::REQUEST_TIMEOUT),
    };
    let page = sent.from.filter(|page| page.starts_with('/')).unwrap_or_else(|| uploads_of(&slug));
    if too_large {
        let outcome = answer(&context, Err(services::organisations::too_large()));
        return failed(&state, &context, headers, UPLOAD_PATH, page, sent.typed, outcome).await;
    }
    let done = start_upload(&state.services, actor, &slug, sent.upload).await;
    match answer(&context, done) {
        Ok(upload) => {
            let to = format!("{}/{upload}", uploads_of(&slug));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => failed(&state, &context, headers, UPLOAD_PATH, page, sent.typed, Err(error)).await,
    }
}

fn uploads_of(slug: &Slug) -> String {
    format!("/organisation/{slug}/uploads")
}

/// The page of the form again, with what is wrong.
pub(super) async fn failed(
    state: &WebState,
    context: &RequestContext,
    headers: HeaderMap,
    form: &str,
    page: String,
    typed: Vec<(String, String)>,
    outcome: Result<(), ApiError>,
) -> Response {
    let error = outcome.err().unwrap_or_else(|| ApiError::new(ErrorKind::Failed));
    let returned = Returned::new(form, error.clone(), typed);
    forms::page_with(state, context, headers, page, returned, error).await
}

/// What arrives, unless it takes too long, or has nearly stopped. `bytes` are those that have arrived.
pub(super) async fn at_a_pace<T>(arriving: impl Future<Output = T>, bytes: &AtomicUsize) -> Option<T> {
    let mut arriving = pin!(arriving);
    let mut before = 0;
    for _ in 0..2 {
        if let Ok(arrived) = timeout(TIME, arriving.as_mut()).await {
            return Some(arrived);
        }
        let now = bytes.load(Ordering::Relaxed);
        if now.saturating_sub(before) < LEAST {
            return None;
        }
        before = now;
    }
    None
}

/// All of the form. The names of its fields come from our page; what else is sent is passed over.
async fn arrived(mut form: Multipart, bytes: &AtomicUsize, sent: &mut Sent) -> Result<(), MultipartError> {
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                sent.upload.file_name = field.file_name().unwrap_or_default().replace('\0', "");
                sent.upload.bytes = whole(field, bytes, MOST_BYTES).await?;
            }
            "attested" => {
                sent.upload.attested = text(field, bytes).await? == "true";
                if sent.upload.attested {
                    sent.typed.push(("attested".to_owned(), "true".to_owned()));
                }
            }
            "from" => sent.from = Some(text(field, bytes).await?),
            _ => {}
        }
    }
    Ok(())
}

/// A file that may have so many bytes. Of a larger one there is one more, and the rest is forgotten.
pub(super) async fn whole(
    mut field: Field<'_>,
    bytes: &AtomicUsize,
    most: usize,
) -> Result<Vec<u8>, MultipartError> {
    let mut all = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.fetch_add(chunk.len(), Ordering::Relaxed);
        let room = most.saturating_add(1).saturating_sub(all.len());
        all.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
    }
    Ok(all)
}

/// What is typed, of at most [`LONGEST_TEXT`] characters.
pub(super) async fn text(field: Field<'_>, bytes: &AtomicUsize) -> Result<String, MultipartError> {
    const LONGEST_CHARACTER: usize = 4;
    let typed = whole(field, bytes, LONGEST_TEXT * LONGEST_CHARACTER).await?;
    Ok(String::from_utf8_lossy(&typed).chars().take(LONGEST_TEXT).collect())
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_sends_next_to_nothing_loses_the_place_before_who_sends_slowly() {
        let sending = async |each: usize, seconds: u32| {
            let (bytes, began) = (AtomicUsize::new(0), Instant::now());
            let form = async {
                for _ in 0..seconds {
                    sleep(Duration::from_secs(1)).await;
                    bytes.fetch_add(each, Ordering::Relaxed);
                }
            };
            let arrived = at_a_pace(form, &bytes).await;
            (arrived.is_some(), began.elapsed().as_secs())
        };
        assert_eq!(sending(100, 100).await, (false, 10));
        assert_eq!(sending(LEAST / 5, 100).await, (false, 20));
        assert_eq!(sending(LEAST / 5, 15).await, (true, 15));
        // A small file has ended before anybody asks how much it was.
        assert_eq!(sending(100, 9).await, (true, 9));
        assert_eq!(at_a_pace(pending::<()>(), &AtomicUsize::new(0)).await, None);
    }
}
