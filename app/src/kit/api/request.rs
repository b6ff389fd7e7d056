//! The request that a server function or page serves. The server's middleware makes it; see `server/src/web`.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use domain::{FieldProblem, accounts::PersonId, learning::Slug};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use services::{
    Services,
    accounts::{Actor, FactorOwner, HalfOpen, KNOWN_FOR, Visitor},
};

use super::{
    ApiError, ErrorKind, PageState, Returned,
    open::{open_to_all, open_to_candidate, open_to_half_open},
};
use crate::kit::{display::Display, whose};

/// A year, in seconds.
const DISPLAY_LASTS: i64 = 365 * 24 * 60 * 60;

#[derive(Clone)]
pub struct RequestContext {
    pub services: Services,
    pub actor: Option<Actor>,
    /// The session before the second factor: then there is no actor, and everything else is as for a visitor.
    pub half_open: Option<HalfOpen>,
    pub request_id: String,
    /// The browser's address, as far as configured proxies give it. It goes to the sign-in guard and nowhere else.
    pub address: Option<IpAddr>,
    pub user_agent: String,
    pub cookies: CookieStyle,
    /// The session token that the browser presents, valid or not.
    pub token: Option<String>,
    /// The token by which the browser may be known. Goes to the sign-in guard too.
    pub device: Option<String>,
    /// The session's owner, according to the browser's other cookie. It proves nothing: the next page corrects it.
    pub signed_in: Option<String>,
    /// How the browser shows the pages.
    pub display: Display,
    /// A refused form that was sent as a plain POST: the reply is the page that it is on.
    pub sent: Option<Sent>,
}

/// A form that was sent from a page.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The page's address within the site, which is not the one that the form was sent to.
    pub page: String,
    pub returned: Returned,
}

impl RequestContext {
    /// # Errors
    /// [`ErrorKind::SignedOut`]. The server's guard refuses pages earlier; this is for calls from open pages.
    pub fn actor(&self) -> Result<&Actor, ApiError> {
        self.actor.as_ref().ok_or_else(|| refuse(self, ErrorKind::SignedOut, Vec::new()))
    }

    /// The person who sets up their own second factor, signed in or led there first.
    ///
    /// # Errors
    /// [`ErrorKind::SignedOut`].
    pub fn factor_owner(&self) -> Result<FactorOwner, ApiError> {
        match self.half_open.as_ref().and_then(HalfOpen::owner) {
            Some(owner) => Ok(owner),
            None => self.actor().map(FactorOwner::from),
        }
    }

    /// Whether the server function at this path is open to this request: to a visitor or a half open session only a few are.
    pub fn may_call(&self, path: &str) -> bool {
        self.actor.is_some()
            || open_to_all(path)
            || self.half_open.is_some_and(|half| open_to_half_open(path, half.needs()))
    }

    /// The same person asks for another page: a candidate whose session is half open only for one of the exam room.
    pub fn actor_on(&self, page: &str) -> Option<Actor> {
        self.actor.clone().filter(|actor| !actor.only_sits() || open_to_candidate(page))
    }

    /// The origin of the request, for the sign-in guard.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { address: self.address, device: self.device.as_deref() }
    }

    /// The cookie by which the browser is known, whichever person is signed in there. It reveals nothing, and gives no
    /// access.
    pub fn set_device_cookie(&self, token: &str) {
        set_cookie(&self.cookies.cookie(self.cookies.device_name(), token, Some(KNOWN_FOR.num_seconds())));
    }

    /// The cookie of what was chosen at `/display`. What a browser shows by itself needs none.
    pub fn set_display_cookie(&self, display: Display) {
        let lasts = if display == Display::default() { 0 } else { DISPLAY_LASTS };
        set_cookie(&self.cookies.cookie(self.cookies.display_name(), &display.written(), Some(lasts)));
    }

    /// The session's cookie, and the one that tells the browser's tabs its owner. They last this number of seconds.
    pub fn set_session_cookies(&self, token: &str, person: PersonId, lasts: i64) {
        set_cookie(&self.cookies.session(token, Some(lasts)));
        set_cookie(&self.cookies.signed_in(&person.to_string(), Some(lasts)));
    }

    pub fn remove_session_cookies(&self) {
        set_cookie(&self.cookies.session("", Some(0)));
        set_cookie(&self.cookies.signed_in("", Some(0)));
    }

    /// Makes the page and the tab's cookie agree, whatever has happened to the session since the cookie was set.
    fn agree_on_who_is_signed_in(&self) {
        // Who sits a paper in another tab is still the same person there.
        let sits = self.half_open.filter(|half| half.sits().is_some()).map(|half| half.person());
        let person = self.actor.as_ref().map(Actor::person).or(sits).map(|person| person.to_string());
        if person != self.signed_in {
            let max_age = person.is_none().then_some(0);
            set_cookie(&self.cookies.signed_in(&person.unwrap_or_default(), max_age));
        }
    }
}

/// How cookies are named and marked: over TLS with the `__Host-` prefix, which binds them to this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieStyle {
    Tls,
    Plain,
}

impl CookieStyle {
    pub fn session_name(self) -> &'static str {
        match self {
            Self::Tls => "__Host-session",
            Self::Plain => "session",
        }
    }

    pub fn device_name(self) -> &'static str {
        match self {
            Self::Tls => "__Host-device",
            Self::Plain => "device",
        }
    }

    pub fn display_name(self) -> &'static str {
        match self {
            Self::Tls => "__Host-display",
            Self::Plain => "display",
        }
    }

    pub fn signed_in_name(self) -> &'static str {
        match self {
            Self::Tls => whose::TLS_NAME,
            Self::Plain => whose::NAME,
        }
    }

    /// A `Set-Cookie` value. `max_age` in seconds; without it the cookie ends when the browser closes.
    pub fn session(self, token: &str, max_age: Option<i64>) -> String {
        self.cookie(self.session_name(), token, max_age)
    }

    /// The cookie that scripts can read.
    pub fn signed_in(self, person: &str, max_age: Option<i64>) -> String {
        self.marked(self.signed_in_name(), person, "", max_age)
    }

    pub fn cookie(self, name: &str, value: &str, max_age: Option<i64>) -> String {
        self.marked(name, value, "; HttpOnly", max_age)
    }

    fn marked(self, name: &str, value: &str, hidden: &str, max_age: Option<i64>) -> String {
        let secure = if self == Self::Tls { "; Secure" } else { "" };
        let max_age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{name}={value}; Path=/{hidden}; SameSite=Lax{secure}{max_age}")
    }
}

fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// The current request.
///
/// # Errors
/// [`ErrorKind::Failed`] outside a request, which only a fault in the server's wiring can cause.
pub fn request() -> Result<Arc<RequestContext>, ApiError> {
    find().ok_or_else(|| ApiError::new(ErrorKind::Failed))
}

fn find() -> Option<Arc<RequestContext>> {
    with_context(|parts: &Parts| parts.extensions.get::<Arc<RequestContext>>().cloned())?
}

/// The address of the page that is being made, with its query.
pub fn asked_address() -> String {
    let address = with_context(|parts: &Parts| parts.uri.path_and_query().map(ToString::to_string));
    address.flatten().unwrap_or_default()
}

/// The address of the page, when the browser's address bar shows a form's.
pub fn address_of_page() -> Option<String> {
    find()?.sent.as_ref().map(|sent| sent.page.clone())
}

/// The signed-in person and the refused form. The list of routes is made without a request: then there is neither.
pub(super) fn page_state() -> PageState {
    let Some(request) = find() else { return PageState::default() };
    request.agree_on_who_is_signed_in();
    PageState {
        signed_in: request.actor.as_ref().map(Actor::signed_in),
        returned: request.sent.as_ref().map(|sent| sent.returned.clone()),
        next: next_page().unwrap_or_default(),
    }
}

/// `next` from the address, decoded once: the router would decode it a second time, and so change it.
fn next_page() -> Option<String> {
    let query = with_context(|parts: &Parts| parts.uri.query().map(str::to_owned))??;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(key, value)| (key == "next").then(|| value.into_owned()))
}

/// The request does not match the server function. Our forms and scripts send no such request.
pub(super) fn unreadable() -> ApiError {
    match find() {
        Some(request) => refuse(&request, ErrorKind::Invalid, Vec::new()),
        None => ApiError::new(ErrorKind::Invalid),
    }
}

/// Turns a service's result into the page's; logs the detail that the page must not see.
///
/// # Errors
/// The service's, without its detail.
pub fn answer<T>(request: &RequestContext, result: services::Result<T>) -> Result<T, ApiError> {
    result.map_err(|error| match error {
        services::Error::NotFound => refuse(request, ErrorKind::NotFound, Vec::new()),
        services::Error::Invalid(fields) => refuse(request, ErrorKind::Invalid, fields),
        services::Error::ReasonNeeded(what) => {
            let about = Some(what.to_string());
            ApiError { about, ..refuse(request, ErrorKind::ReasonNeeded, Vec::new()) }
        }
        services::Error::Unavailable(error) => {
            tracing::warn!(%error, request_id = request.request_id, "database unavailable");
            refuse(request, ErrorKind::Unavailable, Vec::new())
        }
        services::Error::Failed(error) => {
            tracing::error!(%error, request_id = request.request_id, "request failed");
            refuse(request, ErrorKind::Failed, Vec::new())
        }
    })
}

/// Refuses a form with its problems, before a service is called.
pub fn invalid(request: &RequestContext, fields: Vec<FieldProblem>) -> ApiError {
    refuse(request, ErrorKind::Invalid, fields)
}

/// A slug from an address. A malformed one names nothing.
///
/// # Errors
/// [`ErrorKind::NotFound`].
pub fn slug(request: &RequestContext, text: &str) -> Result<Slug, ApiError> {
    Slug::parse(text).map_err(|_| refuse(request, ErrorKind::NotFound, Vec::new()))
}

/// Shows the form's page again: nothing is wrong, and the form has a next step.
pub fn unfinished(request: &RequestContext) -> ApiError {
    refuse(request, ErrorKind::Unfinished, Vec::new())
}

fn refuse(request: &RequestContext, kind: ErrorKind, fields: Vec<FieldProblem>) -> ApiError {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(kind.status());
    }
    ApiError { fields, request_id: Some(request.request_id.clone()), ..ApiError::new(kind) }
}

impl ErrorKind {
    /// The status of the reply.
    pub fn status(self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid | Self::Unfinished => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ReasonNeeded => StatusCode::FORBIDDEN,
            Self::Unavailable | Self::Offline | Self::Unreadable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
