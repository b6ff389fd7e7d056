//! Many at the same time.

use axum::http::StatusCode;
use futures::future::join_all;
use services::database;
use sqlx::{ConnectOptions, PgPool};

use crate::support::Site;

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_room_that_signs_in_at_once_on_a_fresh_server_gets_in(db: PgPool) {
    Site::with_demo(db.clone()).await;
    // With a server's usual pool: no connection is open yet.
    let fresh = database::pool(db.connect_options().to_url_lossy().as_str(), 20).unwrap();
    let site = Site::new(fresh.clone(), &[]);
    let students = (0..30).map(|n| {
        let form = format!("email=student{n:03}@demo.example&password={}", demo::PASSWORD);
        let site = &site;
        async move { site.post("/api/accounts/sign_in", &form, None).await }
    });
    for answer in join_all(students).await {
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.header("location"), "/");
        assert!(answer.cookie("session").is_some());
    }
    fresh.close().await;
}
