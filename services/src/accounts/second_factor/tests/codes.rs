//! What a code opens, and that none counts twice.

use super::*;

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
