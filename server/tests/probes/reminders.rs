//! The reminders that learners set, and their calendar, over HTTP: what mail programs and calendar programs ask for, without a session.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::support::{Answer, ORIGIN, Site};

/// 43 signs, as every token has.
const TOKEN: &str = "calendar-calendar-calendar-calendar-calenda";

/// The student of the demo has set reminders, got one, and has a calendar with a date.
async fn prepared(site: &Site) {
    let made = format!(
        "insert into own_reminders (person_id, weekday, looked_on) select id, 1, '2026-11-22' from people where email = 'student@demo.example';
        insert into own_reminded (person_id, sent_on, weekly, stop_hash)
            select id, '2026-11-16', true, sha256('stop') from people where email = 'student@demo.example';
        insert into calendar_feeds (person_id, id, token_hash, made_at)
            select id, gen_random_uuid(), sha256('{TOKEN}'), now() from people where email = 'student@demo.example';
        insert into cohort_dates (cohort_id, module_id, due_on, set_at)
            select e.cohort_id, m.id, (now() + interval '30 days')::date, now() from enrolments e join modules m on m.course_id = e.course_id
            join people p on p.id = e.learner_id where p.email = 'student@demo.example' on conflict do nothing"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(made)).execute(&site.services.db).await.unwrap();
}

/// All that a request without a session could change.
async fn stored(site: &Site) -> String {
    let mut all = String::new();
    for table in [
        "own_reminders",
        "own_reminded",
        "own_reminded_dates",
        "calendar_feeds",
        "audit_events",
        "enrolments",
    ] {
        let query = format!("select coalesce(string_agg(t::text, ' ' order by t::text), '') from {table} t");
        let text: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&site.services.db).await.unwrap();
        all.push_str(&text);
    }
    all
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mail_program_stops_own_reminders_with_one_post_and_opening_the_link_changes_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    prepared(&site).await;
    let before = stored(&site).await;
    for path in ["/stop-own-reminders/stop", "/mail/stop-own-reminders/stop"] {
        for request in [Request::get(path), Request::head(path)] {
            let opened = site.send(request.body(Body::empty()).unwrap()).await;
            assert!(opened.status == StatusCode::OK || opened.status == StatusCode::SEE_OTHER, "{path}");
        }
    }
    let opened = site.get("/mail/stop-own-reminders/stop", None).await;
    assert_eq!(opened.header("location"), "/stop-own-reminders/stop");
    assert_eq!(stored(&site).await, before);
    let press = async |token: &str| {
        let request = Request::post(format!("/mail/stop-own-reminders/{token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("List-Unsubscribe=One-Click"))
            .unwrap();
        site.send(request).await
    };
    for unknown in ["x", "%00", "%ff"] {
        assert!(!press(unknown).await.status.is_server_error(), "{unknown}");
    }
    assert_eq!(stored(&site).await, before);
    let (unknown, known) = (press("unknown").await, press("stop").await);
    assert_eq!((known.status, &known.body), (StatusCode::OK, &unknown.body), "the reply says nothing");
    let left: i64 =
        sqlx::query_scalar("select count(*) from own_reminders").fetch_one(&site.services.db).await.unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_calendar_program_reads_the_dates_without_a_session_and_only_what_is_new(db: PgPool) {
    let site = Site::with_demo(db).await;
    prepared(&site).await;
    let before = stored(&site).await;
    let address = format!("/calendar/{TOKEN}.ics");
    let file = site.get(&address, None).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(
        file.body.starts_with("BEGIN:VCALENDAR\r\n") && file.body.contains("BEGIN:VEVENT"),
        "{}",
        file.body
    );
    assert!(!file.body.contains("demo.example"), "{}", file.body);
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(file.header("cache-control"), "private, no-cache");
    assert_eq!(file.cookies().len(), 0);
    let tag = file.header("etag").to_owned();
    let asked = async |known: &str| -> Answer {
        let request = Request::get(&address).header(header::IF_NONE_MATCH, known);
        site.send(request.body(Body::empty()).unwrap()).await
    };
    for known in [tag.clone(), format!("\"other\", {tag}"), tag.trim_start_matches("W/").to_owned()] {
        let answer = asked(&known).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!((answer.header("etag"), answer.header("cache-control")), (&*tag, "private, no-cache"));
    }
    assert_eq!(asked("\"other\"").await.status, StatusCode::OK);
    let head = site.send(Request::head(&address).body(Body::empty()).unwrap()).await;
    assert_eq!((head.status, head.body.as_str(), head.header("etag")), (StatusCode::OK, "", &*tag));
    assert_eq!(stored(&site).await, before, "reading it records nothing");

    // What is not there looks the same, whatever it is.
    let missing = site.get("/calendar/x.ics", None).await;
    let long = format!("/calendar/{}.ics", TOKEN.replace("calenda", "another"));
    let (cased, bare) =
        (address.to_uppercase().replace("/CALENDAR/", "/calendar/"), format!("/calendar/{TOKEN}"));
    for other in [long.as_str(), "/calendar/.ics", "/calendar/%00.ics", cased.as_str(), bare.as_str()] {
        let answer = site.get(other, None).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::NOT_FOUND, &missing.body), "{other}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    sqlx::query(
        "update people set password_hash = null, withdrawn_at = now() where email = 'student@demo.example'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let gone = site.get(&address, None).await;
    assert_eq!((gone.status, gone.body), (StatusCode::NOT_FOUND, missing.body));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_that_says_nothing_clear_changes_no_reminders(db: PgPool) {
    let site = Site::with_demo(db).await;
    prepared(&site).await;
    let session = site.sign_in("student@demo.example").await;
    let before = stored(&site).await;
    for form in ["", "weekday=never", "days_before=1", "weekday=8&days_before=2", "weekday=&days_before="] {
        let answer = site.call("/api/learning/set_own_reminders", form, Some(&session)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(stored(&site).await, before);
    let answer =
        site.call("/api/learning/set_own_reminders", "weekday=never&days_before=never", Some(&session)).await;
    assert_eq!(answer.header("location"), "/account/reminders?done=off");
    assert_ne!(stored(&site).await, before);
}

/// The page that answers the form is the only place in which it stands.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_address_of_a_calendar_is_shown_by_the_answer_to_its_form_and_nowhere_else(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let form = format!("from=/account/reminders&calendar_token={TOKEN}");
    let answer = site.post("/api/learning/make_calendar", &form, Some(&session)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains(&format!("{ORIGIN}/calendar/{TOKEN}.ics")), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(site.get(&format!("/calendar/{TOKEN}.ics"), None).await.status, StatusCode::OK);
    let page = site.get("/account/reminders", Some(&session)).await;
    assert!(page.body.contains("Your calendar has an address since") && !page.body.contains(TOKEN));
    assert!(!stored(&site).await.contains(TOKEN));
}
