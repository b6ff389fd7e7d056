//! Forms that come back, and what of them the server keeps.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::{
    encoded,
    support::{Site, form_request},
};

async fn kept(site: &Site) -> i64 {
    sqlx::query_scalar("select count(*) from returned_forms").fetch_one(&site.services.db).await.unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn nothing_is_kept_for_whoever_is_not_signed_in(db: PgPool) {
    let site = Site::new(db, &[]);
    for (path, form) in [
        ("/api/accounts/sign_in", format!("email={}&password=", "nurse-".repeat(30_000))),
        ("/api/accounts/sign_in", format!("email=nurse%40&password={}", "x".repeat(200_000))),
        ("/api/accounts/request_link", format!("email={}", "%00%22%3C".repeat(20_000))),
        ("/api/accounts/choose_password", format!("token={}&new_password=x", "t".repeat(200_000))),
    ] {
        let answer = site.send(form_request(path, &form, None, "text/html", "/sign-in")).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{path}");
        let flash = answer.cookie("flash").unwrap();
        assert!(flash.len() < 4000 && !flash.starts_with("kept."), "{path}: {}", flash.len());
        let page = Request::get("/sign-in").header(header::COOKIE, format!("flash={flash}"));
        assert_eq!(site.send(page.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    }
    assert_eq!(kept(&site).await, 0);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_person_fills_no_store_with_forms(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    for _ in 0..50 {
        let form = format!("current_password=x&new_password={}", "y".repeat(50_000));
        site.post("/api/accounts/change_password", &form, Some(&session)).await;
        let form = format!("code={}", "z".repeat(50_000));
        site.post("/api/assessment/enter_code", &form, Some(&session)).await;
    }
    assert!(kept(&site).await <= 10, "{}", kept(&site).await);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_browser_that_does_not_say_where_it_comes_from_gets_its_form_back(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    for (path, form, session, page, says) in [
        (
            "/api/accounts/sign_in",
            "email=nurse%40&password=&next=%2Flearn",
            None,
            "/sign-in?next=%2Flearn",
            "correct form",
        ),
        ("/api/accounts/request_link", "email=nurse", None, "/forgotten-password", "correct form"),
        (
            "/api/accounts/change_password",
            "current_password=&new_password=x",
            Some(&*session),
            "/account",
            "12 characters",
        ),
        ("/api/assessment/enter_code", "code=none", Some(&*session), "/assessments", "Check the code"),
        (
            "/api/learning/submit_check",
            "course=nmp&module=consultation&version=1",
            Some(&*session),
            "/learn/nmp/consultation/check",
            "There is a problem",
        ),
    ] {
        for referer in [None, Some("http://learning.test/"), Some("http://learning.test"), Some("nonsense")] {
            let mut request = form_request(path, form, session, "text/html", "/");
            request.headers_mut().remove(header::REFERER);
            if let Some(referer) = referer {
                request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
            }
            let answer = site.send(request).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, page), "{path}");
            let cookies =
                format!("session={}; flash={}", session.unwrap_or_default(), answer.cookie("flash").unwrap());
            let back = Request::get(page).header(header::COOKIE, cookies).body(Body::empty()).unwrap();
            let back = site.send(back).await;
            assert!(back.body.contains(says), "{path}: {says} is not in {}", back.body);
        }
    }
    // Where the form does not say its page, the answer itself says what is wrong.
    let mut request =
        form_request("/api/assessment/add_section", "section_title=x", Some(&session), "text/html", "/");
    request.headers_mut().remove(header::REFERER);
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("<h1>This form cannot be taken</h1>"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_is_sent_back_within_this_site(db: PgPool) {
    let site = Site::new(db, &[]);
    for (from, page) in
        [("//evil.example/", "/sign-in?next="), ("/a?b=c%26d", "/a?b=c%26d"), ("/x%0d%0a", "/x%0d%0a")]
    {
        let request = form_request("/api/accounts/sign_in", "email=x&password=", None, "text/html", from);
        assert_eq!(site.send(request).await.header("location"), page, "{from}");
        let request = form_request("/api/accounts/end_session", &encoded("x"), None, "text/html", from);
        let page = if page.starts_with("/sign-in") { "/sign-in" } else { page };
        assert_eq!(site.send(request).await.header("location"), page, "{from}, signed out");
    }
}
