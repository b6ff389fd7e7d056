//! Names longer than any real one.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::{Site, form_request};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_file_with_an_impossible_name_is_not_found(db: PgPool) {
    let site = Site::new(db, &[]);
    let (name, path) = ("x".repeat(300), "x/".repeat(3000));
    for address in [
        format!("/pkg/{name}"),
        format!("/pkg/{name}.js"),
        format!("/pkg/{path}"),
        format!("/pkg/a/{name}"),
        format!("/media/{name}.svg"),
        format!("/favicon.svg/{name}"),
    ] {
        let answer = site.get(&address, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_room_redirects_to_no_endless_address(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("learner@demo.example").await;
    let paper: uuid::Uuid = sqlx::query_scalar("select id from papers where access_code is not null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    site.post("/api/assessment/start_sitting", &format!("paper={paper}"), Some(&session)).await;
    let (sitting, item): (uuid::Uuid, uuid::Uuid) = sqlx::query_as(
        "select s.id, i.id from sittings s join paper_items i on i.paper_id = s.paper_id and i.attempt = 1 where s.submitted_at is null limit 1",
    )
    .fetch_one(&site.services.db)
    .await
    .unwrap();
    let long = "7".repeat(60_000);
    for (place, go, to) in
        [(long.as_str(), "", "777777"), ("1", long.as_str(), "777777"), ("1", "review", "review")]
    {
        let form = format!("sitting={sitting}&item={item}&kind=number&typed=1&place={place}&go={go}");
        let sent = form_request("/api/assessment/save_and_go", &form, Some(&session), "text/html", "/");
        let answer = site.send(sent).await;
        assert_eq!(answer.header("location"), format!("/assessments/sittings/{sitting}?question={to}"));
    }
}
