use domain::{
    FormToken,
    zone::{
        MemberId,
        resources::{Contact, ContactAct, ContactId},
    },
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Error, Result,
    accounts::Actor,
    testing::{World, slug},
    zone::{
        contacts::{
            ContactSaid, add_service, change_contact, contacts_page, move_contact, pin_member, remove_contact,
        },
        testing::{area, join, lead},
    },
};

fn service(name: &str) -> ContactSaid {
    ContactSaid {
        name: name.into(),
        purpose: "Questions about doses".into(),
        telephone: "01234 567890".into(),
        ..ContactSaid::default()
    }
}

async fn add(world: &World, actor: &Actor, said: &ContactSaid) -> Result<()> {
    add_service(&world.services, actor, &slug("north"), said, Some(FormToken(Uuid::now_v7()))).await
}

/// The address of a member's page, as somebody pastes it.
fn page_of(member: MemberId) -> String {
    format!("https://learning.example/zone/north/members/{member}?from=directory")
}

async fn contacts(world: &World, actor: &Actor) -> Vec<Contact> {
    contacts_page(&world.services, actor, &slug("north")).await.unwrap().contacts
}

async fn names(world: &World, actor: &Actor) -> Vec<String> {
    contacts(world, actor).await.into_iter().map(|contact| contact.name).collect()
}

fn fields(refused: Result<()>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn leads_pin_services_and_members_and_every_member_of_the_area_finds_them(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben, cat) = (
        world.learner("ann@north.example").await,
        world.learner("ben@north.example").await,
        world.learner("cat@south.example").await,
    );
    let in_north = join(&world, north, &ann).await;
    lead(&world, north, &ben).await;
    lead(&world, south, &cat).await;
    add(&world, &ben, &service("Medicines advice")).await.unwrap();
    pin_member(&world.services, &ben, &slug("north"), &page_of(in_north), "Anything about wards")
        .await
        .unwrap();
    // Twice is once.
    pin_member(&world.services, &ben, &slug("north"), &page_of(in_north), "Anything about wards")
        .await
        .unwrap();
    // What else is said of somebody who is pinned is not lost without a word.
    let other = pin_member(&world.services, &ben, &slug("north"), &page_of(in_north), "Clinics").await;
    assert_eq!(fields(other), ["member-pin"]);
    assert_eq!(names(&world, &ann).await, ["Medicines advice", "ann@north.example"]);
    let shown = contacts(&world, &ann).await;
    assert_eq!((shown[0].member, shown[1].member), (None, Some(in_north)));

    // Nobody else changes them, and nobody outside sees them.
    for outside in [&ann, &cat] {
        let refused = add(&world, outside, &service("Mine")).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        for done in [
            remove_contact(&world.services, outside, &slug("north"), shown[0].id).await,
            change_contact(&world.services, outside, &slug("north"), shown[0].id, &service("Mine")).await,
            move_contact(&world.services, outside, &slug("north"), shown[0].id, ContactAct::Down, 0).await,
            pin_member(&world.services, outside, &slug("north"), &page_of(in_north), "x").await,
        ] {
            assert!(matches!(done, Err(Error::NotFound)), "{done:?}");
        }
    }
    let closed = contacts_page(&world.services, &cat, &slug("north")).await;
    assert!(matches!(closed, Err(Error::NotFound)));
    // A lead of another area does not reach them by their ids either.
    let elsewhere =
        change_contact(&world.services, &cat, &slug("south"), shown[0].id, &service("Mine")).await;
    assert!(matches!(elsewhere, Err(Error::NotFound)));
    remove_contact(&world.services, &cat, &slug("south"), shown[0].id).await.unwrap();
    assert_eq!(names(&world, &ann).await, ["Medicines advice", "ann@north.example"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_pinned_member_who_is_none_any_more_is_gone_from_the_contacts(db: PgPool) {
    let world = World::new(db.clone());
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@north.example").await, world.learner("ben@north.example").await);
    let in_north = join(&world, north, &ann).await;
    lead(&world, north, &ben).await;
    pin_member(&world.services, &ben, &slug("north"), &page_of(in_north), "Anything about wards")
        .await
        .unwrap();
    assert_eq!(names(&world, &ben).await, ["ann@north.example"]);
    sqlx::query("delete from zone_profiles where member_id = $1")
        .bind(in_north.0)
        .execute(&db)
        .await
        .unwrap();
    assert!(names(&world, &ben).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn contacts_stand_in_the_order_that_leads_set(db: PgPool) {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let ben = world.learner("ben@north.example").await;
    lead(&world, north, &ben).await;
    for name in ["One", "Two", "Three"] {
        add(&world, &ben, &service(name)).await.unwrap();
    }
    let three = contacts(&world, &ben).await[2].id;
    let turn = async |act, at| {
        move_contact(&world.services, &ben, &slug("north"), three, act, at).await.unwrap();
        names(&world, &ben).await
    };
    assert_eq!(turn(ContactAct::Up, 2).await, ["One", "Three", "Two"]);
    // The same page sends it again: it moves once.
    assert_eq!(turn(ContactAct::Up, 2).await, ["One", "Three", "Two"]);
    assert_eq!(turn(ContactAct::Up, 1).await, ["Three", "One", "Two"]);
    assert_eq!(turn(ContactAct::Up, 0).await, ["Three", "One", "Two"]);
    assert_eq!(turn(ContactAct::Down, 0).await, ["One", "Three", "Two"]);
    assert_eq!(turn(ContactAct::Down, usize::MAX).await, ["One", "Three", "Two"]);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_service_is_changed_and_removed_and_every_problem_is_beside_its_field(db: PgPool) {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let ben = world.learner("ben@north.example").await;
    lead(&world, north, &ben).await;
    let wrong = ContactSaid {
        email: "nobody".into(),
        web: "http://north.example".into(),
        hours: "x".repeat(201),
        ..ContactSaid::default()
    };
    let refused = add(&world, &ben, &wrong).await;
    assert_eq!(fields(refused), ["name-new", "purpose-new", "email-new", "web-new", "hours-new"]);
    // There is a way to reach it.
    let silent = ContactSaid { telephone: String::new(), ..service("Advice") };
    assert_eq!(fields(add(&world, &ben, &silent).await), ["telephone-new"]);

    let token = Some(FormToken(Uuid::now_v7()));
    for _ in 0..2 {
        add_service(&world.services, &ben, &slug("north"), &service("Advice"), token).await.unwrap();
    }
    let shown = contacts(&world, &ben).await;
    assert_eq!(shown.len(), 1);
    let id = shown[0].id;
    // Whoever goes back and changes one field of it sends another form.
    for other in [
        ContactSaid { telephone: "01234 567891".into(), ..service("Advice") },
        ContactSaid { email: "advice@north.example".into(), ..service("Advice") },
        ContactSaid { web: "https://north.example".into(), ..service("Advice") },
        ContactSaid { hours: "Mondays".into(), ..service("Advice") },
    ] {
        add_service(&world.services, &ben, &slug("north"), &other, token).await.unwrap();
    }
    let others = contacts(&world, &ben).await;
    assert_eq!(others.len(), 5);
    for other in &others[1..] {
        remove_contact(&world.services, &ben, &slug("north"), other.id).await.unwrap();
    }
    let better = ContactSaid { web: "https://www.north.example/help".into(), ..service("Better advice") };
    change_contact(&world.services, &ben, &slug("north"), id, &better).await.unwrap();
    let shown = contacts(&world, &ben).await;
    assert_eq!(shown[0].name, "Better advice");
    assert_eq!(shown[0].web.as_ref().unwrap().host, "north.example");
    let refused = change_contact(&world.services, &ben, &slug("north"), id, &ContactSaid::default()).await;
    assert_eq!(fields(refused), [format!("name-{id}"), format!("purpose-{id}"), format!("telephone-{id}")]);
    for _ in 0..2 {
        remove_contact(&world.services, &ben, &slug("north"), id).await.unwrap();
    }
    assert!(names(&world, &ben).await.is_empty());
    let gone = change_contact(&world.services, &ben, &slug("north"), ContactId(Uuid::nil()), &better).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_members_of_the_area_are_pinned(db: PgPool) {
    let world = World::new(db);
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ben, cat) = (world.learner("ben@north.example").await, world.learner("cat@south.example").await);
    lead(&world, north, &ben).await;
    let in_south = join(&world, south, &cat).await;
    for nobody in ["", "cat@south.example", "ben", &page_of(in_south), &page_of(MemberId(Uuid::nil()))] {
        let refused = pin_member(&world.services, &ben, &slug("north"), nobody, "Anything").await;
        assert_eq!(fields(refused), ["member-pin"], "{nobody}");
    }
    assert!(names(&world, &ben).await.is_empty());
    // By name, in any case.
    pin_member(&world.services, &ben, &slug("north"), " BEN@north.example", "Anything").await.unwrap();
    assert_eq!(names(&world, &ben).await, ["ben@north.example"]);
}
