//! A setter who names an address does not learn whether it has an account: pages, replies and extra time are the same
//! except for the address, until the organisation knows the person anyway.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{
    assessment::{self, Prepared},
    support::Site,
};

/// The setter's view of a named address: everything in order, with the address itself removed.
async fn seen(site: &Site, prepared: &Prepared, address: &str) -> Vec<String> {
    let setter = prepared.sessions[3].as_deref();
    // The version of the form is reset, so that each address is the first one that a setter names.
    for earlier in ["delete from paper_versions", "delete from paper_learners"] {
        sqlx::query(earlier).execute(&site.services.db).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut keep = |what: &str, body: &str| {
        seen.push(format!("{what}: {}", without_token(&body.replace(address, "ADDRESS"))));
    };
    let give = prepared.put(&format!("organisation={{organisation}}&email={address}&extra_percent=25"));
    let unnamed = site.call("/api/assessment/set_adjustment", &give, setter).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    keep("refused", &without_request(&unnamed.body));
    for paper in ["{draft}", "{open}"] {
        let save = prepared.put(&format!("paper={paper}&emails={address}&version=0"));
        assert_eq!(site.call("/api/assessment/save_candidates", &save, setter).await.status, StatusCode::OK);
    }
    let given = site.call("/api/assessment/set_adjustment", &give, setter).await;
    keep("given", &format!("{} {}", given.status, given.body));
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from exam_adjustments").fetch_one(&site.services.db).await.unwrap();
    for (path, body) in [
        ("/api/assessment/load_candidates", "paper={draft}"),
        ("/api/assessment/load_candidates", "paper={open}"),
        ("/api/assessment/load_paper", "paper={draft}"),
        ("/api/assessment/load_adjustments", "organisation={organisation}"),
    ] {
        let answer = site.call(path, &prepared.put(body), setter).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(path.ends_with("load_paper") || answer.body.contains(address), "{}", answer.body);
        keep(path, &answer.body.replace(&id.to_string(), "ID"));
    }
    // The time of current candidates runs.
    let live = site.call("/api/assessment/load_invigilation", &prepared.put("paper={open}"), setter).await;
    let mut live: serde_json::Value = serde_json::from_str(&live.body).unwrap();
    live["at"].take();
    live["candidates"]["rows"].as_array_mut().unwrap().retain(|row| row["sitting"].is_null());
    assert_eq!(live["candidates"]["rows"].as_array().unwrap().len(), 1);
    keep("live", &live.to_string());
    for page in [
        "/assessments/papers/{draft}",
        "/assessments/papers/{draft}/candidates",
        "/assessments/papers/{draft}/publish",
        "/assessments/papers/{open}/candidates",
        "/assessments/adjustments/{organisation}",
    ] {
        let answer = site.get(&prepared.put(page), setter).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        keep(page, &main(&answer.body).replace(&id.to_string(), "ID"));
    }
    let page = site.get(&prepared.put("/assessments/papers/{open}"), setter).await;
    let counts = between(&page.body, "<dl class=\"counts\">", "</dl>");
    let rows = between(&page.body, "<table class=\"candidates\">", "</table>").split("<tr>");
    let row =
        rows.skip(1).find(|row| row.contains(address)).unwrap_or_else(|| panic!("{address} has no row"));
    keep("the paper as it goes on", &format!("{counts} {row}"));
    let back = prepared.put(&format!("organisation={{organisation}}&adjustment={id}"));
    let back = site.call("/api/assessment/take_back_adjustment", &back, setter).await;
    keep("taken back", &format!("{} {}", back.status, back.body));
    seen
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let after = text.split(from).nth(1).unwrap_or_else(|| panic!("{from} is not in {text}"));
    after.split(to).next().unwrap()
}

/// The surrounding page contains random letters.
fn main(page: &str) -> &str {
    between(page, "<main", "</main>")
}

/// Every form has a token of its own, and says when time was last given.
fn without_token(body: &str) -> String {
    let mut kept = body.to_owned();
    for mark in ["\"form\":\"", "name=\"form\" value=\"", "\"seen\":", "name=\"seen\" value=\""] {
        let mut parts = kept.split(mark);
        let first = parts.next().unwrap_or_default().to_owned();
        kept =
            parts.fold(first, |all, part| all + mark + part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    kept
}

/// Every reply has the number of its request.
fn without_request(body: &str) -> String {
    let mut body: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{body}"));
    body.as_object_mut().unwrap().remove("request_id");
    body.to_string()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_named_address_looks_the_same_with_an_account_and_without(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let (with, without) = ("administrator.elsewhere@demo.example", "nobody.elsewhere@demo.example");
    let here: i64 = sqlx::query_scalar("select count(*) from people where email in ($1, $2)")
        .bind(with)
        .bind(without)
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    assert_eq!(here, 1);
    let one = seen(&site, &prepared, with).await;
    let other = seen(&site, &prepared, without).await;
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
}

/// No text in the database can contain a NUL.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_typed_address_causes_a_server_error(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    for address in [
        "/assessments/adjustments/{organisation}?search=",
        "/assessments/adjustments/{organisation}?after=",
        "/assessments/adjustments/{organisation}?given=",
        "/assessments/adjustments/{organisation}/extra-time.csv?search=",
        "/assessments/questions/{organisation}?search=",
        "/assessments/questions/{organisation}?category=",
        "/assessments/questions/{organisation}/templates.xlsx?after=",
        "/assessments/questions/{organisation}/write?draft=",
        "/assessments/questions/{organisation}/write?template=",
        "/assessments/questions/{organisation}/write?show=",
        "/assessments/organisations?search=",
        "/assessments/organisations?after=00000000-0000-0000-0000-000000000000~",
        "/assessments/papers?after=",
        "/assessments/papers?organisation=",
        "/assessments/papers/{sat}/results?sort=",
        "/assessments/papers/{sat}/results?after=",
        "/assessments/papers/{sat}/results.xlsx?search=",
        "/assessments/papers/{open}?search=",
        "/assessments/papers/{open}?after=00000000-0000-0000-0000-000000000000~",
        "/assessments/papers/{open}/candidates?search=",
        "/assessments/papers/{open}/candidates?after=00000000-0000-0000-0000-000000000000~",
        "/assessments/start/{open}?code=",
        "/assessments/sittings/{sitting}?question=",
        "/assessments/practice?category=",
        "/learn/nmp/pharmacokinetics/check?attempt=",
        "/cohorts?after=",
        "/sign-in?next=",
        "/verify/",
        "/learn/",
    ] {
        for typed in ["%00", "a%00b", "%F0%9F%92%8A", "%FF", "-1", "99999999999999999999"] {
            let address = prepared.put(address) + typed;
            for session in &prepared.sessions {
                let status = site.get(&address, session.as_deref()).await.status;
                assert!(!status.is_server_error(), "{address}: {status}");
            }
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_sitting_has_its_page_under_its_own_paper_only(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    for (paper, status) in [("{sat}", StatusCode::OK), ("{open}", StatusCode::NOT_FOUND)] {
        let address = prepared.put(&format!("/assessments/papers/{paper}/sittings/{{submitted}}"));
        assert_eq!(site.get(&address, setter).await.status, status, "{paper}");
    }
}
