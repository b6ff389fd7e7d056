//! P4: the wheel turns elsewhere. The event stream of one session, from a change made through another connection.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures::StreamExt;
use sqlx::PgPool;
use support::Site;
use tokio::time::timeout;

/// Reads the stream until it says so many times that something changed, or for four seconds.
async fn changes(body: Body, wanted: usize) -> usize {
    let mut stream = body.into_data_stream();
    let mut heard = 0;
    let _ = timeout(Duration::from_secs(4), async {
        while let Some(Ok(chunk)) = stream.next().await {
            heard += String::from_utf8_lossy(&chunk).matches("changed").count();
            if heard >= wanted {
                break;
            }
        }
    })
    .await;
    heard
}

async fn listen(site: &Site, path: &str, session: &str) -> Body {
    let request =
        Request::get(path).header(header::COOKIE, format!("session={session}")).body(Body::empty()).unwrap();
    let response = site.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    response.into_body()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn opening_a_page_is_heard_by_the_learner_and_the_tutor_and_by_nobody_else(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (student, other, tutor) = (
        site.sign_in("student@demo.example").await,
        site.sign_in("student003@demo.example").await,
        site.sign_in("tutor@demo.example").await,
    );
    let cohort: uuid::Uuid = sqlx::query_scalar("select cohort_id from cohort_administrators")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    // The server's own connection needs a moment before it hears anything.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let own = listen(&site, "/live", &student).await;
    let others = listen(&site, "/live", &other).await;
    let followed = listen(&site, &format!("/live?cohort={cohort}"), &tutor).await;
    let answer = site
        .call("/api/learning/read_page", "course=nmp&module=consultation&page=structure", Some(&student))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    // Each stream begins with one "changed"; news is the second.
    let (own, others, followed) = tokio::join!(changes(own, 2), changes(others, 2), changes(followed, 2));
    assert_eq!((own, others, followed), (2, 1, 2));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn signing_out_ends_the_open_stream(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let mut stream = listen(&site, "/live", &session).await.into_data_stream();
    site.post("/api/accounts/sign_out", "", Some(&session)).await;
    let ended = timeout(Duration::from_secs(4), async { while stream.next().await.is_some() {} }).await;
    assert!(ended.is_ok(), "the stream is still open");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn stopping_the_server_ends_the_streams(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let mut stream = listen(&site, "/live", &session).await.into_data_stream();
    site.stop.send(true).unwrap();
    let ended = timeout(Duration::from_secs(4), async { while stream.next().await.is_some() {} }).await;
    assert!(ended.is_ok(), "the stream keeps the server from stopping");
}
