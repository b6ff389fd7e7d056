//! A HEAD request for a page, or one that fetches it ahead, as the browser or the application does, changes and counts
//! nothing: for every page and every role, and for the files whose download is recorded.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use sqlx::PgPool;

use super::{
    COHORT_PAGES, FUNCTIONS, PAGES, assessment, helping, of_cohort, put,
    reasons::rewrite_audit,
    support::{Site, with_session},
};

/// The application's request for a link that the person is about to follow (`app/src/kit/ahead.rs`).
const AHEAD: [(&str, &str); 4] = [
    ("/api/learning/load_courses", ""),
    ("/api/learning/load_course", ""),
    ("/api/learning/load_module", ""),
    ("/api/learning/read_page", "&ahead=true"),
];

/// Everything stored, except the last use of sessions: a digest of each table.
pub async fn stored(site: &Site) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' and tablename <> 'sessions' order by 1",
    )
    .fetch_all(&site.services.db)
    .await
    .unwrap();
    let mut digests = Vec::new();
    for table in tables {
        let digest =
            format!("select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') from {table} t");
        let digest =
            sqlx::query_scalar(sqlx::AssertSqlSafe(digest)).fetch_one(&site.services.db).await.unwrap();
        digests.push((table, digest));
    }
    digests
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn head_requests_and_fetching_ahead_change_and_count_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    // Support has not looked at a bank yet.
    rewrite_audit(&site, "delete from audit_events where action = 'assessment.bank_seen_by_support'").await;
    let cohort: uuid::Uuid = sqlx::query_scalar("select g.cohort_id from grants g join people p on p.id = g.person_id where p.email = 'tutor@demo.example'")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    let names = of_cohort(&site, cohort).await;
    let of_cohort: Vec<_> = COHORT_PAGES.iter().map(|row| put(&names, row.0)).collect();
    let pages = PAGES.iter().map(|row| row.1).chain(assessment::PAGES.iter().map(|row| row.1));
    let pages =
        pages.chain(helping::PAGES.iter().map(|row| row.1).filter(|address| !address.contains("{helped}")));
    let pages = pages.chain(of_cohort.iter().map(String::as_str));
    let pages = pages.chain(helping::FILES.iter().map(|row| row.0));
    let (support, student) = (prepared.sessions[6].as_deref(), prepared.sessions[2].as_deref());
    site.call("/api/assessment/give_reason", "about=log&reason=Asked+by+telephone", support).await;
    let mut sessions = prepared.sessions.to_vec();
    for name in ["student", "tutor"] {
        sessions.push(Some(site.sign_in(&format!("{name}@demo.example")).await));
    }
    let codes = ["/assessments/start/{open}?code=WRONG1", "/assessments/start/{sat}?code=WRONG2"];
    let before = stored(&site).await;
    for address in pages.chain(codes).map(|address| prepared.put(address)) {
        for session in &sessions {
            for (method, ahead) in [(Method::HEAD, false), (Method::GET, true), (Method::HEAD, true)] {
                let mut request =
                    with_session(Request::builder().method(method).uri(&address), session.as_deref());
                if ahead {
                    request = request.header("sec-purpose", "prefetch");
                }
                let status = site.send(request.body(Body::empty()).unwrap()).await.status;
                assert!(!status.is_server_error(), "{address}: {status}");
            }
        }
    }
    for (function, more) in AHEAD {
        let (_, body, _) = FUNCTIONS.iter().find(|row| row.0 == function).unwrap();
        let mut found = 0;
        for session in &sessions {
            let answer = site.call(function, &format!("{body}{more}"), session.as_deref()).await;
            assert!(!answer.status.is_server_error(), "{function}: {}", answer.status);
            found += u32::from(answer.status == StatusCode::OK);
        }
        assert!(found > 0, "no role finds the data of {function}");
    }
    let changed: Vec<_> = stored(&site).await.into_iter().filter(|table| !before.contains(table)).collect();
    assert!(changed.is_empty(), "{changed:?}");

    // A file is refused like a page.
    let ahead = with_session(Request::get("/support/log.csv").header("sec-purpose", "prefetch"), support);
    let ahead = site.send(ahead.body(Body::empty()).unwrap()).await;
    assert_eq!(ahead.status, StatusCode::TOO_EARLY);

    // Looking does both.
    let bank = prepared.put("/assessments/questions/{organisation}");
    assert_eq!(site.get(&bank, support).await.status, StatusCode::OK);
    assert_eq!(site.get(&prepared.put(codes[0]), student).await.status, StatusCode::NOT_FOUND);
    let after = stored(&site).await;
    let changed: Vec<_> =
        after.iter().filter(|table| !before.contains(table)).map(|(name, _)| name).collect();
    assert_eq!(changed, ["audit_events", "code_tries"]);
}
