//! What browsers and intermediaries may cache.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use crate::support::Site;

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_error_is_never_cached(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let hash: String =
        sqlx::query_scalar("select hash from media limit 1").fetch_one(&site.services.db).await.unwrap();
    let figure = format!("/media/{hash}.svg");
    let found = site.get(&figure, None).await;
    assert_eq!(
        (found.status.as_u16(), found.header("cache-control")),
        (200, "public, max-age=31536000, immutable")
    );
    assert_eq!(found.header("vary"), "accept-encoding");
    let nothing = "00000000-0000-0000-0000-000000000000";
    for path in [
        "/media/0000.svg".to_owned(),
        "/media/0000".to_owned(),
        "/media/%00.svg".to_owned(),
        "/media/x%00".to_owned(),
        "/pkg/none.js".to_owned(),
        "/pkg".to_owned(),
        "/pkg/".to_owned(),
        format!("/assessments/papers/{nothing}/results.csv"),
        format!("/assessments/sittings/{nothing}/receipt.txt"),
        format!("/assessments/sittings/{nothing}/certificate.pdf"),
        "/nowhere".to_owned(),
    ] {
        let answer = site.get(&path, Some(&session)).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (404, "no-store"), "{path}");
    }
    // A fault of ours, and a database that is down.
    sqlx::query("alter table media rename to media_gone").execute(&site.services.db).await.unwrap();
    let broken = site.get(&figure, None).await;
    assert_eq!((broken.status.as_u16(), broken.header("cache-control")), (500, "no-store"));
    site.services.db.close().await;
    for path in [figure, format!("/assessments/sittings/{nothing}/receipt.txt"), "/account".to_owned()] {
        let away = site.get(&path, Some(&session)).await;
        assert_eq!((away.status.as_u16(), away.header("cache-control")), (503, "no-store"), "{path}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_response_compressed_for_one_browser_is_not_given_to_another(db: PgPool) {
    let site = Site::new(db, &[]);
    for (path, encoding) in
        [("/sign-in", "br"), ("/sign-in", "identity"), ("/robots.txt", "gzip"), ("/pkg/none.js", "br")]
    {
        let request =
            Request::get(path).header(header::ACCEPT_ENCODING, encoding).body(Body::empty()).unwrap();
        let response = site.open(request).await;
        let varies: Vec<_> = response.headers().get_all(header::VARY).iter().collect();
        assert_eq!(varies, ["accept-encoding"], "{path} {encoding}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_typeface_is_kept_for_ever_and_not_packed_again(db: PgPool) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("fonts")).unwrap();
    std::fs::write(folder.path().join("fonts/letters.woff2"), "1".repeat(4_000)).unwrap();
    let site = Site::new(db, &[("SITE_ROOT", folder.path().to_str().unwrap())]);
    let asked = |path: &str| {
        Request::get(path).header(header::ACCEPT_ENCODING, "br, gzip").body(Body::empty()).unwrap()
    };
    let found = site.open(asked("/fonts/letters.woff2")).await;
    let says = |name: header::HeaderName| found.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(found.status().as_u16(), 200);
    assert_eq!(says(header::CACHE_CONTROL), Some("public, max-age=31536000, immutable, no-transform"));
    assert_eq!(says(header::CONTENT_TYPE), Some("font/woff2"));
    assert_eq!(says(header::CONTENT_ENCODING), None);
    for path in ["/fonts/none.woff2", "/fonts", "/fonts/"] {
        let missing = site.get(path, None).await;
        assert_eq!((missing.status.as_u16(), missing.header("cache-control")), (404, "no-store"), "{path}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_file_that_changes_under_its_name_is_not_cached_for_ever(db: PgPool) {
    let folder = tempfile::tempdir().unwrap();
    let built = folder.path().join("pkg/abc");
    std::fs::create_dir_all(&built).unwrap();
    std::fs::write(built.join("learning.js"), "1").unwrap();
    std::fs::write(folder.path().join("pkg/current"), "abc").unwrap();
    let site = Site::new(db, &[("SITE_ROOT", folder.path().to_str().unwrap())]);
    for (path, status, kept) in [
        ("/pkg/abc/learning.js", 200, "public, max-age=31536000, immutable"),
        ("/pkg/current", 404, "no-store"),
        ("/pkg/%63urrent", 404, "no-store"),
        ("/pkg/abc", 404, "no-store"),
    ] {
        let answer = site.get(path, None).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, kept), "{path}");
    }
}
