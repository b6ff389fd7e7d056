use std::sync::Arc;

use app::api::{FLASH_COOKIE, RequestContext};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{Error, accounts};

use super::{WebState, address, forms, headers};

/// Finds out who asks, once a request, and hands it on as a [`RequestContext`].
pub(super) async fn load(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let request_id = headers::request_id(&request);
    let token = cookie(request.headers(), state.cookies.session_name())
        .filter(|token| !token.is_empty())
        .map(str::to_owned);
    let actor = match &token {
        None => None,
        Some(token) => match accounts::actor_for(&state.services, token).await {
            Ok(actor) => actor,
            Err(error) => {
                tracing::warn!(%error, "the session cannot be looked up");
                let away = matches!(error, Error::Unavailable(_));
                return if away { state.plain.unavailable() } else { state.plain.failed(&request_id) }
                    .into_response();
            }
        },
    };
    let user_agent =
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let context = RequestContext {
        services: state.services.clone(),
        actor,
        request_id,
        address: address::of(&state, &request),
        user_agent: user_agent.to_owned(),
        cookies: state.cookies,
        token,
        flash: cookie(request.headers(), FLASH_COOKIE).and_then(forms::read_flash),
    };
    request.extensions_mut().insert(Arc::new(context));
    next.run(request).await
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
