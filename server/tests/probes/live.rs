//! News while the server is overloaded, and the limit on streams.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures::StreamExt;
use sqlx::PgPool;
use tokio::time::timeout;

use crate::support::Site;

async fn listen(site: &Site, session: &str) -> axum::response::Response {
    let request = Request::get("/live")
        .header(header::COOKIE, format!("session={session}"))
        .body(Body::empty())
        .unwrap();
    site.open(request).await
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn while_every_connection_is_taken_beats_arrive_and_no_page_is_told_to_ask(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let mut stream = listen(&site, &session).await.into_body().into_data_stream();
    let mut heard = async || {
        // As long as the machine needs: two beats arrive within seconds, or never.
        let event = timeout(Duration::from_secs(60), stream.next()).await.unwrap().unwrap().unwrap();
        String::from_utf8_lossy(&event).into_owned()
    };
    // The stream's first event, earlier requests, and the server's own listening connection.
    while !heard().await.contains("beat") {}
    let mut taken = Vec::new();
    while let Some(connection) = site.services.db.try_acquire() {
        taken.push(connection);
    }
    while taken.len() < site.services.db.options().get_max_connections() as usize {
        taken.push(site.services.db.acquire().await.unwrap());
    }
    for _ in 0..3 {
        assert!(heard().await.contains("beat"));
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_streams_of_a_person_are_limited(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let mut open = Vec::new();
    for _ in 0..30 {
        open.push(listen(&site, &session).await);
    }
    assert!(open.iter().all(|stream| stream.status() == StatusCode::OK));
    assert_eq!(listen(&site, &session).await.status(), StatusCode::TOO_MANY_REQUESTS);
    let other = site.sign_in("student002@demo.example").await;
    assert_eq!(listen(&site, &other).await.status(), StatusCode::OK, "another person is not affected");
    // One that ends makes room.
    open.pop();
    assert_eq!(listen(&site, &session).await.status(), StatusCode::OK);
}
