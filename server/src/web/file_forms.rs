//! How a form with a file arrives, as a browser sends it: scripts or not, the browser itself sends it, and the reply is a page, that to which
//! the file leads, or the form's own with what is wrong. What is particular to a form is its [`FileForm`].

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use app::kit::api::{ApiError, ErrorKind, RequestContext, Returned, answer};
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
use domain::{FormToken, Problem};
use serde::de::DeserializeOwned;
use services::{Error, Result, Services, accounts::Actor};
use tokio::time::timeout;

use super::{WebState, forms, pictures::PictureForm, plain, resource_form::ResourceForm, uploads::Upload};

/// So many bytes of a form are read, however large its file may be: what is too large is forgotten as it arrives, for a browser shows no
/// reply before it has sent everything, and what is typed comes behind the file too.
const LIMIT: usize = 200_000_000;
/// More of a text is not kept, and is too long for every field.
const LONGEST_TEXT: usize = 8_000;
/// In each such time something arrives: a connection that has stopped is not waited for.
const TIME: Duration = Duration::from_secs(10);
/// How many such times a form may take: in two minutes a video of the largest size arrives at 3.5 megabits a second, as a mobile network has
/// them.
const TIMES: u32 = 12;
/// How long that is. A reply is awaited for so much longer (see [`super::whole`]).
pub(super) const ARRIVES_WITHIN: Duration = TIME.saturating_mul(TIMES);
/// So many bytes arrive in each time, unless the form ends: who sends next to nothing keeps a place from others.
const LEAST: usize = 64 * 1024;
/// How many forms arrive and are read at a time: the files of each are in the memory, whole.
pub const PLACES: usize = 4;
/// How many of them may be one person's.
pub const OWN_PLACES: u32 = 2;
/// How long one waits for a place.
const WAITS: Duration = Duration::from_secs(2);

/// Whether a form with a file is sent there.
pub(super) fn takes(path: &str) -> bool {
    [Upload::PATH, ResourceForm::PATH, PictureForm::PATH].contains(&path)
}

/// A form with a file, which is sent to `PATH`. The value is what its address names: an organisation, an area.
pub(super) trait FileForm: Sized + Send + Sync + 'static {
    const PATH: &'static str;
    /// The names of its fields for a file, with the most bytes of each. What else is sent than these and `TEXTS` is passed over.
    const FILES: &'static [(&'static str, usize)];
    /// The names of its other fields. The page shows them again when something is wrong.
    const TEXTS: &'static [&'static str];
    /// The query of its address.
    type Asked: DeserializeOwned + Send;

    /// `None` for an address that names nothing.
    fn of(asked: &Self::Asked) -> Option<Self>;

    /// The page that the form is on, where the form does not say one.
    fn page(&self) -> String;

    /// Whether somebody may send it: asked before the file has arrived.
    fn allowed(&self, services: &Services, actor: &Actor) -> impl Future<Output = Result<()>> + Send;

    /// The answer to a form of which nobody reads the end.
    fn too_large() -> Error;

    /// The answer to one more form while [`OWN_PLACES`] of the same person arrive.
    fn too_many_at_once() -> Error;

    /// What the form is for. Returns the address to which it leads.
    fn take(
        &self,
        services: &Services,
        actor: &Actor,
        sent: Sent,
    ) -> impl Future<Output = Result<String>> + Send;
}

/// The fields of a form, by their names.
#[derive(Default)]
pub(super) struct Sent {
    files: Vec<(&'static str, SentFile)>,
    texts: Vec<(String, String)>,
    /// The token that the page was drawn with, if it was.
    pub form: Option<FormToken>,
    /// The page that the form is on.
    from: Option<String>,
}

/// A file as it was sent: empty where none was chosen.
#[derive(Default)]
pub(super) struct SentFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Sent {
    /// A file, which is not here any more afterwards.
    pub(super) fn file(&mut self, name: &str) -> SentFile {
        let at = self.files.iter().rposition(|(held, _)| *held == name);
        at.map(|at| self.files.swap_remove(at).1).unwrap_or_default()
    }

    /// A text as it was typed: empty where the field was not sent.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.texts.iter().rfind(|(held, _)| held == name);
        text.map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

/// The route of a form.
pub(super) fn route<F: FileForm>() -> MethodRouter<WebState> {
    post(arrives::<F>).layer(DefaultBodyLimit::max(LIMIT))
}

async fn arrives<F: FileForm>(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Query(asked): Query<F::Asked>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    let refused = |status| state.plain.refused(status, &headers, &context.request_id);
    let of = F::of(&asked);
    let Some(actor) = &context.actor else {
        if !plain::wants_page(&headers) {
            return refused(StatusCode::UNAUTHORIZED);
        }
        let page = of.as_ref().map_or_else(|| "/".to_owned(), F::page);
        return state.plain.file_not_taken(&page);
    };
    let Some(of) = of else { return refused(StatusCode::NOT_FOUND) };
    let page = of.page();
    // Nobody else's file is waited for, nor one for which there is no room.
    if let Err(error) = of.allowed(&state.services, actor).await {
        return failed::<F>(&state, &context, headers, page, Vec::new(), error).await;
    }
    // Both until the reply.
    let Some(_own) = state.own_uploads.take(actor.person()) else {
        return failed::<F>(&state, &context, headers, page, Vec::new(), F::too_many_at_once()).await;
    };
    let Ok(Ok(_place)) = timeout(WAITS, state.uploads.acquire()).await else {
        return state.plain.unavailable().into_response();
    };
    let bytes = AtomicUsize::new(0);
    let mut sent = Sent::default();
    let wrong = match at_a_pace(all_of::<F>(form, &bytes, &mut sent), &bytes).await {
        // How large each kind of file may be, the use case says.
        Some(Ok(())) => None,
        Some(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Some(F::too_large()),
        Some(Err(error)) => return refused(error.status()),
        None => Some(too_slow::<F>()),
    };
    let page = sent.from.take().filter(|page| page.starts_with('/')).unwrap_or(page);
    let typed = sent.texts.clone();
    if let Some(wrong) = wrong {
        return failed::<F>(&state, &context, headers, page, typed, wrong).await;
    }
    match of.take(&state.services, actor, sent).await {
        Ok(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Err(error) => failed::<F>(&state, &context, headers, page, typed, error).await,
    }
}

/// The answer to a form that has not arrived. What is typed behind the file is not there either.
fn too_slow<F: FileForm>() -> Error {
    let field = F::FILES.first().map_or("file", |(field, _)| *field);
    let words = "Choose the file again where your connection is better, or a smaller one: it took too long to arrive, and nothing was \
                 changed. We have not kept it, nor all that you typed";
    Error::invalid(field, Problem::InWords { words: words.to_owned() })
}

/// The page of the form again, with what is wrong.
async fn failed<F: FileForm>(
    state: &WebState,
    context: &RequestContext,
    headers: HeaderMap,
    page: String,
    typed: Vec<(String, String)>,
    error: Error,
) -> Response {
    let error = answer::<()>(context, Err(error)).err();
    let error = error.unwrap_or_else(|| ApiError::new(ErrorKind::Failed));
    let returned = Returned::new(F::PATH, error.clone(), typed);
    forms::page_with(state, context, headers, page, returned, error).await
}

/// What arrives, unless it takes too long, or has nearly stopped. `bytes` are those that have arrived.
async fn at_a_pace<T>(arriving: impl Future<Output = T>, bytes: &AtomicUsize) -> Option<T> {
    let mut arriving = pin!(arriving);
    let mut before = 0;
    for _ in 0..TIMES {
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

/// All of the form. Of a field that is sent twice the last counts.
async fn all_of<F: FileForm>(
    mut form: Multipart,
    bytes: &AtomicUsize,
    sent: &mut Sent,
) -> std::result::Result<(), MultipartError> {
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some((name, most)) = F::FILES.iter().copied().find(|(file, _)| *file == name) {
            sent.files.retain(|(held, _)| *held != name);
            let file_name = field.file_name().unwrap_or_default().replace('\0', "");
            let file = SentFile { name: file_name, bytes: whole(field, bytes, most).await? };
            sent.files.push((name, file));
        } else if F::TEXTS.contains(&name.as_str()) {
            sent.texts.push((name, text(field, bytes).await?));
        } else if name == "form" {
            sent.form = text(field, bytes).await?.parse().ok();
        } else if name == "from" {
            sent.from = Some(text(field, bytes).await?);
        }
    }
    Ok(())
}

/// What is sent in a field that may have so many bytes. Of more there is one byte, and the rest is forgotten.
async fn whole(
    mut field: Field<'_>,
    bytes: &AtomicUsize,
    most: usize,
) -> std::result::Result<Vec<u8>, MultipartError> {
    let mut all = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.fetch_add(chunk.len(), Ordering::Relaxed);
        let room = most.saturating_add(1).saturating_sub(all.len());
        all.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
    }
    Ok(all)
}

/// What is typed, of at most [`LONGEST_TEXT`] characters.
async fn text(field: Field<'_>, bytes: &AtomicUsize) -> std::result::Result<String, MultipartError> {
    const LONGEST_CHARACTER: usize = 4;
    let typed = whole(field, bytes, LONGEST_TEXT * LONGEST_CHARACTER).await?;
    Ok(String::from_utf8_lossy(&typed).chars().take(LONGEST_TEXT).collect())
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[test]
    fn of_a_field_that_was_sent_twice_the_last_counts_and_of_one_that_was_not_nothing() {
        let typed = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let file = |bytes: &[u8]| SentFile { name: "a".to_owned(), bytes: bytes.to_vec() };
        let mut sent = Sent {
            files: vec![("captions", file(b"c")), ("file", file(b"f"))],
            texts: vec![typed("title", "One"), typed("title", "Two")],
            ..Sent::default()
        };
        assert_eq!((sent.text("title").as_str(), sent.text("purpose").as_str()), ("Two", ""));
        assert_eq!((sent.file("captions").bytes, sent.file("file").bytes), (b"c".to_vec(), b"f".to_vec()));
        assert!(sent.file("file").bytes.is_empty());
    }

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
        assert_eq!(sending(LEAST / 5, 100).await, (true, 100));
        assert_eq!(sending(LEAST / 5, 200).await, (false, 120), "not for ever");
        assert_eq!(sending(LEAST / 5, 15).await, (true, 15));
        // A small file has ended before anybody asks how much it was.
        assert_eq!(sending(100, 9).await, (true, 9));
        assert_eq!(at_a_pace(pending::<()>(), &AtomicUsize::new(0)).await, None);
    }
}
