//! The second factor over a database.

mod codes;
mod guessing;
mod half_open;
mod setting_up;
mod turned_off;

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

/// At a network of its own.
fn network(n: u8) -> Visitor<'static> {
    Visitor { address: Some(std::net::IpAddr::from([203, 0, 113, n])), device: None }
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
