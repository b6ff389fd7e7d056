//! Reading without a network: what is kept, and that openings told later count once, with their own time.

use chrono::{DateTime, Utc};
use domain::learning::LateOpening;

use super::*;

fn opening(module: &str, page: &str, at: DateTime<Utc>) -> LateOpening {
    let [course, module, page] = ["nmp", module, page].map(str::to_owned);
    LateOpening { course, module, page, at: at.timestamp_millis() }
}

/// How often the learner has opened a page, first and last.
async fn opened(db: &PgPool, page: &str) -> Option<(i32, DateTime<Utc>, DateTime<Utc>)> {
    sqlx::query_as(
        "select o.times, o.first_opened_at, o.last_opened_at from page_openings o
        join pages p on p.id = o.page_id join modules m on m.id = p.module_id where m.slug = 'one' and p.slug = $1",
    )
    .bind(page)
    .fetch_optional(db)
    .await
    .unwrap()
}

async fn told_later(db: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from late_openings where sent_at > opened_at")
        .fetch_one(db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn openings_told_later_count_once_with_their_own_time_and_are_marked(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    open(&world, &actor, "one", "page-1").await.unwrap();
    let begun = world.services.clock.now();
    world.clock.advance(Duration::days(2));
    let now = world.services.clock.now();
    let [early, late] = [Duration::hours(30), Duration::hours(2)].map(|ago| now - ago);
    let sent =
        [opening("one", "page-1", early), opening("one", "page-1", late), opening("one", "page-2", early)];
    take_late_openings(&world.services, &actor, &sent).await.unwrap();
    assert_eq!(opened(&db, "page-1").await, Some((3, begun, late)));
    assert_eq!(opened(&db, "page-2").await, Some((1, early, early)));
    assert_eq!(told_later(&db).await, 3);
    let course = progress(&world, &actor).await;
    assert_eq!(course.modules[0].pages_opened(), 2, "they count for the progress");
    let resume = course_page(&world.services, &actor, &slug("nmp")).await.unwrap().resume.unwrap();
    assert_eq!(resume.page, "page-1", "the last one read is where the learner goes on");

    // The answer was lost, and the device sends them again, with one more.
    let again = [&sent[..], &[opening("one", "page-2", late)]].concat();
    for _ in 0..2 {
        take_late_openings(&world.services, &actor, &again).await.unwrap();
    }
    assert_eq!(opened(&db, "page-1").await, Some((3, begun, late)));
    assert_eq!(opened(&db, "page-2").await, Some((2, early, late)));
    assert_eq!(told_later(&db).await, 4);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_opening_from_before_the_first_one_known_becomes_the_first(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    world.clock.advance(Duration::days(2));
    let now = world.services.clock.now();
    open(&world, &actor, "one", "page-1").await.unwrap();
    let before = now - Duration::days(1);
    take_late_openings(&world.services, &actor, &[opening("one", "page-1", before)]).await.unwrap();
    assert_eq!(opened(&db, "page-1").await, Some((2, before, now)));
    let seen: DateTime<Utc> =
        sqlx::query_scalar("select last_seen_at from enrolments").fetch_one(&db).await.unwrap();
    assert_eq!(seen, now, "an older opening does not turn back when the learner was last here");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn openings_that_cannot_be_are_not_taken(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let stranger = world.learner("stranger@uni.example").await;
    world.clock.advance(Duration::days(60));
    let now = world.services.clock.now();
    let hour_ago = now - Duration::hours(1);
    let wrong = [
        opening("one", "page-1", now + Duration::minutes(1)),
        opening("one", "page-1", now - Duration::days(31)),
        LateOpening { at: i64::MAX, ..opening("one", "page-1", now) },
        LateOpening { at: i64::MIN, ..opening("one", "page-1", now) },
        opening("one", "page-9", hour_ago),
        opening("nine", "page-1", hour_ago),
        opening("one", "'; drop table pages; --", hour_ago),
        LateOpening { course: "other".to_owned(), ..opening("one", "page-1", hour_ago) },
    ];
    take_late_openings(&world.services, &actor, &wrong).await.unwrap();
    take_late_openings(&world.services, &stranger, &[opening("one", "page-1", hour_ago)]).await.unwrap();
    assert_eq!(told_later(&db).await, 0);
    assert_eq!(opened(&db, "page-1").await, None);

    // Outside the days of the cohort.
    sqlx::query("update cohorts set access_until = '2026-12-01'").execute(&db).await.unwrap();
    take_late_openings(&world.services, &actor, &[opening("one", "page-1", hour_ago)]).await.unwrap();
    assert_eq!(opened(&db, "page-1").await, None);
    sqlx::query("update cohorts set access_until = null").execute(&db).await.unwrap();
    take_late_openings(&world.services, &actor, &[opening("one", "page-1", hour_ago)]).await.unwrap();
    assert_eq!(opened(&db, "page-1").await, Some((1, hour_ago, hour_ago)));
}

/// A program could tell one for every millisecond, and each stays for ever.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_place_on_a_course_is_told_more_openings_than_anybody_reads(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    world.clock.advance(Duration::days(2));
    let now = world.services.clock.now();
    let told = async |ago: i64| {
        let sent = [opening("one", "page-1", now - Duration::seconds(ago))];
        take_late_openings(&world.services, &actor, &sent).await.unwrap();
        told_later(&db).await
    };
    sqlx::query(
        "insert into late_openings (enrolment_id, page_id, opened_at, sent_at)
        select e.id, p.id, $1 - n * interval '1 minute', $1
        from enrolments e, pages p join modules m on m.id = p.module_id, generate_series(1, 4999) n
        where m.slug = 'one' and p.slug = 'page-1'",
    )
    .bind(now)
    .execute(&db)
    .await
    .unwrap();
    assert_eq!(told(1).await, 5000);
    assert_eq!(told(2).await, 5000);
    assert_eq!(opened(&db, "page-1").await.unwrap().0, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_device_keeps_what_was_opened_and_the_next_two_modules_of_open_courses_only(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    import(&world.services, &course(&["one", "two", "three", "four"], 2)).await.unwrap();
    let kept = async |actor: &Actor| pages_to_keep(&world.services, actor).await.unwrap();
    let of = |modules: &[&str]| {
        let pages =
            |module: &&str| ["", "/page-1", "/page-2"].map(|page| format!("/learn/nmp/{module}{page}"));
        let mut all = vec!["/learn/nmp".to_owned()];
        all.extend(modules.iter().flat_map(pages));
        all
    };
    assert_eq!(kept(&actor).await, of(&["one", "two"]));
    open(&world, &actor, "four", "page-2").await.unwrap();
    let far = ["/learn/nmp/four", "/learn/nmp/four/page-2"].map(str::to_owned);
    assert_eq!(kept(&actor).await, [of(&["one", "two"]), far.to_vec()].concat());
    for page in ["page-1", "page-2"] {
        open(&world, &actor, "one", page).await.unwrap();
    }
    take(&world, &actor, "one", true).await.unwrap();
    let now = kept(&actor).await;
    assert!(of(&["one", "two", "three"]).iter().chain(&far).all(|page| now.contains(page)), "{now:?}");
    assert_eq!(now.get(1).map(String::as_str), Some("/learn/nmp/two"), "what comes next is fetched first");
    assert_eq!(now.len(), 12);
    let before = opened(&db, "page-1").await;
    kept(&actor).await;
    assert_eq!(opened(&db, "page-1").await, before, "asking opens nothing");

    assert!(kept(&world.learner("stranger@uni.example").await).await.is_empty());
    sqlx::query("update cohorts set access_until = '2020-12-01'").execute(&db).await.unwrap();
    assert!(kept(&actor).await.is_empty());
}
