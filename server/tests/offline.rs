//! What a browser may keep for reading without a network: the pages of courses, fetched without counting as a look, for
//! who has asked for it on the device; and nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;
use support::{Answer, Site, with_session};

const STUDENT: &str = "student@demo.example";
const PAGE: &str = "/learn/nmp/calculations/units-and-conversions";
const READING: [&str; 3] = ["/learn/nmp", "/learn/nmp/calculations", PAGE];

async fn to_keep(site: &Site, address: &str, session: Option<&str>) -> Answer {
    let request = Request::get(address).header(header::ACCEPT, "text/html").header("x-to-keep", "1");
    site.send(with_session(request, session).body(Body::empty()).unwrap()).await
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_pages_of_courses_may_be_kept_and_each_says_whose_it_is(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let session = site.sign_in(STUDENT).await;
    let person: String = sqlx::query_scalar("select id::text from people where email = $1")
        .bind(STUDENT)
        .fetch_one(&db)
        .await
        .unwrap();
    for address in READING {
        let answer = to_keep(&site, address, Some(&session)).await;
        assert_eq!(
            (answer.status, answer.header("x-may-be-kept")),
            (StatusCode::OK, person.as_str()),
            "{address}"
        );
        let shown = site.get(address, Some(&session)).await;
        assert_eq!(shown.header("x-may-be-kept"), "", "{address} is shown, and not fetched to be kept");
        assert_eq!(shown.header("cache-control"), "no-store", "the browser's own cache keeps nothing");
    }
    for address in [
        "/",
        "/account",
        "/learn",
        "/learn/record",
        "/learn/nmp/end",
        "/learn/nmp/search",
        "/learn/nmp/glossary",
        "/learn/nmp/notes",
        "/learn/nmp/calculations/check",
        "/learn/nmp/calculations/units-and-conversions/note",
        "/learn/none",
        "/assessments",
        "/offline",
    ] {
        let answer = to_keep(&site, address, Some(&session)).await;
        assert_eq!(answer.header("x-may-be-kept"), "", "{address}");
    }
    let visitor = to_keep(&site, PAGE, None).await;
    assert_eq!((visitor.status, visitor.header("x-may-be-kept")), (StatusCode::SEE_OTHER, ""));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn fetching_a_page_to_keep_it_is_no_opening_and_no_other_page_is_spared_one(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let session = site.sign_in(STUDENT).await;
    let openings = async || {
        let all = "select coalesce(sum(o.times), 0) from page_openings o join pages p on p.id = o.page_id
            join enrolments e on e.id = o.enrolment_id join people l on l.id = e.learner_id
            where l.email = $1 and p.slug = 'units-and-conversions'";
        sqlx::query_scalar::<_, i64>(all).bind(STUDENT).fetch_one(&db).await.unwrap()
    };
    let before = openings().await;
    for address in READING {
        to_keep(&site, address, Some(&session)).await;
    }
    assert_eq!(openings().await, before);
    site.get(PAGE, Some(&session)).await;
    assert_eq!(openings().await, before + 1);

    // A check begins when it is opened, whatever the request says.
    let tries = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from check_tries").fetch_one(&db).await.unwrap()
    };
    let before = tries().await;
    to_keep(&site, "/learn/nmp/calculations/check", Some(&session)).await;
    assert_eq!(tries().await, before + 1);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_script_is_only_on_pages_of_who_has_asked_and_never_in_the_exam_room(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in(STUDENT).await;
    let open = async |address: &str, cookie: &str| {
        let cookies = format!("session={session}; {cookie}");
        let request =
            Request::get(address).header(header::ACCEPT, "text/html").header(header::COOKIE, cookies);
        site.send(request.body(Body::empty()).unwrap()).await.body
    };
    let has = |page: &str| page.contains("src=\"/offline.js\"") && page.contains("rel=\"manifest\"");
    assert!(has(&open("/offline", "a=b").await), "where one asks");
    for address in ["/", "/learn", PAGE, "/account", "/assessments"] {
        let without = open(address, "xkeeps-pages=1").await;
        assert!(!without.contains("offline.js") && !without.contains("webmanifest"), "{address}");
        assert!(has(&open(address, "keeps-pages=1").await), "{address}");
    }
    let room = "/assessments/sittings/00000000-0000-0000-0000-000000000000";
    let room = open(room, "keeps-pages=1").await;
    assert!(room.contains("</html>") && !room.contains("offline.js"), "{room}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_worker_and_its_script_are_asked_for_each_time_and_may_only_call_this_site(db: PgPool) {
    let public = concat!(env!("CARGO_MANIFEST_DIR"), "/../public");
    let site = Site::new(db, &[("SITE_ROOT", public)]);
    for (address, kind, cached) in [
        ("/worker.js", "text/javascript", "no-cache"),
        ("/offline.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/icon-192.png", "image/png", "public, max-age=86400"),
        ("/icon-512.png", "image/png", "public, max-age=86400"),
        ("/icon-maskable-512.png", "image/png", "public, max-age=86400"),
    ] {
        let answer = site.look(address, None).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
        assert!(header("content-type").starts_with(kind), "{address}: {}", header("content-type"));
        assert_eq!(header("cache-control"), cached, "{address}");
        assert!(header("content-security-policy").contains("connect-src 'self'"), "{address}");
    }
}
