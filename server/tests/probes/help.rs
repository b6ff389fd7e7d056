//! How to reach support, wherever people are stuck.

use axum::http::{StatusCode, header};
use sqlx::PgPool;

use crate::support::{Site, form_request};

const CONTACT: &str = "href=\"mailto:help@learning.example\"";

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_page_says_how_to_reach_support_and_pages_of_last_resort_do(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    for (page, status) in [
        ("/sign-in", StatusCode::OK),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/choose-password/none", StatusCode::NOT_FOUND),
        ("/activate/none", StatusCode::NOT_FOUND),
    ] {
        let answer = site.get(page, None).await;
        assert_eq!(answer.status, status, "{page}");
        let (_, end) = answer.body.split_once("</footer>").unwrap();
        assert!(end.contains(CONTACT), "{page}: {end}");
    }
    let waits = site.post("/api/accounts/sign_in", "email=x&password=&from=/sign-in", None).await;
    assert!(waits.status == StatusCode::UNPROCESSABLE_ENTITY && waits.body.contains(CONTACT));
    let mut foreign = form_request("/api/accounts/sign_in", "", None, "text/html", "/");
    foreign.headers_mut().insert(header::ORIGIN, "https://elsewhere.example".parse().unwrap());
    let refused = site.send(foreign).await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains(CONTACT), "{}", refused.body);

    let none = Site::new(db, &[("SUPPORT_CONTACT", "")]);
    let page = none.get("/sign-in", None).await.body;
    assert!(!page.contains("ask support"), "{page}");
}
