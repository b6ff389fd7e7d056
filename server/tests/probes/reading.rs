//! What counts as reading: a page that is shown.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use crate::support::Site;

async fn opened(site: &Site) -> i64 {
    sqlx::query_scalar("select coalesce(sum(times), 0)::bigint from page_openings")
        .fetch_one(&site.services.db)
        .await
        .unwrap()
}

/// How often the current check was opened.
async fn tries(site: &Site) -> i64 {
    sqlx::query_scalar("select coalesce(sum(epochs), 0)::bigint from check_tries")
        .fetch_one(&site.services.db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn head_requests_and_fetching_ahead_do_not_count_as_reading(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let request = |path: &str| {
        Request::builder().uri(path.to_owned()).header(header::COOKIE, format!("session={session}"))
    };
    let read = "/learn/nmp/consultation/structure";
    let check = "/learn/nmp/consultation/check";
    let before = opened(&site).await;
    let begun = tries(&site).await;
    let head = site.send(request(read).method("HEAD").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let head = site.send(request(check).method("HEAD").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let missing = site
        .send(request("/learn/nmp/consultation/nothing").method("HEAD").body(Body::empty()).unwrap())
        .await;
    assert_eq!(missing.status.as_u16(), 404);
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        for page in [read, check] {
            let ahead = site.send(request(page).header(name, value).body(Body::empty()).unwrap()).await;
            assert_eq!(
                (ahead.status.as_u16(), ahead.header("cache-control")),
                (425, "no-store"),
                "{page} with {name}: {value}"
            );
        }
    }
    assert_eq!(tries(&site).await, begun);
    assert_eq!(site.get(check, Some(&session)).await.status.as_u16(), 200);
    assert_eq!(tries(&site).await, begun + 1);
    assert_eq!(opened(&site).await, before);
    assert_eq!(site.get(read, Some(&session)).await.status.as_u16(), 200);
    assert_eq!(opened(&site).await, before + 1);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_fetched_ahead_counts_as_opened_when_it_is_shown(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let call = async |function: &str, more: &str| {
        let body = format!("course=nmp&module=consultation&page=structure{more}");
        site.call(&format!("/api/learning/{function}"), &body, Some(&session)).await
    };
    let before = opened(&site).await;
    let ahead = call("read_page", "&ahead=true").await;
    assert_eq!(ahead.status.as_u16(), 200);
    assert!(ahead.body.contains("\"recorded\":false"), "{}", ahead.body);
    assert_eq!(opened(&site).await, before);
    assert_eq!(call("open_page", "").await.status.as_u16(), 200);
    assert_eq!(opened(&site).await, before + 1);
    let seen = call("read_page", "").await;
    assert!(seen.body.contains("\"recorded\":true"), "{}", seen.body);
    assert_eq!(opened(&site).await, before + 2);
    // For the other modules it gives their state, and not their pages.
    let pages = seen.body.matches("\"opened\":").count();
    assert!((3..=5).contains(&pages), "{pages} pages");
}
