//! Guessed codes: who waits for them, and who does not.

use super::*;

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
    end_lost(&world, "The telephone is lost").await.unwrap();
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
