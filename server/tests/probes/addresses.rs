//! Redirects.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::{encoded, support::Site};

/// Opens the sign-in page for this address, and sends its form unchanged. Returns where that leads.
async fn signs_in_to(site: &Site, next: &str) -> String {
    let page = site.get(&format!("/sign-in?next={}", encoded(next)), None).await;
    assert_eq!(page.status, StatusCode::OK);
    let field = page.body.split("name=\"next\"").nth(1).unwrap();
    let value = field.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let form = format!("email=student@demo.example&password={}&next={}", demo::PASSWORD, encoded(&value));
    let answer = site.post("/api/accounts/sign_in", &form, None).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{next:?}");
    assert!(answer.cookie("session").is_some_and(|session| !session.is_empty()), "{next:?}");
    answer.header("location").to_owned()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn signing_in_leads_to_the_requested_page_and_to_no_other_site(db: PgPool) {
    let site = Site::with_demo(db).await;
    for wanted in [
        "/learn/nmp",
        "/cohorts/x?search=a%26b%3Dc",
        "/cohorts/x?search=a%2526b",
        "/cohorts/x?search=a+b&sort=name",
        "/account?done=%C3%A9",
    ] {
        assert_eq!(signs_in_to(&site, wanted).await, wanted);
        // As the guard redirects people there.
        let sent = site.get(wanted, None).await;
        assert_eq!(sent.header("location"), format!("/sign-in?next={}", encoded(wanted)));
    }
    for elsewhere in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/.//evil.example",
        "/learn/..//evil.example",
        "/%2e//evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "learn",
        "http://learning.test@evil.example/",
    ] {
        assert_eq!(signs_in_to(&site, elsewhere).await, "/", "{elsewhere}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_control_character_leads_anywhere(db: PgPool) {
    let site = Site::with_demo(db).await;
    for control in (0..32).chain([127]).map(char::from) {
        for next in [
            format!("/{control}/evil.example"),
            format!("{control}//evil.example"),
            format!("/learn{control}"),
        ] {
            let form =
                format!("email=student@demo.example&password={}&next={}", demo::PASSWORD, encoded(&next));
            let answer = site.post("/api/accounts/sign_in", &form, None).await;
            // NUL is removed everywhere, and the rest of the last one is a page of this site.
            let goes_to = if next == "/learn\0" { "/learn" } else { "/" };
            assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, goes_to), "{next:?}");
            assert!(answer.cookie("session").is_some());
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_extra_slash_leads_to_the_page_and_to_no_other_site(db: PgPool) {
    let site = Site::new(db, &[]);
    for (path, status, location) in [
        ("/account/", 308, "/account"),
        ("/account//", 308, "/account"),
        ("/learn/nmp/?x=1", 308, "/learn/nmp?x=1"),
        ("/choose-password/x/", 308, "/choose-password/x"),
        ("//evil.example/", 404, ""),
        ("//", 404, ""),
        ("/account", 303, "/sign-in?next=%2Faccount"),
    ] {
        let answer = site.get(path, None).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (status, location), "{path}");
    }
}

/// A file would be downloaded after signing in, and the form would stay where it is: the page that offers it comes.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_file_asks_to_sign_in_first_and_the_page_that_offers_it_comes_after_it(db: PgPool) {
    let site = Site::new(db, &[]);
    for (file, page) in [
        ("/assessments/papers/x/results.csv", "/assessments/papers/x/results"),
        ("/assessments/papers/x/candidates.xlsx?sort=name", "/assessments/papers/x/candidates?sort=name"),
        ("/cohorts/x/students.xlsx", "/cohorts/x"),
        (
            "/assessments/adjustments/x/extra-time.xlsx?show=rest-breaks",
            "/assessments/adjustments/x?show=rest-breaks",
        ),
        ("/assessments/questions/x/templates.csv", "/assessments/questions/x"),
        ("/assessments/sittings/x/receipt.txt", "/assessments/sittings/x/receipt"),
        ("/assessments/sittings/x/certificate.pdf", "/assessments/sittings/x/result"),
    ] {
        let answer = site.get(file, None).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, &*format!("/sign-in?next={}", encoded(page)))
        );
    }
}
