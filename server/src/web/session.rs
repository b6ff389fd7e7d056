use std::sync::Arc;

use app::kit::{
    api::{RequestContext, open_to_candidate, step_of_form},
    display::Display,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{
    Error,
    accounts::{self, Actor, Known, Needs},
};

use super::{WebState, address, headers, kept};

/// Finds out who asks, once for each request, and passes it on as a [`RequestContext`].
pub(super) async fn load(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let request_id = headers::request_id(&request);
    let session = said(request.headers(), state.cookies.session_name());
    let device = said(request.headers(), state.cookies.device_name());
    let signed_in = said(request.headers(), state.cookies.signed_in_name());
    let display =
        cookie(request.headers(), state.cookies.display_name()).map(Display::read).unwrap_or_default();
    let path = request.uri().path();
    let step = step_of_form(path).filter(|_| *request.method() == Method::POST);
    let sits_there = open_to_candidate(path);
    let found = match &session {
        Some(token) => known(&state, token, step).await,
        None => Ok(None),
    };
    let (actor, half_open) = match found {
        Ok(Some(Known::Actor(actor))) => (Some(actor), None),
        Ok(Some(Known::HalfOpen(half))) => (None, Some(half)),
        Ok(Some(Known::Sits(candidate, _))) if sits_there => (Some(candidate), None),
        Ok(Some(Known::Sits(_, half))) => (None, Some(half)),
        Ok(None) => (None, None),
        Err(error) => {
            tracing::warn!(%error, "could not look up the session");
            let away = matches!(error, Error::Unavailable(_));
            return if away { state.plain.unavailable() } else { state.plain.failed(&request_id) }
                .into_response();
        }
    };
    let user_agent =
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The only place that sets this: code that would write or count a look asks the actor.
    let only_asks = *request.method() == Method::HEAD || kept::is_to_keep(&request);
    let actor = if only_asks { actor.map(Actor::only_asking) } else { actor };
    let context = RequestContext {
        services: state.services.clone(),
        actor,
        half_open,
        request_id,
        address: address::of(&state, &request),
        user_agent: user_agent.to_owned(),
        cookies: state.cookies,
        token: session,
        device,
        signed_in,
        display,
        sent: None,
    };
    request.extensions_mut().insert(Arc::new(context));
    next.run(request).await
}

/// Whom a token belongs to, also the token of before if the form of this step is sent twice.
async fn known(state: &WebState, token: &str, step: Option<Needs>) -> services::Result<Option<Known>> {
    let found = accounts::known_by(&state.services, token).await?;
    match step.filter(|_| found.is_none()) {
        Some(step) => Ok(accounts::just_opened(&state.services, token, step).await?.map(Known::HalfOpen)),
        None => Ok(found),
    }
}

/// The value of a cookie.
fn said(headers: &HeaderMap, name: &str) -> Option<String> {
    cookie(headers, name).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
