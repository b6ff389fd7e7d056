//! Refusals as people see them: a page in the site's own words.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use crate::support::{Site, form_request};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refusal_is_a_page_in_words(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let nothing = "00000000-0000-0000-0000-000000000000";
    let get = |path: &str| {
        Request::get(path.to_owned())
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::COOKIE, format!("session={session}"))
            .body(Body::empty())
            .unwrap()
    };
    let foreign = {
        let mut request = form_request("/api/accounts/sign_out", "", Some(&session), "text/html", "/");
        request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        request
    };
    let large = form_request("/api/accounts/sign_in", &"a".repeat(300_000), None, "text/html", "/sign-in");
    let large_elsewhere = form_request("/sign-in", &"a".repeat(300_000), None, "text/html", "/sign-in");
    for (what, request, status) in [
        ("a form of another site", foreign, 403),
        ("too much", large, 413),
        ("too much, to a page", large_elsewhere, 405),
        ("no such figure", get("/media/0000.svg"), 404),
        ("no such script", get("/pkg/none.js"), 404),
        ("no such sheet", get(&format!("/assessments/papers/{nothing}/results.csv")), 404),
        ("no such receipt", get(&format!("/assessments/sittings/{nothing}/receipt.txt")), 404),
        ("no such certificate", get("/assessments/sittings/x/certificate.pdf"), 404),
        ("a function by its address", get("/api/accounts/sign_in"), 405),
        ("no such cohort's news", get("/live?topics=cohort:x"), 404),
        ("nowhere", get("/nowhere"), 404),
    ] {
        let answer = site.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{what}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{what}");
        for part in ["<h1", "Health and Education Co-operative", "</html>"] {
            assert!(answer.body.contains(part), "{what}: {part} is not in {}", answer.body);
        }
        assert!(!answer.header("content-security-policy").is_empty());
    }
    // A script gets a machine-readable reply.
    let mut foreign = form_request("/api/accounts/sign_out", "", Some(&session), "application/json", "/");
    foreign.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    let answer = site.send(foreign).await;
    assert!(answer.status == 403 && answer.body.contains("\"kind\":\"Invalid\""), "{}", answer.body);
}
