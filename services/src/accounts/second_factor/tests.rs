//! The second factor over a database: what it opens, and that no code counts twice.

use chrono::Duration;
use domain::{
    Problem,
    access::Role,
    accounts::{EmailAddress, FactorCode, FactorOn, FactorState, NewFactor, Password},
    kit::live::Topic,
};
use sqlx::PgPool;

use super::*;
use crate::{
    Error,
    accounts::{Opened, SignIn, Visitor, actor_for, devices, guard, known_by, sessions, sign_in},
    kit::{jobs::run_ready, live::may_follow},
    testing::{PASSWORD, World},
};

const SAM: &str = "sam@uni.example";

async fn enter(world: &World) -> Opened {
    enter_for(world, false).await
}

async fn enter_for(world: &World, remember: bool) -> Opened {
    try_to_enter(world, remember, Visitor::default()).await.unwrap()
}

async fn try_to_enter(world: &World, remember: bool, from: Visitor<'_>) -> Result<Opened> {
    let form = SignIn {
        email: EmailAddress::parse(SAM).unwrap(),
        password: password(PASSWORD),
        remember,
        user_agent: "Firefox",
        from,
        presented: None,
    };
    sign_in(&world.services, form).await
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

/// As support does from the command line.
async fn end_lost(world: &World, why: &str) -> Result<bool> {
    let email = EmailAddress::parse(SAM).unwrap();
    crate::support::end_second_factor_by_command_line(&world.services, &email, why, "Ann").await
}

async fn half(world: &World, token: &str) -> HalfOpen {
    match known_by(&world.services, token).await.unwrap() {
        Some(Known::HalfOpen(half) | Known::Sits(_, half)) => half,
        other => panic!("{other:?}"),
    }
}

async fn is_open(world: &World, token: &str) -> bool {
    actor_for(&world.services, token).await.unwrap().is_some()
}

async fn new_factor(world: &World, owner: FactorOwner) -> NewFactor {
    start_second_factor(&world.services, owner, Some(&password(PASSWORD))).await.unwrap();
    shown(world, owner).await.unwrap()
}

/// What this session shows of a second factor that is being set up.
async fn shown(world: &World, owner: FactorOwner) -> Option<NewFactor> {
    match second_factor_page(&world.services, owner).await.unwrap().state {
        FactorState::Starting(new) => Some(new),
        FactorState::Off => None,
        other => panic!("{other:?}"),
    }
}

async fn confirm(world: &World, owner: FactorOwner, code: &FactorCode) -> Result<Option<Entered>> {
    confirm_second_factor(&world.services, owner, code, Visitor::default()).await
}

async fn count(world: &World, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&world.services.db).await.unwrap()
}

/// How many mails contain this.
async fn mails(world: &World, words: &str) -> usize {
    run_ready(&world.services).await.unwrap();
    world.letters().iter().filter(|letter| letter.contains(words)).count()
}

/// The code that the app shows this number of steps from now.
fn code(world: &World, new: &NewFactor, away: i64) -> FactorCode {
    let secret = data_encoding::BASE32_NOPAD.decode(new.secret.replace(' ', "").as_bytes()).unwrap();
    let step = world.services.clock.now().timestamp() / 30 + away;
    FactorCode::App(totp::code(&secret, step))
}

/// A person who has set it up, and the token of the session that did.
async fn with_factor(world: &World) -> (NewFactor, String) {
    world.person(SAM).await;
    let opened = enter(world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let new = new_factor(world, FactorOwner::from(&actor)).await;
    let confirmed = confirm(world, FactorOwner::from(&actor), &code(world, &new, 0)).await;
    let token = confirmed.unwrap().unwrap().token.as_str().to_owned();
    assert!(!is_open(world, opened.token.as_str()).await, "the session goes on under another token");
    (new, token)
}

/// Signs in with the password, and enters a code.
async fn come(world: &World, code: &FactorCode) -> Result<Entered> {
    come_on(world, code, Visitor::default()).await
}

async fn come_on(world: &World, code: &FactorCode, from: Visitor<'_>) -> Result<Entered> {
    let opened = enter(world).await;
    assert_eq!((opened.needs, opened.device), (Some(Needs::Code), None));
    let half = half(world, opened.token.as_str()).await;
    Ok(enter_code(&world.services, &half, code, from).await?.unwrap())
}

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Invalid(fields)) => fields[0].problem.clone(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_password_alone_opens_a_session_only_half(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    world.clock.advance(Duration::minutes(1));
    let opened = enter(&world).await;
    assert!(!is_open(&world, opened.token.as_str()).await);
    let half = half(&world, opened.token.as_str()).await;
    assert_eq!(half.needs(), Needs::Code);
    assert!(half.owner().is_none(), "it cannot set up another one");
    let entered = enter_code(&world.services, &half, &code(&world, &new, 0), Visitor::default()).await;
    let entered = entered.unwrap().unwrap();
    assert!(is_open(&world, entered.token.as_str()).await);
    assert!(known_by(&world.services, opened.token.as_str()).await.unwrap().is_none(), "another token");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_code_is_accepted_once_and_within_one_step(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    assert_eq!(
        problem(come(&world, &code(&world, &new, 0)).await),
        Problem::FactorCodeWrong,
        "it was used to confirm"
    );
    world.clock.advance(Duration::minutes(5));
    for away in [-2, 2] {
        assert_eq!(
            problem(come(&world, &code(&world, &new, away)).await),
            Problem::FactorCodeWrong,
            "{away}"
        );
    }
    for away in [-1, 0, 1] {
        let code = code(&world, &new, away);
        come(&world, &code).await.unwrap();
        assert_eq!(problem(come(&world, &code).await), Problem::FactorCodeWrong, "{away} again");
    }
    // One that was skipped is over too.
    assert_eq!(problem(come(&world, &code(&world, &new, 0)).await), Problem::FactorCodeWrong);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_with_the_same_code_at_once_one_gets_in(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    world.clock.advance(Duration::minutes(1));
    let (one, other) = (enter(&world).await, enter(&world).await);
    let (one, other) = (half(&world, one.token.as_str()).await, half(&world, other.token.as_str()).await);
    let code = code(&world, &new, 0);
    let from = Visitor::default();
    let (one, other) = tokio::join!(
        enter_code(&world.services, &one, &code, from),
        enter_code(&world.services, &other, &code, from),
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_recovery_code_works_once_and_new_ones_replace_the_old(db: PgPool) {
    let world = World::new(db);
    let (new, token) = with_factor(&world).await;
    let codes: Vec<_> = new.recovery_codes.iter().map(|code| FactorCode::parse(code).unwrap()).collect();
    come(&world, &codes[0]).await.unwrap();
    assert_eq!(mails(&world, "9 are left").await, 1);
    assert_eq!(problem(come(&world, &codes[0]).await), Problem::FactorCodeWrong);
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    assert_eq!(on(&world, &actor).await.codes_left, 9);
    assert!(on(&world, &actor).await.new_codes.is_empty(), "they are shown once");

    world.clock.advance(Duration::minutes(1));
    let now = code(&world, &new, 0);
    let make = async |password: &Password, code: &FactorCode| {
        new_recovery_codes(&world.services, &actor, password, code, Visitor::default()).await
    };
    assert_eq!(problem(make(&password("wrong"), &now).await), Problem::CurrentPasswordWrong);
    assert_eq!(problem(make(&password(PASSWORD), &codes[0]).await), Problem::FactorCodeWrong);
    make(&password(PASSWORD), &now).await.unwrap();
    world.clock.advance(Duration::seconds(10));
    assert_eq!(problem(make(&password(PASSWORD), &now).await), Problem::FactorCodeWrong, "it is used");
    let fresh = on(&world, &actor).await;
    assert_eq!(fresh.new_codes.len(), 10);
    // The old ones still work.
    come(&world, &codes[1]).await.unwrap();
    assert!(keep_recovery_codes(&world.services, &actor, &fresh.digest).await.unwrap());
    assert_eq!(mails(&world, "Your recovery codes were replaced").await, 1);
    let kept = on(&world, &actor).await;
    assert_eq!((kept.codes_left, kept.new_codes), (10, Vec::new()));
    assert_eq!(problem(come(&world, &codes[2]).await), Problem::FactorCodeWrong);
    come(&world, &FactorCode::parse(&fresh.new_codes[0]).unwrap()).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn recovery_codes_made_and_kept_twice_from_one_page_are_made_and_kept_once(db: PgPool) {
    let world = World::new(db);
    let (new, token) = with_factor(&world).await;
    let services = &world.services;
    let old: Vec<_> = new.recovery_codes.iter().map(|code| FactorCode::parse(code).unwrap()).collect();
    let actor = actor_for(services, &token).await.unwrap().unwrap();
    let make = async |code: &FactorCode| {
        new_recovery_codes(services, &actor, &password(PASSWORD), code, Visitor::default()).await
    };
    let keep = async |digest: &str| keep_recovery_codes(services, &actor, digest).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    for code in [code(&world, &new, 0), old[0].clone()] {
        let (one, other) = tokio::join!(make(&code), make(&code));
        one.unwrap();
        other.unwrap();
        let first = on(&world, &actor).await;
        make(&code).await.unwrap();
        assert_eq!(on(&world, &actor).await.new_codes, first.new_codes, "they are made once");
        assert_eq!(problem(make(&FactorCode::Recovery("A".repeat(16))).await), Problem::FactorCodeWrong);
    }
    let refused = "select count(*) from audit_events where action = 'accounts.second_factor_refused'";
    assert_eq!(count(&world, refused).await, 2, "what was sent twice counts as no wrong code");
    let shown = on(&world, &actor).await;
    assert!(!keep("none").await);
    for _ in 0..2 {
        assert!(keep(&shown.digest).await);
    }
    world.clock.advance(Duration::hours(1));
    assert!(keep(&shown.digest).await, "they still work");
    assert_eq!(mails(&world, "Your recovery codes were replaced").await, 1);
    // Codes that another set has replaced do not work.
    let code = FactorCode::parse(&shown.new_codes[0]).unwrap();
    make(&code).await.unwrap();
    let next = on(&world, &actor).await;
    assert!(keep(&next.digest).await);
    assert!(!keep(&shown.digest).await);
    let last = FactorCode::parse(&next.new_codes[0]).unwrap();
    turn_off_second_factor(services, &actor, &password(PASSWORD), &last, Visitor::default()).await.unwrap();
    assert!(!keep(&next.digest).await, "nothing is in force any more");
}

async fn on(world: &World, actor: &Actor) -> FactorOn {
    match second_factor_page(&world.services, FactorOwner::from(actor)).await.unwrap().state {
        FactorState::On(on) => on,
        other => panic!("{other:?}"),
    }
}

/// What this session shows of the one that takes its place.
async fn moving(world: &World, owner: FactorOwner) -> Option<NewFactor> {
    match second_factor_page(&world.services, owner).await.unwrap().state {
        FactorState::Moving(new) => Some(new),
        FactorState::On(_) => None,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_second_factor_moves_to_another_phone(db: PgPool) {
    let mut world = World::new(db);
    let (old, token) = with_factor(&world).await;
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    let owner = FactorOwner::from(&actor);
    // Who must have one cannot turn it off and set up another.
    world.grant(&actor, Role::Support).await;
    world.services.second_factor = SecondFactor::Required;
    world.clock.advance(Duration::minutes(1));
    let recovery: Vec<_> = old.recovery_codes.iter().map(|code| FactorCode::parse(code).unwrap()).collect();
    let begin = async |password: &Password, code: &FactorCode| {
        move_second_factor(&world.services, &actor, password, code, Visitor::default()).await
    };
    // A stolen session begins nothing, nor does the password alone.
    assert_eq!(problem(begin(&password("wrong"), &recovery[0]).await), Problem::CurrentPasswordWrong);
    let wrong = FactorCode::Recovery("AAAAAAAAAAAAAAAA".to_owned());
    assert_eq!(problem(begin(&password(PASSWORD), &wrong).await), Problem::FactorCodeWrong);
    start_second_factor(&world.services, owner, Some(&password(PASSWORD))).await.unwrap();
    assert!(moving(&world, owner).await.is_none());

    begin(&password(PASSWORD), &recovery[0]).await.unwrap();
    let left = moving(&world, owner).await.unwrap();
    assert!(left.secret != old.secret && left.recovery_codes != old.recovery_codes);
    begin(&password(PASSWORD), &recovery[0]).await.unwrap();
    let again = moving(&world, owner).await.unwrap();
    assert_eq!(again.secret, left.secret, "the same form sent twice makes one key");
    // Until a code confirms it, the old one works, and only this session knows of the new one.
    let other = come(&world, &code(&world, &old, 0)).await.unwrap().token;
    let elsewhere = FactorOwner::from(&actor_for(&world.services, other.as_str()).await.unwrap().unwrap());
    assert!(moving(&world, elsewhere).await.is_none());
    assert!(confirm(&world, elsewhere, &code(&world, &left, 0)).await.unwrap().is_none());
    assert_eq!(problem(confirm(&world, owner, &code(&world, &old, 0)).await), Problem::FirstFactorCodeWrong);
    assert_eq!(problem(come(&world, &code(&world, &left, 0)).await), Problem::FactorCodeWrong);
    // Left alone, it ends, and the old one stays.
    world.clock.advance(SOON);
    assert!(moving(&world, owner).await.is_none());
    assert!(confirm(&world, owner, &code(&world, &left, 0)).await.unwrap().is_none());
    come(&world, &code(&world, &old, 0)).await.unwrap();

    begin(&password(PASSWORD), &recovery[1]).await.unwrap();
    let new = moving(&world, owner).await.unwrap();
    let moved = confirm(&world, owner, &code(&world, &new, 0)).await.unwrap().unwrap();
    assert!(is_open(&world, moved.token.as_str()).await);
    assert!(known_by(&world.services, other.as_str()).await.unwrap().is_none(), "the other devices");
    assert!(moving(&world, owner).await.is_none());
    world.clock.advance(Duration::minutes(1));
    for ended in [&code(&world, &old, 0), &recovery[2]] {
        assert_eq!(problem(come(&world, ended).await), Problem::FactorCodeWrong);
    }
    come(&world, &code(&world, &new, 0)).await.unwrap();
    come(&world, &FactorCode::parse(&new.recovery_codes[0]).unwrap()).await.unwrap();
    assert_eq!(mails(&world, "Your second factor is on another phone").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_recovery_codes_that_were_seen_are_kept_and_only_where_and_while_they_are_shown(db: PgPool) {
    let world = World::new(db);
    let (new, token) = with_factor(&world).await;
    let codes: Vec<_> = new.recovery_codes.iter().map(|code| FactorCode::parse(code).unwrap()).collect();
    let here = actor_for(&world.services, &token).await.unwrap().unwrap();
    let other = come(&world, &codes[0]).await.unwrap().token;
    let other = actor_for(&world.services, other.as_str()).await.unwrap().unwrap();
    let make = async |code: &FactorCode| {
        let from = Visitor::default();
        new_recovery_codes(&world.services, &here, &password(PASSWORD), code, from).await.unwrap();
        on(&world, &here).await
    };
    let keep = async |actor: &Actor, seen: &FactorOn| {
        keep_recovery_codes(&world.services, actor, &seen.digest).await.unwrap()
    };
    // Two tabs: what the first has shown counts no more.
    let first = make(&codes[1]).await;
    let second = make(&codes[2]).await;
    assert!(on(&world, &other).await.new_codes.is_empty(), "another session does not show them");
    assert!(!keep(&other, &second).await);
    assert!(!keep(&here, &first).await);
    come(&world, &codes[3]).await.unwrap();
    assert_eq!(on(&world, &here).await.new_codes, second.new_codes, "they are still there to be kept");
    world.clock.advance(SOON);
    assert!(on(&world, &here).await.new_codes.is_empty());
    assert!(!keep(&here, &second).await);
    forget_shown(&world.services).await.unwrap();
    assert_eq!(count(&world, "select count(*) from second_factor_shown").await, 0);
    let third = make(&codes[4]).await;
    assert!(keep(&here, &third).await);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_one_session_shows_another_neither_sees_nor_confirms(db: PgPool) {
    let world = World::new(db);
    world.person(SAM).await;
    let mut owners = Vec::new();
    for _ in 0..2 {
        let opened = enter(&world).await;
        let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
        owners.push((FactorOwner::from(&actor), opened.token));
    }
    let ((thief, stolen), (owner, _)) = (owners.remove(0), owners.remove(0));
    // Somebody who knows the password is first.
    let theirs = new_factor(&world, thief).await;
    assert!(shown(&world, owner).await.is_none());
    assert!(confirm(&world, owner, &code(&world, &theirs, 0)).await.unwrap().is_none());
    let own = new_factor(&world, owner).await;
    assert!(own.secret != theirs.secret && own.recovery_codes != theirs.recovery_codes);
    assert_eq!(shown(&world, thief).await.unwrap().secret, theirs.secret);
    let wrong = confirm(&world, owner, &code(&world, &theirs, 0)).await;
    assert_eq!(problem(wrong), Problem::FirstFactorCodeWrong);
    let again = new_factor(&world, owner).await;
    assert_ne!(again.secret, own.secret, "started again");
    assert!(confirm(&world, owner, &code(&world, &again, 0)).await.unwrap().is_some());
    // Theirs ended with their session.
    assert!(known_by(&world.services, stolen.as_str()).await.unwrap().is_none());
    assert!(confirm(&world, thief, &code(&world, &theirs, 0)).await.unwrap().is_none());
    world.clock.advance(Duration::minutes(1));
    assert_eq!(problem(come(&world, &code(&world, &theirs, 0)).await), Problem::FactorCodeWrong);
    come(&world, &code(&world, &again, 0)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_key_is_confirmed_within_a_quarter_of_an_hour_and_in_an_open_session(db: PgPool) {
    let world = World::new(db);
    world.person(SAM).await;
    let opened = enter(&world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let owner = FactorOwner::from(&actor);
    let late = new_factor(&world, owner).await;
    world.clock.advance(SOON);
    assert!(shown(&world, owner).await.is_none());
    assert!(confirm(&world, owner, &code(&world, &late, 0)).await.unwrap().is_none());
    let new = new_factor(&world, owner).await;
    crate::accounts::sign_out(&world.services, &actor).await.unwrap();
    assert!(confirm(&world, owner, &code(&world, &new, 0)).await.unwrap().is_none());
    assert_eq!(count(&world, "select count(*) from second_factors").await, 0);
    assert_eq!(count(&world, "select count(*) from second_factor_shown").await, 0);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_stolen_session_sets_up_nothing_without_the_password(db: PgPool) {
    let mut world = World::new(db);
    let sam = world.person(SAM).await;
    let opened = enter(&world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let refused = async |owner: FactorOwner| {
        for given in [None, Some(password("wrong"))] {
            let started = start_second_factor(&world.services, owner, given.as_ref()).await;
            assert_eq!(problem(started), Problem::CurrentPasswordWrong);
        }
        assert!(second_factor_page(&world.services, owner).await.unwrap().asks_password);
        assert!(shown(&world, owner).await.is_none());
    };
    refused(FactorOwner::from(&actor)).await;
    // Nor one that is half open because of a role that was given later.
    world.grant(&sam, Role::Support).await;
    world.services.second_factor = SecondFactor::Required;
    let owner = half(&world, opened.token.as_str()).await.owner().unwrap();
    let refused = start_second_factor(&world.services, owner, None).await;
    assert_eq!(problem(refused), Problem::CurrentPasswordWrong);
    // Who has just signed in has given it.
    let owner = half(&world, enter(&world).await.token.as_str()).await.owner().unwrap();
    start_second_factor(&world.services, owner, None).await.unwrap();
    assert!(shown(&world, owner).await.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn half_open_sessions_are_few_and_short_and_sign_no_device_out(db: PgPool) {
    let world = World::new(db);
    let (new, token) = with_factor(&world).await;
    let mut guessers = Vec::new();
    for _ in 0..40 {
        world.clock.advance(Duration::minutes(1));
        guessers.push(enter(&world).await.token);
    }
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    let whole = crate::accounts::account_page(&world.services, &actor).await.unwrap().devices;
    assert_eq!(whole.len(), 1, "no device is signed in by a password alone");
    assert_eq!(count(&world, "select count(*) from devices_signed_in").await, 1);
    assert_eq!(count(&world, "select count(*) from sessions").await, 1 + sessions::HALF_OPEN);

    let last = half(&world, guessers[39].as_str()).await;
    world.clock.advance(SOON - Duration::seconds(1));
    half(&world, guessers[39].as_str()).await;
    world.clock.advance(Duration::seconds(1));
    assert!(known_by(&world.services, guessers[39].as_str()).await.unwrap().is_none());
    let late = enter_code(&world.services, &last, &code(&world, &new, 0), Visitor::default()).await;
    assert!(late.unwrap().is_none());

    // The code, which nothing has used up, makes a session as long as was asked for.
    for (remember, days) in [(false, 2), (true, 14)] {
        let opened = enter_for(&world, remember).await;
        let half = half(&world, opened.token.as_str()).await;
        let entered = enter_code(&world.services, &half, &code(&world, &new, 0), Visitor::default()).await;
        let entered = entered.unwrap().unwrap();
        assert_eq!(entered.lasts, Duration::days(days));
        world.clock.advance(Duration::days(1));
        assert!(is_open(&world, entered.token.as_str()).await);
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn setting_it_up_has_a_quarter_of_an_hour_from_its_start(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    world.grant(&sam, Role::Support).await;
    let opened = enter(&world).await;
    let owner = half(&world, opened.token.as_str()).await.owner().unwrap();
    world.clock.advance(Duration::minutes(14));
    let new = new_factor(&world, owner).await;
    world.clock.advance(Duration::minutes(14));
    let confirmed = confirm(&world, owner, &code(&world, &new, 0)).await.unwrap().unwrap();
    assert_eq!(confirmed.lasts, Duration::days(2) - Duration::minutes(28));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_half_open_session_lasts_half_an_hour_however_often_the_set_up_is_begun(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    world.grant(&sam, Role::Support).await;
    let opened = enter_for(&world, true).await;
    for starts in 0..5 {
        if starts > 0 {
            world.clock.advance(Duration::minutes(7));
        }
        let owner = half(&world, opened.token.as_str()).await.owner().unwrap();
        start_second_factor(&world.services, owner, None).await.unwrap();
    }
    world.clock.advance(Duration::seconds(119));
    half(&world, opened.token.as_str()).await;
    world.clock.advance(Duration::seconds(1));
    assert!(known_by(&world.services, opened.token.as_str()).await.unwrap().is_none());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_half_open_session_that_needs_nothing_any_more_is_like_any_other(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    world.grant(&sam, Role::Support).await;
    let opened = enter_for(&world, true).await;
    half(&world, opened.token.as_str()).await;
    sqlx::query("delete from grants").execute(&world.services.db).await.unwrap();
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let devices = crate::accounts::account_page(&world.services, &actor).await.unwrap().devices;
    assert_eq!(devices.len(), 1, "it is in the list of devices");
    world.clock.advance(Duration::days(13));
    assert!(is_open(&world, opened.token.as_str()).await, "and lasts as long as was asked for");
    // A role that is given later makes it half open again, and not one of somebody who has just signed in.
    world.grant(&sam, Role::Support).await;
    assert!(half(&world, opened.token.as_str()).await.owner().unwrap().gives_password());
}

/// At a network of its own.
fn network(n: u8) -> Visitor<'static> {
    Visitor { address: Some(std::net::IpAddr::from([203, 0, 113, n])), device: None }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_knows_the_password_pushes_out_no_session_of_the_owner_that_waits_for_a_code(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    world.clock.advance(Duration::minutes(1));
    let device = come(&world, &code(&world, &new, 0)).await.unwrap().device;
    world.clock.advance(Duration::minutes(1));
    // The owner's laptop in the same network as the others, where a code was accepted before; and a new phone elsewhere.
    let laptop = Visitor { device: Some(&device), ..network(0) };
    let known = try_to_enter(&world, false, laptop).await.unwrap();
    let phone = try_to_enter(&world, false, network(9)).await.unwrap();
    for n in 0..40 {
        try_to_enter(&world, false, network(n / 10)).await.unwrap();
    }
    assert_eq!(count(&world, "select count(*) from sessions where whole_until is not null").await, 2 + 4 * 3);
    for n in 0..4 {
        let slowed = try_to_enter(&world, false, network(n)).await;
        assert_eq!(problem(slowed), Problem::SignInWait { minutes: 1 }, "one network signs in no more often");
    }
    half(&world, phone.token.as_str()).await;
    let half = half(&world, known.token.as_str()).await;
    let entered = enter_code(&world.services, &half, &code(&world, &new, 0), laptop).await.unwrap().unwrap();
    assert!(is_open(&world, entered.token.as_str()).await);
    // Nor does it keep the owner from signing in anew.
    try_to_enter(&world, false, laptop).await.unwrap();
    // A password chosen with a link ends the wait, as the answer says.
    let mut db = world.services.begin().await.unwrap();
    guard::start_anew(&mut db, &EmailAddress::parse(SAM).unwrap()).await.unwrap();
    db.commit().await.unwrap();
    try_to_enter(&world, false, network(0)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_person_with_a_second_factor_is_signed_in_on_so_many_devices(db: PgPool) {
    let world = World::new(db);
    let (new, first) = with_factor(&world).await;
    let mut last = None;
    for _ in 0..40 {
        world.clock.advance(Duration::seconds(30));
        last = Some(come(&world, &code(&world, &new, 0)).await.unwrap().token);
    }
    assert_eq!(count(&world, "select count(*) from sessions").await, sessions::SESSIONS);
    assert!(!is_open(&world, &first).await);
    assert!(is_open(&world, last.unwrap().as_str()).await, "the one that was just opened stays");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_same_code_sent_twice_from_one_page_signs_nobody_out(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    world.clock.advance(Duration::minutes(1));
    let recovery = FactorCode::parse(&new.recovery_codes[0]).unwrap();
    for typed in [code(&world, &new, 0), recovery] {
        let opened = enter(&world).await;
        let token = opened.token.as_str();
        let half = half(&world, token).await;
        let from = Visitor::default();
        let send = async || enter_code(&world.services, &half, &typed, from).await.unwrap().unwrap().token;
        // Both at once with one cookie: the browser shows the answer of one, and it is not known of which.
        let (one, other) = tokio::join!(send(), send());
        let open = [is_open(&world, one.as_str()).await, is_open(&world, other.as_str()).await];
        assert_eq!(open.iter().filter(|open| **open).count(), 1, "the last counts");
        assert!(
            known_by(&world.services, token).await.unwrap().is_none(),
            "the token of before opens nothing"
        );
        // It is still known which session it named, to answer the form once more.
        assert!(just_opened(&world.services, token, Needs::Code).await.unwrap().is_some());
        assert!(is_open(&world, send().await.as_str()).await);
        // In another session the code is used.
        assert_eq!(problem(come(&world, &typed).await), Problem::FactorCodeWrong);
        world.clock.advance(Duration::seconds(11));
        assert!(just_opened(&world.services, token, Needs::Code).await.unwrap().is_none());
        let late = enter_code(&world.services, &half, &typed, from).await;
        assert_eq!(problem(late), Problem::FactorCodeWrong);
    }
    assert_eq!(mails(&world, "9 are left").await, 1, "it was used once");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_second_factor_confirmed_twice_from_one_page_signs_nobody_out(db: PgPool) {
    let world = World::new(db);
    world.person(SAM).await;
    let opened = enter(&world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let owner = FactorOwner::from(&actor);
    let new = new_factor(&world, owner).await;
    let first = code(&world, &new, 0);
    let (one, other) = tokio::join!(confirm(&world, owner, &first), confirm(&world, owner, &first));
    let (one, other) = (one.unwrap().unwrap().token, other.unwrap().unwrap().token);
    let open = [is_open(&world, one.as_str()).await, is_open(&world, other.as_str()).await];
    assert_eq!(open.iter().filter(|open| **open).count(), 1, "the last counts");
    assert!(confirm(&world, owner, &code(&world, &new, 1)).await.unwrap().is_none(), "only the same code");
    assert!(just_opened(&world.services, opened.token.as_str(), Needs::SetUp).await.unwrap().is_some());
    assert_eq!(mails(&world, "Your account has a second factor").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_session_that_becomes_half_open_follows_nothing_any_more(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    let opened = enter(&world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let own = || vec![Topic::Progress(sam.person())];
    assert!(may_follow(&world.services, &actor, own()).await.unwrap().is_some());
    world.grant(&sam, Role::Support).await;
    assert!(may_follow(&world.services, &actor, own()).await.unwrap().is_none());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn turning_it_off_takes_password_and_code_and_ends_half_open_sessions(db: PgPool) {
    let world = World::new(db);
    let (new, token) = with_factor(&world).await;
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    let guesser = enter(&world).await;
    world.clock.advance(Duration::minutes(1));
    let now = code(&world, &new, 0);
    let off = async |password: &Password, code: &FactorCode| {
        turn_off_second_factor(&world.services, &actor, password, code, Visitor::default()).await
    };
    assert_eq!(problem(off(&password("wrong"), &now).await), Problem::CurrentPasswordWrong);
    let wrong = FactorCode::Recovery("AAAAAAAAAAAAAAAA".to_owned());
    assert_eq!(problem(off(&password(PASSWORD), &wrong).await), Problem::FactorCodeWrong);
    off(&password(PASSWORD), &now).await.unwrap();
    assert!(is_open(&world, &token).await);
    assert!(
        known_by(&world.services, guesser.token.as_str()).await.unwrap().is_none(),
        "it is not whole now"
    );
    assert_eq!(enter(&world).await.needs, None);
    // The same form sent twice is answered as the first time, and counts as no wrong code.
    let refused = "select count(*) from audit_events where action = 'accounts.second_factor_refused'";
    let before = count(&world, refused).await;
    off(&password(PASSWORD), &now).await.unwrap();
    assert_eq!(problem(off(&password("wrong"), &now).await), Problem::CurrentPasswordWrong);
    assert_eq!(count(&world, refused).await, before);
    let events = "select count(*) from audit_events where action = 'accounts.second_factor_turned_off'";
    assert_eq!(count(&world, events).await, 1);
    assert_eq!(mails(&world, "Your second factor is off").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_sits_a_paper_finishes_it_before_a_new_role_needs_a_second_factor(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    let opened = enter(&world).await;
    sqlx::raw_sql(
        "insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'North', 'university', now());
        insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints,
            attempts, opens_at, closes_at, release, published_at, created_at)
        select gen_random_uuid(), o.id, p.id, 'mock', 'Sums', 30, 80, false, false, false, 1, now(), now() + interval '1 day',
            'by-hand', now(), now()
        from organisations o, people p;
        insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select p.id, p.id, p.set_by, 1, now(), 1800, p.closes_at, p.closes_at, now(), current_date + 100 from papers p",
    )
    .execute(&mut *world.services.db.acquire().await.unwrap())
    .await
    .unwrap();
    world.grant(&sam, Role::Support).await;
    assert!(!is_open(&world, opened.token.as_str()).await, "no page of the role opens");
    let crashed = enter(&world).await;
    assert_eq!(crashed.needs, Some(Needs::SetUp));
    assert!(crashed.sits.is_some(), "it leads to the paper, also after a crash");
    let tokens = [opened.token, crashed.token];
    for token in &tokens {
        let (candidate, half) = match known_by(&world.services, token.as_str()).await.unwrap() {
            Some(Known::Sits(candidate, half)) => (candidate, half),
            other => panic!("{other:?}"),
        };
        assert_eq!((half.needs(), half.sits()), (Needs::SetUp, crashed.sits));
        let shown = candidate.signed_in();
        assert!(
            candidate.only_sits() && !shown.support && !shown.follows_cohorts && shown.administers.is_empty()
        );
        // Of news, only those of the paper.
        let follow = async |topic| may_follow(&world.services, &candidate, vec![topic]).await;
        assert!(follow(Topic::Sitting(crashed.sits.unwrap())).await.unwrap().is_some());
        assert!(matches!(follow(Topic::Progress(sam.person())).await, Err(Error::NotFound)));
    }
    // A long paper is longer than a session that signing in opens half.
    world.clock.advance(Duration::hours(10));
    for token in &tokens {
        assert!(half(&world, token.as_str()).await.sits().is_some());
    }
    let submitted = async |ago: &'static str| {
        let submit = "update sittings set submitted_at = now() - $1::text::interval, submitted_by = 'candidate', mark = 0";
        sqlx::query(submit).bind(ago).execute(&world.services.db).await.unwrap();
    };
    for (ago, receipt) in [("14 minutes", true), ("16 minutes", false)] {
        submitted(ago).await;
        for token in &tokens {
            let half = half(&world, token.as_str()).await;
            assert_eq!((half.needs(), half.sits().is_some()), (Needs::SetUp, receipt), "{ago}");
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn guessed_codes_wait_whatever_session_or_address_they_come_from(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    world.clock.advance(Duration::minutes(1));
    // The owner's laptop, which has signed in before.
    let device = come(&world, &code(&world, &new, 0)).await.unwrap().device;
    world.clock.advance(Duration::minutes(1));
    let wrong = FactorCode::Recovery("AAAAAAAAAAAAAAAA".to_owned());
    for n in 0..5_u8 {
        let address = Some(std::net::IpAddr::from([198, 51, 100, n]));
        let guess = come_on(&world, &wrong, Visitor { address, device: None }).await;
        assert_eq!(problem(guess), Problem::FactorCodeWrong, "{n}");
    }
    // The password is right each time, and ends no wait.
    assert_eq!(problem(come(&world, &code(&world, &new, 0)).await), Problem::FactorCodeWait { minutes: 1 });
    let laptop = Visitor { address: None, device: Some(&device) };
    come_on(&world, &code(&world, &new, 0), laptop).await.unwrap();
    world.clock.advance(Duration::seconds(31));
    come(&world, &code(&world, &new, 0)).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_role_needs_a_second_factor_where_it_is_required(db: PgPool) {
    let mut world = World::new(db);
    world.services.second_factor = SecondFactor::Required;
    let sam = world.person(SAM).await;
    let opened = enter(&world).await;
    assert_eq!(opened.needs, None, "a learner needs none");
    assert!(is_open(&world, opened.token.as_str()).await);

    // The session that is open has no more than a new one.
    world.grant(&sam, Role::Support).await;
    assert!(!is_open(&world, opened.token.as_str()).await);
    let opened = enter(&world).await;
    assert_eq!(opened.needs, Some(Needs::SetUp));
    let half = half(&world, opened.token.as_str()).await;
    let owner = half.owner().unwrap();
    assert!(second_factor_page(&world.services, owner).await.unwrap().required);
    let new = new_factor(&world, owner).await;
    let wrong = confirm(&world, owner, &code(&world, &new, 5)).await;
    assert_eq!(problem(wrong), Problem::FirstFactorCodeWrong);
    // None of the recovery codes that it shows is one yet.
    let recovery = FactorCode::parse(&new.recovery_codes[0]).unwrap();
    assert_eq!(problem(confirm(&world, owner, &recovery).await), Problem::FirstFactorCodeWrong);
    assert!(!Problem::FirstFactorCodeWrong.message().contains("recovery"));
    let confirmed = confirm(&world, owner, &code(&world, &new, 0)).await.unwrap().unwrap();
    let actor = actor_for(&world.services, confirmed.token.as_str()).await.unwrap().unwrap();
    world.clock.advance(Duration::minutes(1));
    let now = code(&world, &new, 0);
    let off =
        turn_off_second_factor(&world.services, &actor, &password(PASSWORD), &now, Visitor::default()).await;
    assert_eq!(problem(off), Problem::FactorRequired);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn setting_it_up_ends_the_other_sessions(db: PgPool) {
    let world = World::new(db);
    world.person(SAM).await;
    let other = enter(&world).await;
    with_factor(&world).await;
    assert!(known_by(&world.services, other.token.as_str()).await.unwrap().is_none());
}

/// A wrong code, without the work of signing in. Returns whether it was looked at.
async fn guess(world: &World, person: PersonId, from: Visitor<'_>) -> bool {
    let wrong = FactorCode::Recovery("AAAAAAAAAAAAAAAA".to_owned());
    let for_it = entering::For::TurningOff;
    let guessed = entering::take_code(&world.services, person, &wrong, from, "factor_code", for_it).await;
    match problem(guessed) {
        Problem::FactorCodeWrong => true,
        Problem::FactorCodeWait { .. } => false,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_an_accepted_code_makes_a_device_known_for_codes(db: PgPool) {
    let world = World::new(db);
    let sam = world.person(SAM).await.person();
    // Devices that the password has made known before, and the one on which it is set up.
    let mut known = Vec::new();
    for _ in 0..3 {
        known.push(enter(&world).await.device.unwrap());
    }
    let opened = enter(&world).await;
    let actor = actor_for(&world.services, opened.token.as_str()).await.unwrap().unwrap();
    let new = new_factor(&world, FactorOwner::from(&actor)).await;
    let entered = confirm(&world, FactorOwner::from(&actor), &code(&world, &new, 0)).await.unwrap().unwrap();
    // A link to choose a password makes another one known, for passwords.
    let mut db = world.services.begin().await.unwrap();
    known.push(devices::remember(&mut db, sam, None, world.services.clock.now()).await.unwrap());
    db.commit().await.unwrap();
    let mut looked_at = 0;
    for device in &known {
        for _ in 0..5 {
            let from = Visitor { address: None, device: Some(device) };
            looked_at += u32::from(guess(&world, sam, from).await);
        }
    }
    assert_eq!(looked_at, 5, "they all count together");
    // A new password does not shorten it, as the answer says.
    let mut db = world.services.begin().await.unwrap();
    guard::start_anew(&mut db, &EmailAddress::parse(SAM).unwrap()).await.unwrap();
    db.commit().await.unwrap();
    assert!(!guess(&world, sam, Visitor::default()).await);
    let said = Problem::FactorCodeWait { minutes: 1 }.message();
    assert!(said.contains("A link to choose a new password does not shorten it"), "{said}");
    // The owner's, where the code was accepted, does not wait for them.
    let own = Visitor { address: None, device: Some(&entered.device) };
    assert!(guess(&world, sam, own).await);
    world.clock.advance(Duration::minutes(1));
    come_on(&world, &code(&world, &new, 0), own).await.unwrap();

    // With another second factor, which the person has set up elsewhere, this device is like any other. The wrong codes from before mean
    // nothing for it.
    assert!(guess(&world, sam, own).await);
    end_lost(&world, "Lost").await.unwrap();
    with_factor(&world).await;
    let mut looked_at = 0;
    for from in [own, Visitor::default()].into_iter().cycle().take(8) {
        looked_at += u32::from(guess(&world, sam, from).await);
    }
    assert_eq!(looked_at, 5, "they count together");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_account_has_so_many_wrong_codes_a_day_and_the_owners_device_is_not_locked_out(db: PgPool) {
    let world = World::new(db);
    let (new, _) = with_factor(&world).await;
    let sam = world.person(SAM).await.person();
    world.clock.advance(Duration::minutes(1));
    let laptop = come(&world, &code(&world, &new, 0)).await.unwrap().device;
    let laptop = Visitor { address: None, device: Some(&laptop) };
    let mut looked_at = 0;
    for quarter in 1..=24 * 4 {
        world.clock.advance(Duration::minutes(15));
        looked_at += u32::from(guess(&world, sam, Visitor::default()).await);
        // The owner comes meanwhile, which does not start the day anew.
        if quarter % 12 == 0 {
            come_on(&world, &code(&world, &new, 0), laptop).await.unwrap();
        }
    }
    assert!((40..=30 + 24).contains(&looked_at), "{looked_at}");
    assert_eq!(mails(&world, "several wrong codes in a row").await, 1, "once a day");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_ends_a_lost_one_with_a_reason_and_the_person_is_told(db: PgPool) {
    let world = World::new(db);
    let (_, token) = with_factor(&world).await;
    for why in [" ", "Lost"] {
        assert!(matches!(problem(end_lost(&world, why).await), Problem::InWords { .. }), "{why}");
    }
    assert!(end_lost(&world, "Lost the phone, called back").await.unwrap());
    assert!(!end_lost(&world, "Called again").await.unwrap());
    assert!(known_by(&world.services, &token).await.unwrap().is_none(), "every session ends");
    assert_eq!(enter(&world).await.needs, None);
    let audited: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where action like '%second_factor%' order by at, id",
    )
    .fetch_all(&world.services.db)
    .await
    .unwrap();
    assert_eq!(audited, ["accounts.second_factor_set_up", "accounts.second_factor_ended"]);
    let reason: String = sqlx::query_scalar(
        "select detail->>'reason' from audit_events where action = 'accounts.second_factor_ended'",
    )
    .fetch_one(&world.services.db)
    .await
    .unwrap();
    assert_eq!(reason, "Lost the phone, called back");
    run_ready(&world.services).await.unwrap();
    assert!(world.letters().iter().any(|letter| letter.contains("Your second factor was ended")));
}
