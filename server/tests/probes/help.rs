//! How to reach support, wherever people are stuck.

use axum::http::{StatusCode, header};
use sqlx::PgPool;

use crate::support::{Site, form_request};

const CONTACT: &str = "href=\"mailto:help@learning.example\"";
const LINKS: [&str; 3] = ["href=\"/help\"", "href=\"/accessibility\"", "href=\"/privacy\""];

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
        for link in LINKS {
            assert!(end.contains(link), "{page}: {end}");
        }
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
    assert!(LINKS.iter().all(|link| page.contains(link)), "{page}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_visitor_reads_who_runs_this_what_is_accessible_and_what_is_kept(db: PgPool) {
    let site = Site::new(db, &[]);
    for (page, says) in [
        ("/help", "Who runs this"),
        ("/accessibility", "What does not work yet"),
        ("/privacy", "This is the privacy policy, version "),
    ] {
        let answer = site.get(page, None).await;
        assert!(answer.status == StatusCode::OK && answer.body.contains(says), "{page}: {}", answer.body);
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_that_is_not_found_names_likely_ones(db: PgPool) {
    let page = Site::new(db, &[]).get("/nowhere", None).await.body;
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    for way in ["href=\"/\"", "href=\"/learn\"", "href=\"/assessments\"", "href=\"/help\""] {
        assert!(main.contains(way), "{way}: {main}");
    }
}
