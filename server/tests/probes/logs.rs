//! The log: every request, and no secret.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
};
use sqlx::PgPool;
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

use crate::support::{Site, form_request};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_link_to_choose_a_password_is_never_logged_and_every_path_is(db: PgPool) {
    let site = Site::new(db, &[]);
    let log = Log::default();
    let layer = tracing_subscriber::fmt::layer().with_writer(log.clone()).with_ansi(false);
    let info = tracing_subscriber::EnvFilter::new("info");
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(info).with(layer));
    let token = services::kit::random::Token::new().unwrap();
    let token = token.as_str();
    for path in [
        format!("/choose-password/{token}"),
        format!("/choose-password/{token}/"),
        format!("/choose-password/{token}?x={token}"),
        format!("//choose-password/{token}"),
        format!("/choose-password/{token}/x"),
        format!("/choose-password//{token}"),
        format!("/choose-password%2F{token}"),
        format!("/CHOOSE-PASSWORD/{token}"),
        format!("/api/choose-password/{token}"),
        format!("/activate/{token}"),
        format!("/activate/{token}/x"),
        format!("/register/{token}"),
        format!("/stop-reminders/{token}"),
        format!("/stop-messages/{token}"),
        format!("/stop-cohort-reminders/{token}"),
        format!("/stop-own-reminders/{token}"),
        format!("/calendar/{token}.ics/"),
    ] {
        site.get(&path, None).await;
        // Even when it is refused.
        let mut request = form_request(&path, "x=y", None, "text/html", "/");
        request.headers_mut().remove(header::ORIGIN);
        assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for request in [
        axum::http::Request::get(format!("/mail/stop/{token}")),
        axum::http::Request::post(format!("/mail/stop/{token}")),
        axum::http::Request::get(format!("/mail/stop-messages/{token}")),
        axum::http::Request::post(format!("/mail/stop-messages/{token}")),
        axum::http::Request::get(format!("/mail/stop-cohort-reminders/{token}")),
        axum::http::Request::post(format!("/mail/stop-cohort-reminders/{token}")),
        axum::http::Request::get(format!("/mail/stop-own-reminders/{token}")),
        axum::http::Request::post(format!("/mail/stop-own-reminders/{token}")),
        axum::http::Request::get(format!("/calendar/{token}.ics")),
        axum::http::Request::head(format!("/calendar/{token}.ics")),
    ] {
        site.send(request.body(axum::body::Body::empty()).unwrap()).await;
    }
    let logged = || String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!logged().contains(token), "{}", logged());
    assert!(logged().contains("choose-password"), "the request is logged");
    for path in ["/quiz", "/learn/z", "/favicon.svgz"] {
        site.get(path, None).await;
        assert!(logged().contains(&format!("path=\"{path}\"")), "{path} is not in {}", logged());
    }
    site.get("/healthz", None).await;
    assert!(!logged().contains("/healthz"), "probes every few seconds are not");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_clients_request_id_is_not_used(db: PgPool) {
    let site = Site::new(db, &[]);
    for sent in ["<b>evil", &"7".repeat(3_000), "é", "0197c3a0-0000-7000-8000-000000000000"] {
        for request in [
            Request::get("/sign-in").body(Body::empty()).unwrap(),
            Request::get("/favicon.svgz").body(Body::empty()).unwrap(),
            form_request("/api/accounts/sign_in", "email=x&password=", None, "application/json", "/sign-in"),
            form_request("/api/accounts/change_password", "x=y", None, "application/json", "/account"),
        ] {
            let mut request = request;
            request.headers_mut().insert("x-request-id", HeaderValue::from_bytes(sent.as_bytes()).unwrap());
            let answer = site.send(request).await;
            let given = answer.header("x-request-id");
            assert!(given.parse::<uuid::Uuid>().is_ok() && given != sent, "{given}");
            assert!(!answer.body.contains(sent), "{}", answer.body);
        }
    }
}
