//! Names that are longer than anything has.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::support::{Site, form_request};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_file_with_a_name_that_none_has_is_not_there(db: PgPool) {
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
async fn the_room_sends_nobody_to_an_address_without_end(db: PgPool) {
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

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_that_was_kept_is_given_to_nobody_else(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("setter@demo.example").await;
    let form = format!("title={}&kind=mock&organisation=x", "Secret".repeat(2000));
    let sent = form_request(
        "/api/assessment/create_paper",
        &form,
        Some(&session),
        "text/html",
        "/assessments/papers",
    );
    let answer = site.send(sent).await;
    let flash = answer.cookie("flash").unwrap().to_owned();
    assert!(flash.starts_with("kept."), "{flash}");
    let shown = async |session: &str| {
        let cookies = format!("session={session}; flash={flash}");
        let page = Request::get("/assessments/papers").header(header::COOKIE, cookies);
        site.send(page.body(Body::empty()).unwrap()).await.body.contains("SecretSecret")
    };
    assert!(shown(&session).await);
    let other = site.sign_in("support@demo.example").await;
    assert!(!shown(&other).await);
    assert!(!shown("nobody").await);
}
