//! P9 (repeated false sign-ins), P31 (how long a sign-in lasts), and passwords.

use std::net::IpAddr;

use chrono::Duration;
use domain::{
    Problem,
    accounts::{EmailAddress, NewPassword, Password},
};
use sqlx::PgPool;

use super::*;
use crate::{
    Error,
    testing::{PASSWORD, World},
};

const ADDRESS: &str = "198.51.100.7";

async fn try_from(
    world: &World,
    email: &str,
    password: &str,
    remember: bool,
    address: &str,
) -> Result<Opened> {
    let address: IpAddr = address.parse().unwrap();
    let form = SignIn {
        email: EmailAddress::parse(email).unwrap(),
        password: Password::parse(password).unwrap(),
        remember,
        user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
        address: Some(address),
        presented: None,
    };
    sign_in(&world.services, form).await
}

async fn enter(world: &World, email: &str, password: &str) -> Result<Opened> {
    try_from(world, email, password, false, ADDRESS).await
}

async fn actor(world: &World, opened: &Opened) -> Option<Actor> {
    actor_for(&world.services, opened.token.as_str()).await.unwrap()
}

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Invalid(fields)) => fields[0].problem.clone(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken"),
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
    for _ in 0..5 {
        let _ = enter(&world, "sam@uni.example", "wrong").await;
    }
    let waiting = problem(enter(&world, "sam@uni.example", PASSWORD).await);
    assert_eq!([wrong, unknown, without, waiting], [const { Problem::SignInFailed }; 4]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_unknown_address_costs_the_same_work_as_a_wrong_password(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    // Both verify one argon2 hash. The ratio is wide, as the machine is shared; without the dummy hash it is near zero.
    let time = async |email: &str| {
        let start = std::time::Instant::now();
        let _ = enter(&world, email, "wrong").await;
        start.elapsed().as_secs_f64()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..4 {
        known.push(time("sam@uni.example").await);
        unknown.push(time(&format!("nobody{n}@uni.example")).await);
    }
    let best = |times: Vec<f64>| times.into_iter().fold(f64::MAX, f64::min);
    let ratio = best(unknown) / best(known);
    assert!(ratio > 0.3, "an unknown address is answered in {ratio:.2} of the time");
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
async fn guesses_that_are_sent_at_once_wait_like_any_others(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    // All are let in before the first is judged; the right one is judged last.
    let guesses = (0..12).map(|n| if n < 11 { "wrong" } else { PASSWORD });
    let tries = guesses.map(|password| enter(&world, "sam@uni.example", password));
    let opened = futures::future::join_all(tries).await;
    assert!(opened.iter().all(Result::is_err));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_examination_room_behind_one_address_gets_in(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    for n in 0..150 {
        world.services.db.acquire().await.unwrap();
        guard::failed(
            &mut world.services.db.acquire().await.unwrap(),
            &EmailAddress::parse(&format!("learner{n}@uni.example")).unwrap(),
            Some(ADDRESS.parse().unwrap()),
            world.services.clock.now(),
        )
        .await
        .unwrap();
    }
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
    for n in 150..200 {
        let email = EmailAddress::parse(&format!("learner{n}@uni.example")).unwrap();
        let mut db = world.services.db.acquire().await.unwrap();
        guard::failed(&mut db, &email, Some(ADDRESS.parse().unwrap()), world.services.clock.now())
            .await
            .unwrap();
    }
    assert!(
        enter(&world, "sam@uni.example", PASSWORD).await.is_err(),
        "two hundred in a quarter of an hour is an attack"
    );
    assert!(
        try_from(&world, "sam@uni.example", PASSWORD, false, "203.0.113.5").await.is_ok(),
        "elsewhere nothing is barred"
    );
    world.clock.advance(Duration::minutes(16));
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn addresses_are_kept_ninety_days_and_only_of_failures(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    enter(&world, "sam@uni.example", PASSWORD).await.unwrap();
    let count = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from sign_in_addresses")
            .fetch_one(&world.services.db)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 0);
    let _ = enter(&world, "sam@uni.example", "wrong").await;
    world.clock.advance(Duration::days(90));
    assert_eq!(forget_old_addresses(&world.services).await.unwrap(), 0);
    world.clock.advance(Duration::seconds(1));
    assert_eq!(forget_old_addresses(&world.services).await.unwrap(), 1);
    assert_eq!(count().await, 0);
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
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_session_lasts_two_days_or_two_weeks_and_not_longer(db: PgPool) {
    let world = World::new(db);
    world.person("sam@uni.example").await;
    let plain = try_from(&world, "sam@uni.example", PASSWORD, false, ADDRESS).await.unwrap();
    let remembered = try_from(&world, "sam@uni.example", PASSWORD, true, ADDRESS).await.unwrap();
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
        address: None,
        presented: Some(first.token.as_str()),
    };
    let second = sign_in(&world.services, form).await.unwrap();
    assert!(actor(&world, &first).await.is_none(), "signing in anew ends what the browser had");
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
async fn nobody_ends_somebody_elses_session(db: PgPool) {
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
    change_password(&world.services, &me, &current, &new).await.unwrap();
    assert!(actor(&world, &here).await.is_some());
    assert!(actor(&world, &there).await.is_none());
    assert!(enter(&world, "sam@uni.example", PASSWORD).await.is_err());
    assert!(enter(&world, "sam@uni.example", new.as_str()).await.is_ok());
}

/// Asks for a link and takes it out of the letter.
async fn link(world: &World, email: &str) -> Option<String> {
    let before = world.letters();
    request_link(&world.services, &EmailAddress::parse(email).unwrap()).await.unwrap();
    for _ in 0..50 {
        if let Some(letter) = world.letters().into_iter().find(|letter| !before.contains(letter)) {
            let after = letter.split("https://learning.example/choose-password/").nth(1)?;
            return Some(after.split_whitespace().next()?.to_owned());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    None
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
        problem(choose_password(&world.services, "no-such-link", &new).await),
        Problem::LinkNoLongerValid
    );

    let late = link(&world, "sam@uni.example").await.unwrap();
    world.clock.advance(Duration::hours(1));
    assert_eq!(problem(choose_password(&world.services, &late, &new).await), Problem::LinkNoLongerValid);

    let token = link(&world, "sam@uni.example").await.unwrap();
    let common = NewPassword::parse("qwertyuiop123").unwrap();
    assert_eq!(problem(choose_password(&world.services, &token, &common).await), Problem::PasswordCommon);
    choose_password(&world.services, &token, &new).await.unwrap();
    assert_eq!(problem(choose_password(&world.services, &token, &new).await), Problem::LinkNoLongerValid);
    assert!(
        enter(&world, "sam@uni.example", new.as_str()).await.is_ok(),
        "the wait is over with the new password"
    );
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_fills_somebody_elses_mailbox(db: PgPool) {
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
async fn guessing_the_password_of_an_open_session_has_to_wait_too(db: PgPool) {
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
        Problem::CurrentPasswordWrong
    );
    world.clock.advance(Duration::seconds(31));
    change_password(&world.services, &me, &right, &new).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whoever_becomes_staff_keeps_their_account_and_gets_a_link(db: PgPool) {
    let world = World::new(db);
    let before = world.learner("sam@uni.example").await;
    let id =
        create_admin(&world.services, &EmailAddress::parse("sam@uni.example").unwrap(), "Sam").await.unwrap();
    assert_eq!(id, before.person());
    let support: bool =
        sqlx::query_scalar("select support from people").fetch_one(&world.services.db).await.unwrap();
    assert!(support && world.letters().len() == 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_learns_from_the_form_who_has_an_account(db: PgPool) {
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
