//! `/metrics` for Prometheus, on a port of its own that the public does not reach.

use std::{error::Error, net::SocketAddr};

use axum::{
    Router, extract::MatchedPath, extract::Request, http::Method, middleware::Next, response::Response,
    routing::get,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use sqlx::PgPool;
use tokio::net::TcpListener;

use super::functions;

const SECONDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

pub(crate) async fn start(listen: SocketAddr, db: PgPool) -> Result<(), Box<dyn Error>> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("http_request_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    let metrics = move || {
        metrics::gauge!("database_connections").set(f64::from(db.size()));
        metrics::gauge!("database_connections_idle")
            .set(f64::from(u32::try_from(db.num_idle()).unwrap_or(u32::MAX)));
        recorder.run_upkeep();
        let page = recorder.render();
        async move { page }
    };
    let listener =
        TcpListener::bind(listen).await.map_err(|error| format!("METRICS_LISTEN {listen}: {error}"))?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/metrics", get(metrics))).await });
    Ok(())
}

/// From a closed list: a client may send any word.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times every request by its route, not its path: there are as many paths as pages and people.
pub(super) async fn count(request: Request, next: Next) -> Response {
    let route = match request.extensions().get::<MatchedPath>() {
        // Each server function is counted separately.
        Some(route) if route.as_str() == functions::ROUTE => {
            functions::named(request.uri().path()).unwrap_or("other").to_owned()
        }
        Some(route) => route.as_str().to_owned(),
        None => "other".to_owned(),
    };
    let method = method_label(request.method()).to_owned();
    let start = tokio::time::Instant::now();
    let response = next.run(request).await;
    let labels = [("route", route), ("method", method), ("status", response.status().as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(start.elapsed().as_secs_f64());
    response
}
