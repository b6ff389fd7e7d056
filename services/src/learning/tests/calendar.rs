//! The calendar: whose dates it has, until when, and that its address is a secret that is not kept.

use chrono::{DateTime, NaiveDate, Utc};

use super::*;
use crate::kit::random::{self, Token};

/// Makes an address for the actor, as their page does it. Returns its token.
async fn made(world: &World, actor: &Actor) -> String {
    let token = own_reminders(&world.services, actor).await.unwrap().token;
    make_calendar(&world.services, actor, &token).await.unwrap();
    token
}

async fn feed(world: &World, token: &str) -> Result<String> {
    calendar_feed(&world.services, token).await
}

/// The lines of the calendar that begin like this, unfolded.
async fn lines(world: &World, token: &str, begin: &str) -> Vec<String> {
    let file = feed(world, token).await.unwrap().replace("\r\n ", "");
    let lines = file.split("\r\n").filter(|line| line.starts_with(begin));
    lines.map(str::to_owned).collect()
}

async fn due(db: &PgPool, module: &str, on: &str) {
    sqlx::query(
        "insert into cohort_dates (cohort_id, module_id, due_on, set_at) select k.id, m.id, $2, '2026-11-22T09:00:00Z'
        from cohorts k, modules m where m.slug = $1
        on conflict (cohort_id, module_id) do update set due_on = excluded.due_on, set_at = '2026-11-23T09:00:00Z'",
    )
    .bind(module)
    .bind(on.parse::<NaiveDate>().unwrap())
    .execute(db)
    .await
    .unwrap();
}

async fn paper(db: &PgPool, email: &str, title: &str, opens: &str, closes: &str) {
    sqlx::query(
        "with made as (
            insert into papers (id, organisation_id, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
                opens_at, closes_at, release, published_at, created_at)
            select gen_random_uuid(), o.id, 'mock', $2, 30, 60, true, false, false, 1, $3, $4, 'at-once', '2026-11-01Z', '2026-11-01Z'
            from organisations o limit 1 returning id
        )
        insert into paper_learners (paper_id, email, person_id) select made.id, p.email, p.id from made, people p where p.email = $1",
    )
    .bind(email)
    .bind(title)
    .bind(opens.parse::<DateTime<Utc>>().unwrap())
    .bind(closes.parse::<DateTime<Utc>>().unwrap())
    .execute(db)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_calendar_has_the_own_dates_of_its_person_and_no_name(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let other = world.learner("other@uni.example").await;
    due(&db, "two", "2026-12-31").await;
    due(&db, "one", "2026-12-03").await;
    paper(&db, "student@uni.example", "Numeracy", "2027-07-01T09:00:00Z", "2027-07-01T10:30:00Z").await;
    paper(&db, "student@uni.example", "Long, and late", "2026-12-01T09:00:00Z", "2027-06-30T23:00:00Z").await;
    paper(&db, "other@uni.example", "Of another", "2026-12-01T09:00:00Z", "2027-06-30T23:00:00Z").await;
    let (own, theirs) = (made(&world, &actor).await, made(&world, &other).await);
    assert_eq!(
        lines(&world, &own, "SUMMARY").await,
        [
            "SUMMARY:Due: Module one",
            "SUMMARY:Due: Module two",
            r"SUMMARY:Opens: Long\, and late",
            r"SUMMARY:Closes: Long\, and late",
            "SUMMARY:Paper: Numeracy",
        ]
    );
    assert_eq!(
        lines(&world, &own, "DTSTART").await[2..],
        [
            "DTSTART;VALUE=DATE:20261203",
            "DTSTART;VALUE=DATE:20261231",
            "DTSTART:20261201T090000Z",
            "DTSTART:20270630T230000Z",
            // Ten in the morning in London.
            "DTSTART:20270701T090000Z",
        ],
        "after those of the zone"
    );
    assert_eq!(
        lines(&world, &own, "DTEND").await,
        ["DTEND;VALUE=DATE:20261204", "DTEND;VALUE=DATE:20270101", "DTEND:20270701T103000Z"]
    );
    assert_eq!(lines(&world, &own, "URL").await[0], "URL:https://learning.example/learn/nmp/one");
    assert_eq!(lines(&world, &theirs, "SUMMARY").await.len(), 2);
    for file in [feed(&world, &own).await.unwrap(), feed(&world, &theirs).await.unwrap()] {
        assert!(!file.contains("@uni.example") && !file.contains("University"), "{file}");
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "every line ends as the format wants it");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_event_keeps_its_id_and_says_when_it_was_changed(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    due(&db, "one", "2026-12-03").await;
    let token = made(&world, &actor).await;
    let (file, ids) = (feed(&world, &token).await.unwrap(), lines(&world, &token, "UID").await);
    assert_eq!(lines(&world, &token, "LAST-MODIFIED").await, ["LAST-MODIFIED:20261122T090000Z"]);
    let first = lines(&world, &token, "SEQUENCE").await;
    world.clock.advance(Duration::hours(5));
    assert_eq!(feed(&world, &token).await.unwrap(), file, "the same until something changes");
    due(&db, "one", "2026-12-04").await;
    assert_eq!(lines(&world, &token, "LAST-MODIFIED").await, ["LAST-MODIFIED:20261123T090000Z"]);
    assert_eq!(lines(&world, &token, "DTSTAMP").await, ["DTSTAMP:20261123T090000Z"]);
    assert!(lines(&world, &token, "SEQUENCE").await > first);
    // A new address shows the same events.
    let renewed = made(&world, &actor).await;
    assert_ne!(renewed, token);
    assert_eq!(lines(&world, &renewed, "UID").await, ids);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_calendar_is_empty_once_the_access_has_ended_and_gone_with_the_account(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    due(&db, "one", "2026-12-03").await;
    let token = made(&world, &actor).await;
    let events = async || lines(&world, &token, "BEGIN:VEVENT").await.len();
    assert_eq!(events().await, 1);
    sqlx::query("update cohorts set access_until = '2026-11-21'").execute(&db).await.unwrap();
    assert_eq!(events().await, 0);
    sqlx::query("update cohorts set access_until = null").execute(&db).await.unwrap();
    sqlx::query("delete from memberships").execute(&db).await.unwrap();
    assert_eq!(events().await, 0, "left the organisation");
    sqlx::query("update people set withdrawn_at = now()").execute(&db).await.unwrap();
    assert!(matches!(feed(&world, &token).await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_ends_when_it_is_renewed_or_removed_and_only_its_hash_is_kept(db: PgPool) {
    let world = World::new(db.clone());
    let (actor, other) = (enrolled(&world).await, world.learner("other@uni.example").await);
    assert_eq!(own_reminders(&world.services, &actor).await.unwrap().calendar, None);
    let first = made(&world, &actor).await;
    // Pressed twice.
    make_calendar(&world.services, &actor, &first).await.unwrap();
    let kept: (Vec<u8>, String) =
        sqlx::query_as("select token_hash, c::text from calendar_feeds c").fetch_one(&db).await.unwrap();
    assert_eq!(kept.0, random::hash(&first));
    assert!(!kept.1.contains(&first));
    let page = own_reminders(&world.services, &actor).await.unwrap();
    assert!(page.calendar.is_some() && page.token != first, "the address is not shown again");

    let second = made(&world, &actor).await;
    assert!(matches!(feed(&world, &first).await, Err(Error::NotFound)));
    feed(&world, &second).await.unwrap();
    for unknown in ["", "x", Token::new().unwrap().as_str()] {
        assert!(matches!(feed(&world, unknown).await, Err(Error::NotFound)), "{unknown}");
    }
    // What no page has made, and what is somebody else's.
    let long = "x".repeat(44);
    for wrong in ["", "x", "é", long.as_str(), second.as_str()] {
        assert!(
            matches!(make_calendar(&world.services, &other, wrong).await, Err(Error::NotFound)),
            "{wrong}"
        );
    }
    for _ in 0..2 {
        remove_calendar(&world.services, &actor).await.unwrap();
    }
    assert!(matches!(feed(&world, &second).await, Err(Error::NotFound)));
    let logged: Vec<String> =
        sqlx::query_scalar("select action from audit_events where action like 'learning.%' order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(logged, ["learning.calendar_made", "learning.calendar_made", "learning.calendar_removed"]);
}
