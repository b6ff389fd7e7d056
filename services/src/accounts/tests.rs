//! P9 (repeated false sign-ins), P31 (how long a sign-in lasts), and passwords.

use chrono::Duration;
use domain::{
    Problem,
    accounts::{EmailAddress, NewPassword, Password},
};
use sqlx::PgPool;

use super::*;
use crate::{
    Error,
    kit::jobs::run_ready,
    testing::{PASSWORD, World},
};

const ADDRESS: &str = "198.51.100.7";
const ELSEWHERE: &str = "203.0.113.5";

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn at(address: &str) -> Visitor<'static> {
    Visitor { address: Some(address.parse().unwrap()), device: None }
}

async fn come(world: &World, address: &str, password: &str, from: Visitor<'_>) -> Result<Opened> {
    let form = SignIn {
        email: email(address),
        password: Password::parse(password).unwrap(),
        remember: false,
        user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
        from,
        presented: None,
    };
    sign_in(&world.services, form).await
}

/// A try with a wrong password, without the work of checking it. Returns whether it was admitted.
async fn guess(world: &World, address: &str, from: Visitor<'_>) -> bool {
    let judged = guard::let_in(&world.services, &email(address), from).await.unwrap();
    let let_in = matches!(judged, guard::Judged::LetIn(_));
    if let_in {
        guard::wrong(&world.services, from).await.unwrap();
    }
    let_in
}

async fn failures(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from sign_in_addresses").fetch_one(&world.services.db).await.unwrap()
}

async fn enter(world: &World, address: &str, password: &str) -> Result<Opened> {
    come(world, address, password, at(ADDRESS)).await
}

async fn actor(world: &World, opened: &Opened) -> Option<Actor> {
    actor_for(&world.services, opened.token.as_str()).await.unwrap()
}

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Invalid(fields)) => fields[0].problem.clone(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_failure_looks_the_same(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    world.learner("no-password-yet@uni.example").await;
    let wrong = problem(enter(&world, "sam@uni.example", "wrong").await);
    let unknown = problem(enter(&world, "nobody@uni.example", PASSWORD).await);
    let without = problem(enter(&world, "no-password-yet@uni.example", PASSWORD).await);
    assert_eq!([wrong, unknown, without], [const { Problem::SignInFailed }; 3]);
    // A wait does not say either whether the account exists or the password is right.
    for (account, password) in [("sam@uni.example", PASSWORD), ("nobody@uni.example", "wrong")] {
        for _ in 0..5 {
            let _ = enter(&world, account, "wrong").await;
        }
        assert_eq!(problem(enter(&world, account, password).await), Problem::SignInWait { minutes: 1 });
        world.clock.advance(Duration::seconds(31));
        let _ = enter(&world, account, "wrong").await;
        world.clock.advance(Duration::seconds(61));
        let _ = enter(&world, account, "wrong").await;
        assert_eq!(problem(enter(&world, account, password).await), Problem::SignInWait { minutes: 2 });
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn sessions_and_known_devices_of_a_person_are_limited(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let mut opened = Vec::new();
    for _ in 0..40 {
        world.clock.advance(Duration::seconds(1));
        opened.push(enter(&world, "sam@uni.example", PASSWORD).await.unwrap());
    }
    for (table, most) in [("sessions", sessions::SESSIONS), ("known_devices", devices::KNOWN)] {
        let count = format!("select count(*) from {table}");
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&world.services.db).await.unwrap();
        assert_eq!(count, most, "{table}");
    }
    assert!(actor(&world, &opened[0]).await.is_none() && actor(&world, &opened[39]).await.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unknown_address_costs_the_same_work_as_a_wrong_password(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let work = async |email: &str| {
        let before = world.services.hasher.done();
        assert!(enter(&world, email, "wrong").await.is_err());
        world.services.hasher.done() - before
    };
    assert_eq!((work("sam@uni.example").await, work("nobody@uni.example").await), (1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn waits_double_and_end(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    for _ in 0..5 {
        assert!(enter(&world, "sam@uni.example", "wrong").await.is_err());
    }
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err(), "the fifth failure starts a wait");
    world.clock.advance(Duration::seconds(31));
    assert!(enter(&world, "sam@uni.example", "wrong").await.is_err());
    world.clock.advance(Duration::seconds(31));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err(), "the sixth waits twice as long");
    world.clock.advance(Duration::seconds(31));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
    assert!(enter(&world, "sam@uni.example", "wrong").await.is_err());
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok(), "success ends the streak");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn guesses_sent_at_once_raise_the_wait_by_one_step(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let guesses = (0..12).map(|_| enter(&world, "sam@uni.example", "wrong"));
    assert!(futures::future::join_all(guesses).await.iter().all(Result::is_err));
    assert_eq!(failures(&world).await, 5, "no more are judged than when guesses follow one another");
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err());
    world.clock.advance(Duration::minutes(1));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
    // At the end of a wait one is judged, however many arrive.
    for _ in 0..5 {
        assert!(guess(&world, "sam@uni.example", at(ADDRESS)).await);
    }
    world.clock.advance(Duration::seconds(31));
    let guesses = (0..12).map(|_| guess(&world, "sam@uni.example", at(ADDRESS)));
    let let_in = futures::future::join_all(guesses).await;
    assert_eq!(let_in.iter().filter(|let_in| **let_in).count(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn simultaneous_tries_do_not_make_each_other_wait(db: PgPool) {
    let world = World::new(db);
    world.clock.advance(Duration::milliseconds(1));
    assert!(guess(&world, "sam@uni.example", at(ADDRESS)).await);
    // Begun a moment before the first, and counted after it.
    world.clock.advance(Duration::milliseconds(-1));
    assert!(guess(&world, "sam@uni.example", at(ADDRESS)).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn guesses_by_others_do_not_shut_out_the_owner(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let laptop = come(&world, "sam@uni.example", PASSWORD, at(ELSEWHERE)).await.unwrap().device.unwrap();
    let known = |address: &str| Visitor { device: Some(&laptop), ..at(address) };
    // For a day, as fast as the waits allow.
    for _ in 0..200 {
        guess(&world, "sam@uni.example", at(ADDRESS)).await;
        world.clock.advance(Duration::minutes(7));
    }
    assert!(
        come(&world, "sam@uni.example", PASSWORD, at(ELSEWHERE)).await.is_ok(),
        "elsewhere it has no effect"
    );
    guess(&world, "sam@uni.example", at(ADDRESS)).await;
    assert!(!guess(&world, "sam@uni.example", at(ADDRESS)).await);
    assert!(
        enter(&world, "sam@uni.example", PASSWORD).await.is_err(),
        "a new device at the guesser's address waits"
    );
    assert!(come(&world, "sam@uni.example", PASSWORD, known(ADDRESS)).await.is_ok(), "a known one does not");
    // Its own tries count, and another account does not know it.
    for _ in 0..5 {
        assert!(guess(&world, "sam@uni.example", known(ADDRESS)).await);
    }
    assert!(!guess(&world, "sam@uni.example", known(ADDRESS)).await);
    for _ in 0..5 {
        assert!(guess(&world, "alex@uni.example", known(ADDRESS)).await);
    }
    assert!(!guess(&world, "alex@uni.example", at(ADDRESS)).await, "these tries were the address's");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn guesses_from_very_many_addresses_are_limited_too(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let laptop = enter(&world, "sam@uni.example", PASSWORD).await.unwrap().device.unwrap();
    let mut next = 0;
    let mut guesses = async |count: u8| {
        let mut let_in = 0;
        for _ in 0..count {
            next += 1;
            let_in +=
                u32::from(guess(&world, "sam@uni.example", at(&format!("2001:db8:0:{next:x}::1"))).await);
        }
        let_in
    };
    assert_eq!(guesses(80).await, 50);
    world.clock.advance(Duration::minutes(3));
    assert_eq!(guesses(80).await, 3, "one a minute");
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err(), "an unknown device has to try again");
    let known = Visitor { device: Some(&laptop), ..at(ADDRESS) };
    assert!(come(&world, "sam@uni.example", PASSWORD, known).await.is_ok());
    world.clock.advance(Duration::minutes(1));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_right_password_is_never_counted(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    for _ in 0..12 {
        assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
    }
    // One that arrives during a wait does not make the wait longer either.
    for _ in 0..5 {
        assert!(guess(&world, "sam@uni.example", at(ADDRESS)).await);
    }
    for _ in 0..3 {
        assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err());
    }
    assert_eq!(failures(&world).await, 5);
    world.clock.advance(Duration::seconds(30));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_examination_room_behind_one_address_gets_in(db: PgPool) {
    let world = World::new(db);
    let students: Vec<_> = (0..100).map(|n| format!("learner{n}@uni.example")).collect();
    for student in &students {
        world.learner(student).await;
    }
    let hash = world.services.hasher.hash(PASSWORD).await.unwrap();
    sqlx::query("update people set password_hash = $1").bind(hash).execute(&world.services.db).await.unwrap();
    for _ in 0..2 {
        for student in &students {
            assert!(guess(&world, student, at(ADDRESS)).await);
        }
    }
    assert_eq!(failures(&world).await, 200);
    let all = students.iter().map(|student| enter(&world, student, PASSWORD));
    let refused = futures::future::join_all(all).await.iter().filter(|opened| opened.is_err()).count();
    assert_eq!(refused, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_address_is_slowed_and_never_shut(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    sqlx::query(
        "insert into sign_in_addresses (address, failed_at) select $1::inet, $2 from generate_series(1, 300)",
    )
    .bind(ADDRESS)
    .bind(world.services.clock.now())
    .execute(&world.services.db)
    .await
    .unwrap();
    let began = std::time::Instant::now();
    for n in 0..5 {
        assert!(guess(&world, &format!("learner{n}@uni.example"), at(ADDRESS)).await);
    }
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
    // Five turns of 150 ms behind the first. The clock of the test stands still; the line's does not.
    assert!(began.elapsed() >= std::time::Duration::from_millis(750));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_browser_is_known_by_our_token_for_a_year(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    world.person("alex@uni.example").await;
    let by = async |address: &str, device: Option<&str>| {
        come(&world, address, PASSWORD, Visitor { device, ..at(ADDRESS) }).await.unwrap().device.unwrap()
    };
    let first = by("sam@uni.example", None).await;
    assert_eq!(by("alex@uni.example", Some(&first)).await, first, "one browser, one token");
    assert_ne!(by("sam@uni.example", Some("made-up")).await, "made-up");
    let stored: String = sqlx::query_scalar("select string_agg(d::text, '') from known_devices d")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert!(!stored.contains(&first));
    world.clock.advance(KNOWN_FOR - Duration::seconds(1));
    by("alex@uni.example", Some(&first)).await;
    world.clock.advance(Duration::seconds(1));
    assert_eq!(forget_old_devices(&world.services).await.unwrap(), 2);
    assert_eq!(by("alex@uni.example", Some(&first)).await, first, "used again within the year");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn addresses_are_kept_for_ninety_days_and_for_failures_only(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    assert_eq!(failures(&world).await, 0);
    let _ = enter(&world, "sam@uni.example", "wrong").await;
    world.clock.advance(Duration::days(90));
    assert_eq!(forget_old_addresses(&world.services).await.unwrap(), 0);
    world.clock.advance(Duration::seconds(1));
    assert_eq!(forget_old_addresses(&world.services).await.unwrap(), 1);
    assert_eq!(failures(&world).await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_other_table_holds_an_address(db: PgPool) {
    let columns: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name from information_schema.columns
        where table_schema = 'public' and (udt_name in ('inet', 'cidr') or column_name ~ '(^|_)(ip|addr|address)(_|$)')",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(columns, ["sign_in_addresses.address"]);
    // Nor under another name: no row written by a sign-in contains it.
    let world = World::new(db);
    world.person("sam@uni.example").await;
    for password in ["wrong", PASSWORD, "wrong"] {
        let _ = enter(&world, "sam@uni.example", password).await;
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let as_bytes: String = ADDRESS.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut holding = Vec::new();
    for table in tables {
        let dump = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
        let dump: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(dump)).fetch_one(&world.services.db).await.unwrap();
        if dump.contains(ADDRESS) || dump.contains(&as_bytes) {
            holding.push(table);
        }
    }
    assert_eq!(holding, ["sign_in_addresses"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_session_lasts_two_days_or_two_weeks_and_not_longer(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let plain = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let form = SignIn {
        email: email("sam@uni.example"),
        password: Password::parse(PASSWORD).unwrap(),
        remember: true,
        user_agent: "",
        from: at(ADDRESS),
        presented: None,
    };
    let remembered = sign_in(&world.services, form).await.unwrap();
    assert_eq!((plain.lasts, remembered.lasts), (Duration::days(2), Duration::days(14)));
    world.clock.advance(Duration::days(2) - Duration::seconds(1));
    assert!(actor(&world, &plain).await.is_some());
    world.clock.advance(Duration::seconds(1));
    assert!(actor(&world, &plain).await.is_none(), "using it does not make it longer");
    world.clock.advance(Duration::days(12) - Duration::seconds(1));
    assert!(actor(&world, &remembered).await.is_some());
    world.clock.advance(Duration::seconds(1));
    assert!(actor(&world, &remembered).await.is_none());
    assert_eq!(forget_ended_sessions(&world.services).await.unwrap(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_a_session_ended_early_is_news(db: PgPool) {
    let world = World::new(db.clone());
    world.person("sam@uni.example").await;
    let ended_by_itself = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let signed_out = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let actors = [actor(&world, &ended_by_itself).await.unwrap(), actor(&world, &signed_out).await.unwrap()];
    // By the database's clock too.
    for (actor, ends) in actors.iter().zip(["2020-01-01", "2999-01-01"]) {
        sqlx::query("update sessions set ends_at = $2::text::timestamptz where id = $1")
            .bind(actor.session().0)
            .bind(ends)
            .execute(&db)
            .await
            .unwrap();
    }
    let mut listener = sqlx::postgres::PgListener::connect_with(&db).await.unwrap();
    listener.listen("live").await.unwrap();
    assert_eq!(forget_ended_sessions(&world.services).await.unwrap(), 1);
    sign_out(&world.services, &actors[1]).await.unwrap();
    let heard = listener.recv().await.unwrap();
    assert_eq!(
        heard.payload(),
        format!("session:{}", actors[1].session()),
        "the one that expired before it makes no news"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_token_is_stored_only_as_its_hash_and_rotated(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let first = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let dump: String = sqlx::query_scalar("select string_agg(s::text, '') from sessions s")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert!(!dump.contains(first.token.as_str()));
    let form = SignIn {
        email: EmailAddress::parse("sam@uni.example").unwrap(),
        password: Password::parse(PASSWORD).unwrap(),
        remember: false,
        user_agent: "",
        from: Visitor::default(),
        presented: Some(first.token.as_str()),
    };
    let second = sign_in(&world.services, form).await.unwrap();
    assert!(actor(&world, &first).await.is_none(), "signing in again ends the browser's old session");
    assert!(actor(&world, &second).await.is_some());
    assert!(actor_for(&world.services, "").await.unwrap().is_none());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn signing_out_ends_this_device_and_no_other(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let (here, there) = (
        enter(&world, "sam@uni.example", PASSWORD).await.unwrap(),
        enter(&world, "sam@uni.example", PASSWORD).await.unwrap(),
    );
    sign_out(&world.services, &actor(&world, &here).await.unwrap()).await.unwrap();
    assert!(actor(&world, &here).await.is_none());
    let there_actor = actor(&world, &there).await.unwrap();
    let page = account_page(&world.services, &there_actor).await.unwrap();
    assert_eq!(page.devices.len(), 1);
    assert!(page.devices[0].current && page.devices[0].name == "Firefox on Windows");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_person_cannot_end_the_session_of_another(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    world.person("alex@uni.example").await;
    let sam = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let alex = enter(&world, "alex@uni.example", PASSWORD).await.unwrap();
    let (sam_actor, alex_actor) = (actor(&world, &sam).await.unwrap(), actor(&world, &alex).await.unwrap());
    end_session(&world.services, &alex_actor, sam_actor.session()).await.unwrap();
    assert!(actor(&world, &sam).await.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn signing_out_everywhere_else_ends_all_own_sessions_but_this_one(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    world.person("alex@uni.example").await;
    let here = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let there = [
        enter(&world, "sam@uni.example", PASSWORD).await.unwrap(),
        enter(&world, "sam@uni.example", PASSWORD).await.unwrap(),
    ];
    let alex = enter(&world, "alex@uni.example", PASSWORD).await.unwrap();
    let me = actor(&world, &here).await.unwrap();
    // The second press finds nothing to end.
    for _ in 0..2 {
        end_other_sessions(&world.services, &me).await.unwrap();
    }
    for ended in &there {
        assert!(actor(&world, ended).await.is_none());
    }
    assert!(actor(&world, &here).await.is_some() && actor(&world, &alex).await.is_some());
    let recorded: i64 =
        sqlx::query_scalar("select count(*) from audit_events where action = 'accounts.sessions_ended'")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
    assert_eq!(recorded, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn changing_the_password_ends_the_other_devices(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let here = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let there = enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let me = actor(&world, &here).await.unwrap();
    let (current, new) =
        (Password::parse(PASSWORD).unwrap(), NewPassword::parse("teal kettle orbits slowly").unwrap());
    let wrong = Password::parse("wrong").unwrap();
    assert_eq!(
        problem(change_password(&world.services, &me, &wrong, &new).await),
        Problem::CurrentPasswordWrong
    );
    let common = NewPassword::parse("password12345").unwrap();
    assert_eq!(
        problem(change_password(&world.services, &me, &current, &common).await),
        Problem::PasswordCommon
    );
    assert!(actor(&world, &there).await.is_some());
    let links =
        [link(&world, "sam@uni.example").await.unwrap(), link(&world, "sam@uni.example").await.unwrap()];
    // A third is asked for, and not made yet.
    request_link(&world.services, email("sam@uni.example"), at(ADDRESS)).await.unwrap();
    let renewed = change_password(&world.services, &me, &current, &new).await.unwrap().unwrap();
    run_ready(&world.services).await.unwrap();
    let carries_link = |letter: &String| letter.contains("https://learning.example/choose-password/");
    assert_eq!(world.letters().iter().filter(|letter| carries_link(letter)).count(), links.len());
    assert!(actor(&world, &here).await.is_none(), "its token is a new one");
    let again = actor_for(&world.services, renewed.token.as_str()).await.unwrap().unwrap();
    assert_eq!(again.session(), me.session());
    assert_eq!(renewed.lasts, Duration::days(2));
    for link in links {
        let other = NewPassword::parse("amber violins never sleep").unwrap();
        assert_eq!(
            problem(choose_password(&world.services, &link, &other, at(ELSEWHERE)).await),
            Problem::LinkNoLongerValid
        );
    }
    assert!(actor(&world, &there).await.is_none());
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err());
    assert!(enter(&world, "sam@uni.example", new.as_str()).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn one_of_several_simultaneous_changes_succeeds_and_the_others_are_refused(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let me = actor(&world, &enter(&world, "sam@uni.example", PASSWORD).await.unwrap()).await.unwrap();
    let current = Password::parse(PASSWORD).unwrap();
    let new = ["teal kettle orbits slowly", "amber violins never sleep", "purple wheel garden lamp"];
    // All look before one of them writes.
    let mut held = world.services.begin().await.unwrap();
    sqlx::query("select from people for no key update").execute(&mut *held).await.unwrap();
    let change = async |new: &str| {
        change_password(&world.services, &me, &current, &NewPassword::parse(new).unwrap()).await
    };
    let let_go = async {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&world.services.db).await.unwrap() < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        held.commit().await.unwrap();
    };
    let (one, two, three, ()) = tokio::join!(change(new[0]), change(new[1]), change(new[2]), let_go);
    let mut stands = Vec::new();
    for (told, new) in [one, two, three].into_iter().zip(new) {
        match told {
            Ok(renewed) => {
                let token = renewed.unwrap().token;
                assert!(actor_for(&world.services, token.as_str()).await.unwrap().is_some());
                stands.push(new);
            }
            refused => assert_eq!(problem(refused), Problem::CurrentPasswordWrong),
        }
    }
    assert_eq!(stands.len(), 1, "{stands:?}");
    assert!(enter(&world, "sam@uni.example", stands[0]).await.is_ok());
}

/// The owner of a password hears of each change once, and nothing of refused changes.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_owner_of_a_new_password_is_notified(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let told = async || {
        run_ready(&world.services).await.unwrap();
        let of_change = |letter: &String| letter.contains("Subject: Your password was changed");
        world.letters().iter().filter(|letter| of_change(letter)).count()
    };
    let me = actor(&world, &enter(&world, "sam@uni.example", PASSWORD).await.unwrap()).await.unwrap();
    let new = NewPassword::parse("teal kettle orbits slowly").unwrap();
    let wrong = Password::parse("wrong").unwrap();
    assert!(change_password(&world.services, &me, &wrong, &new).await.is_err());
    assert_eq!(told().await, 0);
    change_password(&world.services, &me, &Password::parse(PASSWORD).unwrap(), &new).await.unwrap();
    assert_eq!(told().await, 1);
    let link = link(&world, "sam@uni.example").await.unwrap();
    let chosen = NewPassword::parse("amber violins never sleep").unwrap();
    choose_password(&world.services, &link, &chosen, at(ELSEWHERE)).await.unwrap();
    // The form sent twice changes it once.
    choose_password(&world.services, &link, &chosen, at(ELSEWHERE)).await.unwrap();
    assert_eq!(told().await, 2);
}

/// Asks for a link and takes it out of the letter.
async fn link(world: &World, email: &str) -> Option<String> {
    let before = world.letters();
    request_link(&world.services, EmailAddress::parse(email).unwrap(), at(ADDRESS)).await.unwrap();
    run_ready(&world.services).await.unwrap();
    let mut letters = world.letters().into_iter().filter(|letter| !before.contains(letter));
    let letter = letters.find(|letter| letter.contains("/choose-password/"))?;
    let after = letter.split("https://learning.example/choose-password/").nth(1)?;
    Some(after.split_whitespace().next()?.to_owned())
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_reply_to_a_link_request_comes_before_the_look_up_of_the_account(db: PgPool) {
    let world = World::new(db);
    world.learner("sam@uni.example").await;
    // A look-up of the account waits.
    let mut lock = world.services.begin().await.unwrap();
    sqlx::query("lock table people in access exclusive mode").execute(&mut *lock).await.unwrap();
    for address in ["sam@uni.example", "nobody@uni.example"] {
        request_link(&world.services, email(address), at(ADDRESS)).await.unwrap();
    }
    lock.rollback().await.unwrap();
    run_ready(&world.services).await.unwrap();
    assert_eq!(world.letters().len(), 1);
    let asked: i64 = sqlx::query_scalar("select count(*) from password_link_requests")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!(asked, 0, "the request is kept no longer than the job");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn link_requests_from_one_network_are_limited(db: PgPool) {
    let world = World::new(db);
    let ask = async |n: u32, from: &str| {
        request_link(&world.services, email(&format!("learner{n}@uni.example")), at(from)).await
    };
    for n in 0..200 {
        ask(n, ADDRESS).await.unwrap();
    }
    assert_eq!(problem(ask(200, ADDRESS).await), Problem::LinksTooMany);
    assert!(ask(200, ELSEWHERE).await.is_ok());
    world.clock.advance(Duration::seconds(2));
    assert!(ask(200, ADDRESS).await.is_ok());
    assert_eq!(problem(ask(201, ADDRESS).await), Problem::LinksTooMany);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn link_requests_sent_at_once_are_limited_too(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let ask = |_| request_link(&world.services, email("sam@uni.example"), at(ADDRESS));
    for asked in futures::future::join_all((0..40).map(ask)).await {
        asked.unwrap();
    }
    run_ready(&world.services).await.unwrap();
    let made: i64 = sqlx::query_scalar("select count(*) from password_links")
        .fetch_one(&world.services.db)
        .await
        .unwrap();
    assert_eq!((made, world.letters().len()), (5, 5));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_link_works_once_within_an_hour_and_while_waiting(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    for _ in 0..6 {
        let _ = enter(&world, "sam@uni.example", "wrong").await;
    }
    let new = NewPassword::parse("teal kettle orbits slowly").unwrap();
    assert_eq!(
        problem(choose_password(&world.services, "no-such-link", &new, at(ELSEWHERE)).await),
        Problem::LinkNoLongerValid
    );

    let late = link(&world, "sam@uni.example").await.unwrap();
    world.clock.advance(Duration::hours(1));
    assert_eq!(
        problem(choose_password(&world.services, &late, &new, at(ELSEWHERE)).await),
        Problem::LinkNoLongerValid
    );

    let token = link(&world, "sam@uni.example").await.unwrap();
    let common = NewPassword::parse("qwertyuiop123").unwrap();
    assert_eq!(
        problem(choose_password(&world.services, &token, &common, at(ELSEWHERE)).await),
        Problem::PasswordCommon
    );
    while guess(&world, "sam@uni.example", at(ADDRESS)).await {}
    let phone = choose_password(&world.services, &token, &new, at(ELSEWHERE)).await.unwrap();
    world.clock.advance(Duration::seconds(10));
    assert_eq!(
        problem(choose_password(&world.services, &token, &new, at(ELSEWHERE)).await),
        Problem::LinkNoLongerValid
    );
    assert!(
        enter(&world, "sam@uni.example", new.as_str()).await.is_ok(),
        "the wait is over with the new password, even where it was not chosen"
    );
    for n in 0..60 {
        guess(&world, "sam@uni.example", at(&format!("192.0.2.{n}"))).await;
    }
    let known = Visitor { device: Some(&phone), ..at(ELSEWHERE) };
    assert!(come(&world, "sam@uni.example", new.as_str(), known).await.is_ok(), "and the browser is known");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_of_a_new_password_sent_twice_is_answered_twice(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let token = link(&world, "sam@uni.example").await.unwrap();
    let new = NewPassword::parse("teal kettle orbits slowly").unwrap();
    let once = || choose_password(&world.services, &token, &new, at(ELSEWHERE));
    let both = tokio::join!(once(), once());
    assert!(both.0.is_ok() && both.1.is_ok(), "at once");
    let again = once().await.unwrap();
    let known = Visitor { device: Some(&again), ..at(ELSEWHERE) };
    assert!(come(&world, "sam@uni.example", new.as_str(), known).await.is_ok());
    let other = NewPassword::parse("amber violins never sleep").unwrap();
    let with_another = choose_password(&world.services, &token, &other, at(ELSEWHERE)).await;
    assert_eq!(problem(with_another), Problem::LinkNoLongerValid, "the link sets one password");
    let chosen = "select count(*) from audit_events where action = 'accounts.password_chosen'";
    let chosen: i64 = sqlx::query_scalar(chosen).fetch_one(&world.services.db).await.unwrap();
    assert_eq!(chosen, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn links_to_one_mailbox_are_limited(db: PgPool) {
    let world = World::new(db);
    world.learner("sam@uni.example").await;
    for _ in 0..5 {
        assert!(link(&world, "sam@uni.example").await.is_some());
    }
    assert!(link(&world, "sam@uni.example").await.is_none());
    world.clock.advance(Duration::hours(1));
    assert!(link(&world, "sam@uni.example").await.is_some());
}

/// P1: name and e-mail address, and nothing else, are required of a person.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_name_and_email_are_asked_of_a_person(db: PgPool) {
    let columns: Vec<String> = sqlx::query_scalar(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = 'people'
            and is_nullable = 'NO' and column_default is null order by ordinal_position",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(columns, ["id", "email", "full_name", "created_at"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn password_guesses_in_an_open_session_wait_too(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let me = actor(&world, &enter(&world, "sam@uni.example", PASSWORD).await.unwrap()).await.unwrap();
    let (wrong, right) = (Password::parse("wrong").unwrap(), Password::parse(PASSWORD).unwrap());
    let new = NewPassword::parse("teal kettle orbits slowly").unwrap();
    for _ in 0..5 {
        assert_eq!(
            problem(change_password(&world.services, &me, &wrong, &new).await),
            Problem::CurrentPasswordWrong
        );
    }
    assert_eq!(
        problem(change_password(&world.services, &me, &right, &new).await),
        Problem::SignInWait { minutes: 1 }
    );
    // Guesses at the sign-in page and in another session have no effect on it.
    for _ in 0..6 {
        guess(&world, "sam@uni.example", at(ADDRESS)).await;
    }
    let other = come(&world, "sam@uni.example", PASSWORD, at(ELSEWHERE)).await.unwrap();
    let other = actor(&world, &other).await.unwrap();
    change_password(&world.services, &other, &right, &new).await.unwrap();
    change_password(
        &world.services,
        &other,
        &Password::parse(new.as_str()).unwrap(),
        &NewPassword::parse(PASSWORD).unwrap(),
    )
    .await
    .unwrap();
    world.clock.advance(Duration::seconds(31));
    change_password(&world.services, &me, &right, &new).await.unwrap();
}

/// P16: the command line opens no account without consent either.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_new_member_of_staff_agrees_before_there_is_an_account_and_keeps_one_that_is_there(db: PgPool) {
    let world = World::new(db);
    let made = async |email: &str| {
        let email = EmailAddress::parse(email).unwrap();
        create_admin(&world.services, &email, "Sam", "New colleague").await.unwrap()
    };
    let before = world.person("sam@uni.example").await;
    assert_eq!(made("sam@uni.example").await, before.person());
    run_ready(&world.services).await.unwrap();
    assert!(world.letters().is_empty(), "the password and the consent are there");
    made("alex@uni.example").await;
    run_ready(&world.services).await.unwrap();
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{} mails", letters.len()) };
    assert!(letter.contains("/activate/") && !letter.contains("/choose-password/"), "{letter}");
    let states: Vec<(String, bool, bool)> = sqlx::query_as(
        "select g.reason, p.activated_at is not null, p.password_hash is not null
        from grants g join people p on p.id = g.person_id where g.role = 'support' order by p.email",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let why = "New colleague".to_owned();
    assert_eq!(states, [(why.clone(), false, false), (why, true, true)]);
    // Who does not answer is no staff for long.
    world.clock.advance(Duration::days(91));
    assert_eq!(remove_pending(&world.services).await.unwrap(), 1);
    let left: i64 =
        sqlx::query_scalar("select count(*) from grants").fetch_one(&world.services.db).await.unwrap();
    assert_eq!(left, 1);
    let noted: Vec<(Option<String>, Option<String>, bool)> = sqlx::query_as(
        "select detail->>'role', detail->>'reason', actor_id is null from audit_events where action = 'access.taken_back'",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    let not_opened = "The account was not opened within 90 days";
    assert_eq!(
        noted,
        [(Some("support".to_owned()), Some(not_opened.to_owned()), true)],
        "the audit names it"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_form_does_not_reveal_who_has_an_account(db: PgPool) {
    let world = World::new(db);
    assert!(link(&world, "nobody@uni.example").await.is_none());
    assert!(world.letters().is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn two_spellings_of_an_address_are_one_account(db: PgPool) {
    let world = World::new(db);
    let one = world.learner("Sam@Uni.example").await;
    let other = world.learner(" sam@uni.EXAMPLE ").await;
    assert_eq!(one.person(), other.person());
}
