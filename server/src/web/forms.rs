//! A form that a browser sends itself, because scripts are off or not loaded yet. The reply to a refused form is its
//! page, with the problems and the typed values. An accepted form leads to another page.

use std::sync::Arc;

use app::kit::api::{ApiError, ErrorKind, RequestContext, Returned, Sent};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::learning::FEEDBACK;
use leptos::{prelude::FromServerFnError, server_fn::redirect::REDIRECT_HEADER};
use url::{Position, Url};

use super::{WebState, pages, plain};

/// The field of every form that names its page: browsers do not always send a referrer.
const FROM: &str = "from";
/// The value of a button that has another page drawn with what was typed: the next page of a list, with what is ticked.
const TURN_TO: &str = "turn_to";

/// Runs the server function. Scripts get its reply unchanged.
pub(super) async fn answer(
    state: &WebState,
    context: &RequestContext,
    path: &str,
    mut parts: Parts,
    sent: Bytes,
) -> Response {
    if !plain::wants_page(&parts.headers) {
        return run(parts, sent).await;
    }
    let page = page_of(&parts.headers, &sent);
    let headers = parts.headers.clone();
    // So that the error is returned as it is, and not in an address.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut response = run(parts, sent.clone()).await;
    if response.headers_mut().remove(REDIRECT_HEADER).is_some() {
        *response.status_mut() = StatusCode::FOUND;
        return response;
    }
    if response.status().is_success() {
        let page = page.unwrap_or_else(|| "/".to_owned());
        return (StatusCode::FOUND, [(header::LOCATION, page)]).into_response();
    }
    let body = to_bytes(std::mem::take(response.body_mut()), usize::MAX).await.unwrap_or_default();
    let error = ApiError::de(body);
    match page {
        Some(page) => page_again(state, context, headers, page, path, error, &sent).await,
        None => state.plain.returned(&error),
    }
}

async fn run(parts: Parts, sent: Bytes) -> Response {
    leptos_axum::handle_server_fns(Request::from_parts(parts, Body::from(sent))).await.into_response()
}

/// The page that the form is on, with the form's outcome.
async fn page_again(
    state: &WebState,
    context: &RequestContext,
    headers: HeaderMap,
    page: String,
    path: &str,
    error: ApiError,
    sent: &[u8],
) -> Response {
    let typed = url::form_urlencoded::parse(sent).into_owned().collect();
    let returned = Returned::new(path, error.clone(), typed);
    page_with(state, context, headers, page, returned, error).await
}

/// This page, as the reply to a form that was not accepted.
pub(super) async fn page_with(
    state: &WebState,
    context: &RequestContext,
    mut headers: HeaderMap,
    page: String,
    returned: Returned,
    error: ApiError,
) -> Response {
    let Ok(uri) = page.parse::<Uri>() else { return state.plain.returned(&error) };
    for of_form in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        headers.remove(of_form);
    }
    let mut request = Request::new(Body::empty());
    let actor = context.actor_on(uri.path());
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (Method::GET, uri, headers);
    let context = RequestContext { actor, sent: Some(Sent { page, returned }), ..context.clone() };
    request.extensions_mut().insert(Arc::new(context));
    let mut response = pages::render(State(state.clone()), request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return state.plain.returned(&error);
    }
    // If the page has set another status, that one counts.
    if response.status() == StatusCode::OK && error.kind != ErrorKind::Unfinished {
        *response.status_mut() = error.kind.status();
    }
    response
}

/// A person who has been signed out is told that nothing was changed. What they typed is in the answer, for they could not get it back from
/// anywhere: nothing of a form is stored. Only who was on the way in is led back there, for they have nothing to lose.
pub(super) async fn signed_out(
    state: &WebState,
    context: &RequestContext,
    asked: &HeaderMap,
    sent: impl Future<Output = Result<Bytes, StatusCode>>,
) -> Response {
    if !plain::wants_page(asked) {
        return state.plain.refused(StatusCode::UNAUTHORIZED, asked, &context.request_id);
    }
    let sent = sent.await.unwrap_or_default();
    let page = page_of(asked, &sent).unwrap_or_else(|| "/".to_owned());
    if page.starts_with("/sign-in") {
        return (StatusCode::FOUND, [(header::LOCATION, page)]).into_response();
    }
    state.plain.signed_out(&page, &typed(&sent))
}

/// The fields that no form lets a person type: the hidden ones, and those in which they choose or press. A field that is missing here is
/// shown, for what is typed must not be lost.
const BY_PAGE: [&str; 106] = [
    FROM,
    TURN_TO,
    "about",
    "act",
    "adjustment",
    "agreed_to",
    "agrees",
    "area",
    "assignment",
    "at",
    "attempt",
    "attested",
    "back",
    "bookmarked",
    "calculator",
    "calendar_token",
    "candidates",
    "candidates_version",
    "captions_language",
    "category",
    "chosen",
    "code_version",
    "cohort",
    "cohorts",
    "colours",
    "competencies",
    "confirmed",
    "consent",
    "contact",
    "course",
    "days_before",
    "difficulty",
    "draft",
    "drawn",
    "dropped",
    "fields",
    "flagged",
    "form",
    "go",
    "highlights",
    "highlights_version",
    "hints",
    "how",
    "item",
    "join_zone",
    "keep_access",
    "kind",
    "lead_area",
    "linked",
    "member",
    "message",
    "module",
    "modules",
    "next",
    "offered",
    "organisation",
    "own_views",
    "page",
    "paper",
    "person",
    "place",
    "policy",
    "put_away",
    "query",
    "question",
    "questions_version",
    "release",
    "remember",
    "reminder",
    "report",
    "resource",
    "role",
    "rule",
    "section",
    "seed",
    "seen",
    "sequence",
    "session",
    "settings_version",
    "sheet",
    "shown",
    "shows_address",
    "shows_email",
    "shuffle",
    "sitting",
    "so_far",
    "sort",
    "source",
    "sponsor_consent",
    "state",
    "takes_messages",
    "takes_reminders",
    "template",
    "text_size",
    "to",
    "token",
    "unit",
    "upload",
    "version",
    "was",
    "was_clear",
    "weekday",
    "wishes_version",
    "work_area",
    "written",
    "zone",
];

/// The texts that a person has typed into a form, except secrets, without what the page has put there.
fn typed(sent: &[u8]) -> String {
    let fields = url::form_urlencoded::parse(sent).into_owned().collect();
    let fields = Returned::new("", ApiError::new(ErrorKind::SignedOut), fields).typed.into_iter();
    let typed = fields.filter(|(name, text)| is_typed(name, text));
    let texts = typed.map(|(_, text)| text.replace('\0', "")).filter(|text| !text.trim().is_empty());
    texts.collect::<Vec<_>>().join("\n\n")
}

/// How the names of those fields of a question end in which a setter chooses or ticks.
const CHOSEN_OF_A_QUESTION: [&str; 14] = [
    "[kind]",
    "[category]",
    "[difficulty]",
    ".how]",
    ".kind]",
    ".right]",
    ".unit-entry]",
    ".rounding]",
    ".precision]",
    ".task]",
    ".picture]",
    ".width]",
    ".height]",
    ".case-matters]",
];

fn is_typed(name: &str, text: &str) -> bool {
    if name.starts_with("fields[") {
        return name != "fields[keep-order]" && !CHOSEN_OF_A_QUESTION.iter().any(|end| name.ends_with(end));
    }
    // In a check a number and a choice have fields of the same name. A choice is a word of the page.
    let chosen = name.starts_with("answers[") && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let rated = FEEDBACK.questions.iter().any(|question| question.id == name);
    !chosen && !rated && !BY_PAGE.contains(&name)
}

/// The page that a form is on, from the form itself, or otherwise from the browser.
fn page_of(asked: &HeaderMap, sent: &[u8]) -> Option<String> {
    let of =
        |field: &str| url::form_urlencoded::parse(sent).find(|(name, _)| name == field).map(|(_, page)| page);
    let named = of(TURN_TO).or_else(|| of(FROM));
    let site = Url::parse("http://site.invalid").ok()?;
    let within = |page: &str| {
        let address = site.join(page).ok().filter(|address| address.origin() == site.origin())?;
        is_page(within_site(&address))
    };
    named.filter(|page| page.starts_with('/')).and_then(|page| within(&page)).or_else(|| came_from(asked))
}

/// The page that a form was sent from. A browser that sends only the site, or nothing, names none; the reply to a form
/// is not a page.
fn came_from(asked: &HeaderMap) -> Option<String> {
    let from = Url::parse(asked.get(header::REFERER)?.to_str().ok()?).ok()?;
    is_page(within_site(&from)).filter(|page| page != "/")
}

fn is_page(address: String) -> Option<String> {
    (!address.starts_with("/api/")).then_some(address)
}

/// Only the path: the form came from this site, whatever the site's public name.
fn within_site(address: &Url) -> String {
    let path = &address[Position::BeforePath..Position::AfterQuery];
    if path.starts_with('/') && !path.starts_with("//") { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed_of(sent: &[(&str, &str)]) -> String {
        let sent = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
        typed(sent.as_bytes())
    }

    #[test]
    fn of_a_form_the_typed_texts_are_given_back_and_nothing_else() {
        let sent = [
            ("from", "/support"),
            ("paper", "01a00000-0000-7000-8000-000000000001"),
            ("about", "paper/01a00000-0000-7000-8000-000000000001"),
            ("query", "?search=Ann+Bull"),
            ("shown", "NORTH-2027"),
            ("role", "cohort-tutor/01a00000-0000-7000-8000-000000000001"),
            ("version", "12"),
            ("next", "/learn/nmp"),
            ("cohorts[]", "01a00000-0000-7000-8000-000000000001"),
            ("recommend", "5"),
            ("title", "Numeracy"),
            ("reason", "two\r\nlines"),
            ("empty", " "),
            ("new_password", "teal kettle orbits slowly"),
            ("factor_code", "123 456"),
        ];
        assert_eq!(typed_of(&sent), "Numeracy\n\ntwo\r\nlines");
        for (name, text) in [
            ("typed", "42"),
            ("typed", "/day"),
            ("minutes", "15"),
            ("starts_on", "2027-02-01"),
            ("person_area", "icu"),
            ("name", "autumn-2027"),
            ("answers[how-many][]", "2.5"),
            ("fields[wording]", "How many?"),
            ("fields[number.errors.0.value]", "dose"),
            ("fields[hints.0]", "a"),
        ] {
            assert_eq!(typed_of(&[("version", "12"), (name, text)]), text, "{name}");
        }
        assert_eq!(
            typed_of(&[("answers[why][]", "a"), ("answers[which][0]", "not-any"), ("shown", "NORTH-2027")]),
            ""
        );
        for key in
            ["kind", "variables.0.how", "options.1.right", "number.rounding", "figure.kind", "keep-order"]
        {
            let name = format!("fields[{key}]");
            assert_eq!(typed_of(&[(name.as_str(), "number")]), "", "{key}");
        }
    }

    /// The fields of every form of the application, and whether they are for typing.
    fn fields() -> Vec<(String, bool)> {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src"))];
        let mut fields = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read_to_string(&path).unwrap();
                    fields.extend(text.split('<').filter_map(field));
                }
            }
        }
        fields
    }

    /// The field that a tag makes, if its name stands there.
    fn field(tag: &str) -> Option<(String, bool)> {
        let word = |attribute: &str| tag.split_once(attribute)?.1.split_once('"').map(|(word, _)| word);
        let name = if tag.contains(" name=") { word(" name=\"") } else { word(" id=\"") };
        let begins = |tags: &[&str]| tags.iter().any(|begin| tag.starts_with(begin));
        let types = begins(&["TextField ", "TextArea "])
            || tag.starts_with("input ") && tag.contains(" type=\"text\"");
        let chooses = begins(&["SelectField ", "Radios ", "CheckBox "])
            || begins(&["input ", "select ", "button "]) && tag.contains(" name=");
        let file =
            ["file", "search", "password"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
        let name = name.filter(|_| (types || chooses) && !file)?;
        Some((name.trim_end_matches("[]").to_owned(), types))
    }

    #[test]
    fn every_field_of_a_form_is_known_as_typed_or_as_put_there_by_the_page() {
        // The access code is typed on one page, and hidden on the next.
        let (typed, by_page): (Vec<_>, Vec<_>) =
            fields().into_iter().filter(|(name, _)| name != "code").partition(|(_, types)| *types);
        assert!(typed.len() > 30 && by_page.len() > 80, "{} {}", typed.len(), by_page.len());
        for (name, _) in &typed {
            assert!(!BY_PAGE.contains(&&**name), "what is typed into {name} would be lost");
        }
        for (name, _) in &by_page {
            assert!(BY_PAGE.contains(&&**name), "{name} would be shown as typed");
        }
    }

    #[test]
    fn a_form_is_on_a_page_of_this_site() {
        let elsewhere = "https://site.example/learn?a=b#c";
        for (from, referer, page) in [
            (Some("/account"), None, Some("/account")),
            (Some("/sign-in?next=%2Flearn"), Some(elsewhere), Some("/sign-in?next=%2Flearn")),
            (None, Some(elsewhere), Some("/learn?a=b")),
            // The reply to a refused form has the form's own address.
            (None, Some("https://site.example/api/accounts/sign_in"), None),
            (Some("/api/accounts/sign_in"), None, None),
            (None, Some("https://site.example/"), None),
            (Some("//evil.example/x"), None, None),
            (Some("https://evil.example/x"), None, None),
            (Some("/\\evil.example"), None, None),
            (Some("/.//evil.example"), None, Some("/")),
            (None, None, None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(referer) = referer {
                headers.insert(header::REFERER, HeaderValue::from_static(referer));
            }
            let mut sent = url::form_urlencoded::Serializer::new(String::new());
            if let Some(from) = from {
                sent.append_pair(FROM, from);
            }
            assert_eq!(page_of(&headers, sent.finish().as_bytes()).as_deref(), page, "{from:?} {referer:?}");
        }
        for (sent, page) in [
            ("from=%2Flist&turn_to=%2Flist%3Fafter%3Db", Some("/list?after=b")),
            ("from=%2Flist&turn_to=%2F%2Fevil.example%2Fx", None),
        ] {
            assert_eq!(page_of(&HeaderMap::new(), sent.as_bytes()).as_deref(), page, "{sent}");
        }
    }
}
