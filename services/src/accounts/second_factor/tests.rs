//! The second factor over a database: what it opens, and that no code counts twice.

use chrono::Duration;
use domain::{
    Problem,
    access::Role,
    accounts::{EmailAddress, FactorCode, FactorState, NewFactor, Password},
};
use sqlx::PgPool;

use super::*;
use crate::{
    Error,
    accounts::{Opened, SignIn, Visitor, actor_for, known_by, sign_in},
    kit::jobs::run_ready,
    testing::{PASSWORD, World},
};

const SAM: &str = "sam@uni.example";

async fn enter(world: &World) -> Opened {
    let form = SignIn {
        email: EmailAddress::parse(SAM).unwrap(),
        password: password(PASSWORD),
        remember: false,
        user_agent: "Firefox",
        from: Visitor::default(),
        presented: None,
    };
    sign_in(&world.services, form).await.unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn half(world: &World, token: &str) -> HalfOpen {
    match known_by(&world.services, token).await.unwrap() {
        Some(Known::HalfOpen(half)) => half,
        other => panic!("{other:?}"),
    }
}

async fn is_open(world: &World, token: &str) -> bool {
    actor_for(&world.services, token).await.unwrap().is_some()
}

async fn new_factor(world: &World, owner: FactorOwner) -> NewFactor {
    start_second_factor(&world.services, owner).await.unwrap();
    match second_factor_page(&world.services, owner).await.unwrap().state {
        FactorState::Starting(new) => new,
        other => panic!("{other:?}"),
    }
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
    let confirmed =
        confirm_second_factor(&world.services, FactorOwner::from(&actor), &code(world, &new, 0)).await;
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
    assert_eq!(problem(come(&world, &codes[0]).await), Problem::FactorCodeWrong);
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    assert_eq!(
        problem(new_recovery_codes(&world.services, &actor, &password("wrong")).await),
        Problem::CurrentPasswordWrong
    );
    let shown =
        async || match second_factor_page(&world.services, FactorOwner::from(&actor)).await.unwrap().state {
            FactorState::On(on) => (on.codes_left, on.new_codes),
            other => panic!("{other:?}"),
        };
    assert_eq!(shown().await, (9, Vec::new()), "they are shown once");
    new_recovery_codes(&world.services, &actor, &password(PASSWORD)).await.unwrap();
    let (_, fresh) = shown().await;
    assert_eq!(fresh.len(), 10);
    come(&world, &codes[1]).await.unwrap();
    keep_recovery_codes(&world.services, &actor).await.unwrap();
    assert_eq!(shown().await, (10, Vec::new()));
    assert_eq!(problem(come(&world, &codes[2]).await), Problem::FactorCodeWrong);
    come(&world, &FactorCode::parse(&fresh[0]).unwrap()).await.unwrap();
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
    let wrong = confirm_second_factor(&world.services, owner, &code(&world, &new, 5)).await;
    assert_eq!(problem(wrong), Problem::FactorCodeWrong);
    let confirmed =
        confirm_second_factor(&world.services, owner, &code(&world, &new, 0)).await.unwrap().unwrap();
    let actor = actor_for(&world.services, confirmed.token.as_str()).await.unwrap().unwrap();
    let off = turn_off_second_factor(&world.services, &actor, &password(PASSWORD)).await;
    assert_eq!(problem(off), Problem::FactorRequired);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn setting_it_up_ends_the_other_sessions_and_a_learner_turns_it_off_with_the_password(db: PgPool) {
    let world = World::new(db);
    world.person(SAM).await;
    let other = enter(&world).await;
    let (_, token) = with_factor(&world).await;
    assert!(known_by(&world.services, other.token.as_str()).await.unwrap().is_none());
    let actor = actor_for(&world.services, &token).await.unwrap().unwrap();
    let refused = turn_off_second_factor(&world.services, &actor, &password("wrong")).await;
    assert_eq!(problem(refused), Problem::CurrentPasswordWrong);
    turn_off_second_factor(&world.services, &actor, &password(PASSWORD)).await.unwrap();
    assert_eq!(enter(&world).await.needs, None);
    run_ready(&world.services).await.unwrap();
    assert!(world.letters().iter().any(|letter| letter.contains("Your second factor is off")));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn support_ends_a_lost_one_with_a_reason_and_the_person_is_told(db: PgPool) {
    let world = World::new(db);
    let (_, token) = with_factor(&world).await;
    let email = EmailAddress::parse(SAM).unwrap();
    assert_eq!(problem(end_second_factor(&world.services, &email, " ").await), Problem::ReasonMissing);
    assert!(end_second_factor(&world.services, &email, "Lost the phone, called back").await.unwrap());
    assert!(!end_second_factor(&world.services, &email, "Again").await.unwrap());
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
