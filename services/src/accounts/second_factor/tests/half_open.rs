//! Sessions that are half open: how many there are, how long they last, and what they show.

use super::*;

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
        assert!(candidate.only_sits() && !shown.support && !shown.follows_cohorts);
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
