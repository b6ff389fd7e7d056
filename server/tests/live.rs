//! P4: the wheel turns elsewhere. The event stream of one session, from a change made through another connection.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream, to_bytes},
    http::{Request, StatusCode, header},
};
use domain::{accounts::PersonId, assessment::delivery::SittingId, cohorts::CohortId, kit::live::Topic};
use futures::StreamExt;
use sqlx::PgPool;
use support::{Site, form_request};
use tokio::time::timeout;
use uuid::Uuid;

/// Reads the stream until this number of changes, or for four seconds.
async fn changes(body: Body, wanted: usize) -> usize {
    let mut stream = body.into_data_stream();
    let mut heard = 0;
    let _ = timeout(Duration::from_secs(4), async {
        while let Some(Ok(chunk)) = stream.next().await {
            heard += String::from_utf8_lossy(&chunk).matches("changed").count();
            if heard >= wanted {
                break;
            }
        }
    })
    .await;
    heard
}

async fn listen(site: &Site, path: &str, session: &str) -> Body {
    let request =
        Request::get(path).header(header::COOKIE, format!("session={session}")).body(Body::empty()).unwrap();
    let response = site.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    response.into_body()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_the_learner_and_the_tutor_hear_of_an_opened_page(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (student, other, tutor) = (
        site.sign_in("student@demo.example").await,
        site.sign_in("student003@demo.example").await,
        site.sign_in("tutor@demo.example").await,
    );
    let cohort: Uuid = sqlx::query_scalar("select cohort_id from grants where role = 'cohort-tutor'")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    // The server's own connection needs a moment before it hears anything.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let own = listen(&site, "/live", &student).await;
    let others = listen(&site, "/live", &other).await;
    let topic = Topic::Cohort(CohortId(cohort));
    let followed = listen(&site, &format!("/live?topics={topic}"), &tutor).await;
    let answer = site
        .call("/api/learning/read_page", "course=nmp&module=consultation&page=structure", Some(&student))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    // Each stream begins with one "changed"; news is the second.
    let (own, others, followed) = tokio::join!(changes(own, 2), changes(others, 2), changes(followed, 2));
    assert_eq!((own, others, followed), (2, 1, 2));
}

/// The next event that reports a change.
async fn next_change(stream: &mut BodyDataStream) -> String {
    let next = timeout(Duration::from_secs(60), async {
        while let Some(Ok(chunk)) = stream.next().await {
            let event = String::from_utf8_lossy(&chunk).into_owned();
            if event.contains("changed") {
                return Some(event);
            }
        }
        None
    });
    next.await.unwrap().unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn much_news_of_others_does_not_drown_a_streams_own(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    drop(listening(&site, &session).await);
    let mut stream = listen(&site, "/live", &session).await.into_data_stream();
    let mut beside = listen(&site, "/live", &session).await.into_data_stream();
    next_change(&mut stream).await;
    next_change(&mut beside).await;
    // In one commit, while the first stream is not read.
    sqlx::query("select live_tell('learner', gen_random_uuid()) from generate_series(1, 3000)")
        .execute(&site.services.db)
        .await
        .unwrap();
    let student: Uuid =
        sqlx::query_scalar("select id from (select live_tell('learner', id), id from people where email = 'student@demo.example' offset 0) told")
            .fetch_one(&site.services.db)
            .await
            .unwrap();
    let own = format!("data: changed {}\n\n", Topic::Progress(PersonId(student)));
    assert_eq!(next_change(&mut beside).await, own);
    assert_eq!(
        next_change(&mut stream).await,
        own,
        "it is told to ask for everything, because of other people's news"
    );
}

/// Starts a stream of the session, and returns it when the server's own connection listens.
async fn listening(site: &Site, session: &str) -> BodyDataStream {
    let mut stream = listen(site, "/live", session).await.into_data_stream();
    let heard = timeout(Duration::from_secs(60), async {
        while let Some(Ok(chunk)) = stream.next().await {
            if String::from_utf8_lossy(&chunk).contains("beat") {
                return true;
            }
        }
        false
    });
    assert!(heard.await.unwrap(), "the stream ended before any news");
    stream
}

async fn ends(mut stream: BodyDataStream) -> bool {
    timeout(Duration::from_secs(4), async { while stream.next().await.is_some() {} }).await.is_ok()
}

async fn session_id(site: &Site, device: &str) -> Uuid {
    sqlx::query_scalar("select id from sessions where device = $1")
        .bind(device)
        .fetch_one(&site.services.db)
        .await
        .unwrap()
}

const SIGN_IN: &str = "email=student@demo.example&password=learning-demo-2026";

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn signing_out_ends_the_open_stream(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let other = site.sign_in("student@demo.example").await;
    let (stream, of_other) = (listening(&site, &session).await, listening(&site, &other).await);
    site.post("/api/accounts/sign_out", "", Some(&session)).await;
    assert!(ends(stream).await, "the stream is still open");
    assert!(!ends(of_other).await, "the other device is signed in as before");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_stream_ends_when_another_device_signs_its_own_out(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    sqlx::query("update sessions set device = 'Phone'").execute(&site.services.db).await.unwrap();
    let other = site.sign_in("student@demo.example").await;
    let stream = listening(&site, &session).await;
    let phone = session_id(&site, "Phone").await;
    site.post("/api/accounts/end_session", &format!("session={phone}"), Some(&other)).await;
    assert!(ends(stream).await);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_change_of_password_ends_the_streams_of_the_other_devices(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let other = site.sign_in("student@demo.example").await;
    let (stream, own) = (listening(&site, &session).await, listening(&site, &other).await);
    let form = "current_password=learning-demo-2026&new_password=another-long-secret-7";
    site.post("/api/accounts/change_password", form, Some(&other)).await;
    assert!(ends(stream).await);
    assert!(!ends(own).await, "where it was changed the page goes on");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_role_that_is_given_ends_the_streams_of_the_person(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let other = site.sign_in("student003@demo.example").await;
    let (stream, of_other) = (listening(&site, &session).await, listening(&site, &other).await);
    sqlx::query(
        "insert into grants (person_id, role, granted_at, reason)
        select id, 'support', now(), 'Staff now' from people where email = 'student@demo.example'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    assert!(ends(stream).await, "the session may be half open now");
    assert!(!ends(of_other).await);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn another_sign_in_in_the_same_browser_ends_the_stream(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let stream = listening(&site, &session).await;
    site.post("/api/accounts/sign_in", SIGN_IN, Some(&session)).await;
    assert!(ends(stream).await);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_stream_does_not_outlive_a_session_that_ended_unnoticed(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (session, other) =
        (site.sign_in("student@demo.example").await, site.sign_in("student003@demo.example").await);
    let (mut stream, mut of_other) = (listening(&site, &session).await, listening(&site, &other).await);
    // The session ends silently, and then the server loses its listening connection.
    sqlx::raw_sql(
        "update sessions set ends_at = created_at + interval '1 microsecond'
            where person_id = (select id from people where email = 'student@demo.example');
        select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and query ~* 'listen|pg_notify'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let told = timeout(Duration::from_secs(60), async {
        tokio::join!(async { while stream.next().await.is_some() {} }, async {
            while let Some(Ok(chunk)) = of_other.next().await {
                if String::from_utf8_lossy(&chunk).contains("changed") {
                    return true;
                }
            }
            false
        })
    });
    let ((), other_is_told) = told.await.expect("the stream is still open");
    assert!(other_is_told, "a page whose session goes on is told to ask");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_candidate_hears_of_added_time(db: PgPool) {
    let site = Site::with_demo(db).await;
    let learner = site.sign_in("learner@demo.example").await;
    let paper: Uuid = sqlx::query_scalar("select id from papers where access_code is not null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    site.call("/api/assessment/start_sitting", &format!("paper={paper}"), Some(&learner)).await;
    let sitting: Uuid = sqlx::query_scalar("select id from sittings where submitted_at is null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    drop(listening(&site, &learner).await);
    let topic = Topic::Sitting(SittingId(sitting));
    let stream = listen(&site, &format!("/live?topics={topic}"), &learner).await;
    sqlx::query("update sittings set extra_seconds = extra_seconds + 60 where id = $1")
        .bind(sitting)
        .execute(&site.services.db)
        .await
        .unwrap();
    assert_eq!(changes(stream, 2).await, 2);
}

/// The size of news for a learner's wheel and ticks: the event, and the reply of the function that is then called. The
/// course is the shipped one, completed.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn news_of_a_learners_progress_is_at_most_a_thousand_bytes(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    sqlx::raw_sql(
        "insert into page_openings (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
        select e.id, p.id, now(), p.version, now(), p.version from enrolments e
        join people on people.id = e.learner_id and people.email = 'student@demo.example'
        join modules m on m.course_id = e.course_id join pages p on p.module_id = m.id
        on conflict do nothing",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let mut weights = Vec::new();
    for module in ["", "&module=consultation"] {
        let mut request = form_request(
            "/api/learning/load_progress",
            &format!("course=nmp{module}"),
            Some(&session),
            "application/json",
            "/learn/nmp",
        );
        request.headers_mut().insert(header::ACCEPT_ENCODING, "br".parse().unwrap());
        let response = site.open(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        let head: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().len();
        weights.push((head, body));
    }
    let event = format!("data: changed {}\n\n", Topic::Progress(PersonId(Uuid::nil()))).len();
    println!("an event of {event} bytes; head and body of the reply: {weights:?}");
    assert!(weights.iter().all(|(_, body)| event + body <= 400), "{weights:?}");
    assert!(weights.iter().all(|(head, body)| event + head + body <= 1000), "with its headers: {weights:?}");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn stopping_the_server_ends_the_streams(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let mut stream = listen(&site, "/live", &session).await.into_data_stream();
    site.stop.send(true).unwrap();
    let ended = timeout(Duration::from_secs(4), async { while stream.next().await.is_some() {} }).await;
    assert!(ended.is_ok(), "the stream keeps the server from stopping");
}
