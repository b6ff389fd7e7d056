//! Reminders that learners set: when a mail comes, to whom, what it says, and how it stops.

use chrono::{DateTime, NaiveDate, Utc};
use domain::learning::RemindersWanted;

use super::*;
use crate::kit::jobs::run_ready;

const WEEKLY: RemindersWanted = RemindersWanted { weekday: Some(1), days_before: None };
const BEFORE: RemindersWanted = RemindersWanted { weekday: None, days_before: Some(3) };

/// Moves the clock on to this moment.
fn at(world: &World, time: &str) {
    let time: DateTime<Utc> = time.parse().unwrap();
    let now = world.services.clock.now();
    assert!(time >= now, "the clock goes forward");
    world.clock.advance(time - now);
}

async fn wants(world: &World, actor: &Actor, wanted: RemindersWanted) {
    set_own_reminders(&world.services, actor, wanted).await.unwrap();
}

/// The subjects of the mails that this look sends, in order.
async fn sent(world: &World) -> Vec<String> {
    let before = world.letters();
    let count = remind_learners(&world.services).await.unwrap();
    run_ready(&world.services).await.unwrap();
    let new: Vec<_> = world.letters().into_iter().filter(|letter| !before.contains(letter)).collect();
    assert_eq!(u64::try_from(new.len()).unwrap(), count);
    let subject = |letter: &String| {
        let (_, rest) = letter.split_once("Subject: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    };
    let mut subjects: Vec<_> = new.iter().map(subject).collect();
    subjects.sort();
    subjects
}

/// The last mail to this address.
fn letter_to(world: &World, email: &str) -> String {
    let to = format!("To: {email}");
    let letters: Vec<_> = world.letters().into_iter().filter(|letter| letter.contains(&to)).collect();
    assert_eq!(letters.len(), 1);
    letters.into_iter().next().unwrap()
}

/// Gives a module of the course a target date in every cohort.
async fn due(db: &PgPool, module: &str, on: &str) {
    let on: NaiveDate = on.parse().unwrap();
    sqlx::query(
        "insert into cohort_dates (cohort_id, module_id, due_on, set_at) select k.id, m.id, $2, '2026-11-22T09:00:00Z'
        from cohorts k, modules m where m.slug = $1
        on conflict (cohort_id, module_id) do update set due_on = excluded.due_on",
    )
    .bind(module)
    .bind(on)
    .execute(db)
    .await
    .unwrap();
}

/// A published paper for this address.
async fn paper(db: &PgPool, email: &str, opens: &str, closes: &str) {
    let (opens, closes): (DateTime<Utc>, DateTime<Utc>) = (opens.parse().unwrap(), closes.parse().unwrap());
    sqlx::query(
        "with made as (
            insert into papers (id, organisation_id, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
                opens_at, closes_at, release, published_at, created_at)
            select gen_random_uuid(), o.id, 'mock', 'Numeracy', 30, 60, true, false, false, 1, $2, $3, 'at-once', '2026-11-01', '2026-11-01'
            from organisations o limit 1 returning id
        )
        insert into paper_learners (paper_id, email, person_id) select made.id, p.email, p.id from made, people p where p.email = $1",
    )
    .bind(email)
    .bind(opens)
    .bind(closes)
    .execute(db)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_mail_of_the_week_says_where_the_learner_is_and_how_long_it_takes(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    open(&world, &actor, "one", "page-1").await.unwrap();
    due(&db, "two", "2026-12-03").await;
    wants(&world, &actor, WEEKLY).await;
    at(&world, "2026-11-23T08:00:00Z");
    assert_eq!(sent(&world).await, ["Your week of learning"]);
    let letter = letter_to(&world, "student@uni.example");
    for part in [
        "Hello student@uni.example,",
        "You have asked us for a reminder every Monday.",
        "Module two is due on 3 December, in 10 days.",
        "Learning to prescribe: Module one, page 1 of 2, about 10 minutes left.",
        "https://learning.example/learn/nmp/one/page-1",
        "https://learning.example/account/reminders",
        "https://learning.example/stop-own-reminders/",
        "List-Unsubscribe: <https://learning.example/mail/stop-own-reminders/",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
}

/// Eight in the morning in London, whatever UTC says, over both changes of the clock, and never at night.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn mails_come_from_eight_in_the_morning_in_london_over_both_changes_of_the_clock(db: PgPool) {
    let world = World::new(db);
    let actor = enrolled(&world).await;
    for (weekday, none, one) in [
        // Before and after the clocks go forward.
        (6, "2027-03-27T07:59:59Z", "2027-03-27T08:00:00Z"),
        (7, "2027-04-04T06:59:59Z", "2027-04-04T07:00:00Z"),
        // Before and after they go back.
        (6, "2027-10-30T06:59:59Z", "2027-10-30T07:00:00Z"),
        (7, "2027-11-07T07:59:59Z", "2027-11-07T08:00:00Z"),
    ] {
        wants(&world, &actor, RemindersWanted { weekday: Some(weekday), days_before: None }).await;
        at(&world, none);
        assert_eq!(sent(&world).await.len(), 0, "{none}");
        at(&world, one);
        assert_eq!(sent(&world).await.len(), 1, "{one}");
    }
    // The very days of the change.
    for (none, one) in
        [("2028-03-26T06:59:59Z", "2028-03-26T07:00:00Z"), ("2028-10-29T07:59:59Z", "2028-10-29T08:00:00Z")]
    {
        at(&world, none);
        assert_eq!(sent(&world).await.len(), 0, "{none}");
        at(&world, one);
        assert_eq!(sent(&world).await.len(), 1, "{one}");
    }
    // No server ran at eight: later, until the evening.
    at(&world, "2028-11-05T19:59:59Z");
    assert_eq!(sent(&world).await.len(), 1);
    at(&world, "2028-11-12T20:00:00Z");
    assert_eq!(sent(&world).await.len(), 0, "nobody is woken");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn there_is_one_a_week_whatever_day_is_chosen_and_however_often_the_job_runs(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    // On a Sunday at nine.
    wants(&world, &actor, RemindersWanted { weekday: Some(7), days_before: None }).await;
    assert_eq!(sent(&world).await.len(), 0, "of the day on which it is set it is too late");
    wants(&world, &actor, WEEKLY).await;
    at(&world, "2026-11-23T08:00:00Z");
    let both = tokio::join!(remind_learners(&world.services), remind_learners(&world.services));
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 1, "two servers at once");
    run_ready(&world.services).await.unwrap();
    assert_eq!(world.letters().len(), 1);
    assert_eq!(sent(&world).await.len(), 0);
    // Moved to Tuesday, and to Monday again.
    wants(&world, &actor, RemindersWanted { weekday: Some(2), days_before: None }).await;
    at(&world, "2026-11-24T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
    wants(&world, &actor, WEEKLY).await;
    at(&world, "2026-11-30T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 1);
    // Stopped and set again on the same morning.
    wants(&world, &actor, RemindersWanted::default()).await;
    sqlx::query("insert into own_reminders (person_id, weekday, looked_on) select id, 1, '2026-11-29' from people where email = 'student@uni.example'")
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(sent(&world).await.len(), 0);
}

/// It is killed when it has decided and queues the mails: its transaction is gone, and the next run does it.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_killed_job_has_sent_nothing_that_is_sent_again(db: PgPool) {
    let world = World::new(db.clone());
    let cohort = world.cohort("University", "Autumn").await;
    for name in ["ann", "ben", "cy"] {
        let learner = world.learner(&format!("{name}@uni.example")).await;
        world.enrol(&learner, &cohort).await;
        wants(&world, &learner, WEEKLY).await;
    }
    at(&world, "2026-11-23T08:00:00Z");
    let mut held = world.services.begin().await.unwrap();
    sqlx::query("lock table outbox in share mode").execute(&mut *held).await.unwrap();
    let kill = async {
        let killed = "select coalesce(bool_or(pg_terminate_backend(pid)), false) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        for _ in 0..4_000 {
            if sqlx::query_scalar::<_, bool>(killed).fetch_one(&db).await.unwrap() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("nobody waits");
    };
    let (reminded, ()) = tokio::join!(remind_learners(&world.services), kill);
    assert!(reminded.is_err());
    held.rollback().await.unwrap();
    // Until the database has ended its transaction, the rows are held.
    sqlx::query("select from own_reminders for update").execute(&db).await.unwrap();
    assert_eq!(sent(&world).await.len(), 3);
    assert_eq!(sent(&world).await.len(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_date_is_said_once_and_again_when_it_moves(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    wants(&world, &actor, BEFORE).await;
    due(&db, "one", "2026-12-03").await;
    due(&db, "two", "2026-12-20").await;
    at(&world, "2026-11-29T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 0, "four days are left");
    at(&world, "2026-11-30T08:00:00Z");
    assert_eq!(sent(&world).await, ["Module one is due on 3 December, in 3 days"]);
    let letter = letter_to(&world, "student@uni.example");
    for part in [
        "You have asked us for a reminder 3 days before a date of yours.",
        "Learning to prescribe: Module one, about 10 minutes.",
        "https://learning.example/learn/nmp/one/page-1",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
    assert!(!letter.contains("Module two"));
    for day in ["2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z", "2026-12-03T08:00:00Z"] {
        at(&world, day);
        assert_eq!(sent(&world).await.len(), 0, "{day}");
    }
    // Moved later, and another set late.
    due(&db, "one", "2026-12-10").await;
    due(&db, "two", "2026-12-04").await;
    at(&world, "2026-12-04T08:00:00Z");
    assert_eq!(sent(&world).await, ["Module two is due today, 4 December"]);
    at(&world, "2026-12-07T08:00:00Z");
    assert_eq!(sent(&world).await, ["Module one is due on 10 December, in 3 days"]);
    // What is completed is due no more, and what is over is not said.
    due(&db, "one", "2026-12-12").await;
    complete_both(&world, &actor).await;
    at(&world, "2026-12-10T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
    let kept: i64 =
        sqlx::query_scalar("select count(*) from own_reminded_dates").fetch_one(&db).await.unwrap();
    assert_eq!(kept, 1, "days that are over are forgotten");
}

async fn complete_both(world: &World, actor: &Actor) {
    for module in ["one", "two"] {
        for page in ["page-1", "page-2"] {
            open(world, actor, module, page).await.unwrap();
        }
        take(world, actor, module, true).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_paper_that_closes_is_a_date_in_london(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    wants(&world, &actor, BEFORE).await;
    // Midnight in London is eleven in the evening UTC in summer: it closes on 5 July.
    paper(&db, "student@uni.example", "2027-06-01T08:00:00Z", "2027-07-04T23:00:00Z").await;
    at(&world, "2027-07-01T07:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
    at(&world, "2027-07-02T07:00:00Z");
    assert_eq!(sent(&world).await, ["Numeracy closes on 5 July 2027 at midnight, UK time"]);
    let letter = letter_to(&world, "student@uni.example");
    assert!(letter.contains("https://learning.example/assessments/start/"), "{letter}");
    at(&world, "2027-07-03T07:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
    // Of somebody else's paper nothing is said.
    let other = world.learner("other@uni.example").await;
    wants(&world, &other, BEFORE).await;
    at(&world, "2027-07-04T07:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_gets_a_mail_without_anything_to_say_or_who_cannot_use_it(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    let stranger = world.learner("stranger@uni.example").await;
    for learner in [&actor, &stranger] {
        wants(&world, learner, RemindersWanted { weekday: Some(1), days_before: Some(7) }).await;
    }
    due(&db, "one", "2026-12-20").await;
    let statement = async |sql: &'static str| {
        sqlx::query(sql).execute(&db).await.unwrap();
    };
    // Mondays: the access has ended, or has not begun; the account is not opened, or closed; the last mail came back.
    for (monday, begin, end) in [
        (
            "2026-11-23T08:00:00Z",
            "update cohorts set access_until = '2026-11-22'",
            "update cohorts set access_until = null",
        ),
        (
            "2026-11-30T08:00:00Z",
            "update cohorts set access_from = '2026-12-01'",
            "update cohorts set access_from = null",
        ),
        (
            "2026-12-07T08:00:00Z",
            "update people set activated_at = null",
            "update people set activated_at = created_at",
        ),
        (
            "2026-12-14T08:00:00Z",
            "update people set withdrawn_at = created_at",
            "update people set withdrawn_at = null",
        ),
        (
            "2026-12-21T08:00:00Z",
            "insert into outbox (id, message_id, kind, person_id, state, ended_at)
                select gen_random_uuid(), 'x', 'password_changed', id, 'bounced', now() from people where email like 'student@%'",
            "update outbox set state = 'sent' where message_id = 'x'",
        ),
    ] {
        statement(begin).await;
        at(&world, monday);
        assert_eq!(sent(&world).await.len(), 0, "{begin}");
        statement(end).await;
    }
    at(&world, "2026-12-28T08:00:00Z");
    assert_eq!(sent(&world).await, ["Your week of learning"], "to the student alone");
    complete_both(&world, &actor).await;
    at(&world, "2027-01-04T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 0, "everything is completed");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_press_in_a_mail_stops_them_without_signing_in_until_they_are_set_again(db: PgPool) {
    let world = World::new(db.clone());
    let actor = enrolled(&world).await;
    wants(&world, &actor, WEEKLY).await;
    at(&world, "2026-11-23T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 1);
    let letter = letter_to(&world, "student@uni.example");
    let token = letter.split("/mail/stop-own-reminders/").nth(1).unwrap();
    let token = token.split(['>', '\r', '\n']).next().unwrap();
    let page = async || own_reminders(&world.services, &actor).await.unwrap().wanted;
    for unknown in ["", "x"] {
        stop_own_reminders(&world.services, unknown).await.unwrap();
        assert_eq!(page().await, WEEKLY);
    }
    for _ in 0..2 {
        stop_own_reminders(&world.services, token).await.unwrap();
    }
    assert_eq!(page().await, RemindersWanted::default());
    at(&world, "2026-11-30T08:00:00Z");
    assert_eq!(sent(&world).await.len(), 0);
    wants(&world, &actor, WEEKLY).await;
    wants(&world, &actor, WEEKLY).await;
    let logged: Vec<String> =
        sqlx::query_scalar("select action from audit_events where action like 'learning.%' order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(logged, ["learning.reminders_set", "learning.reminders_stopped", "learning.reminders_set"]);
    // A year later the link stops nothing any more, and the table is small.
    at(&world, "2027-11-24T09:00:00Z");
    remind_learners(&world.services).await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from own_reminded where sent_on < '2026-12-01'")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_page_says_what_is_wanted_and_whether_the_address_works(db: PgPool) {
    let world = World::new(db.clone());
    let (actor, other) = (enrolled(&world).await, world.learner("other@uni.example").await);
    let both = RemindersWanted { weekday: Some(3), days_before: Some(7) };
    wants(&world, &actor, both).await;
    let page = own_reminders(&world.services, &actor).await.unwrap();
    assert_eq!((page.wanted, page.email.as_str(), page.bounced), (both, "student@uni.example", false));
    assert_eq!(page.before, "https://learning.example/calendar/");
    assert_eq!(own_reminders(&world.services, &other).await.unwrap().wanted, RemindersWanted::default());
    sqlx::query(
        "insert into outbox (id, message_id, kind, person_id, state, ended_at)
        select gen_random_uuid(), 'x', 'password_changed', id, 'bounced', now() from people where email like 'student@%'",
    )
    .execute(&db)
    .await
    .unwrap();
    assert!(own_reminders(&world.services, &actor).await.unwrap().bounced);
}
