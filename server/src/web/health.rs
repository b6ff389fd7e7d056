use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use tokio::time::timeout;

use super::WebState;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the process can do its work, so it may receive traffic.
pub(super) async fn ready(State(state): State<WebState>) -> (StatusCode, &'static str) {
    let db = state.services.db.clone();
    // In a task of its own: a future that holds a connection is never dropped half-way.
    let asked = tokio::spawn(async move { sqlx::query("select 1").execute(&db).await });
    match timeout(Duration::from_secs(2), asked).await {
        _ if *state.stopping.borrow() => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
        Ok(Ok(Ok(_))) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n"),
    }
}
