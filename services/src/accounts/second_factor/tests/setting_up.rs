//! Setting a second factor up, moving it to another phone, and ending it.

use super::*;

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
