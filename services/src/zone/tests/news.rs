//! P14: a decision is news for the applicant, an application for the leads of its area, and that somebody has left for its members. Nobody else
//! hears of any.

use domain::{kit::live::Topic, zone::AreaId};
use sqlx::{PgPool, postgres::PgListener};
use uuid::Uuid;

use crate::{
    Error,
    accounts::{Actor, withdraw_consent},
    testing::{World, slug},
    zone::{
        joining::withdraw_application,
        leading::{applications_page, approve, refuse, remove},
        leaving::leave,
        testing::{area, join, lead},
    },
};

/// The news of people until now, in the order of their texts.
async fn heard(world: &World, listener: &mut PgListener) -> Vec<String> {
    heard_of("zone:", world, listener).await
}

async fn heard_of(kind: &str, world: &World, listener: &mut PgListener) -> Vec<String> {
    sqlx::query("select pg_notify('live', 'the end')").execute(&world.services.db).await.unwrap();
    let mut heard = Vec::new();
    loop {
        match listener.recv().await.unwrap().payload() {
            "the end" => break,
            news if news.starts_with(kind) => heard.push(news.to_owned()),
            _ => {}
        }
    }
    heard.sort();
    heard
}

fn told(people: &[&Actor]) -> Vec<String> {
    let mut told: Vec<_> = people.iter().map(|actor| format!("zone:{}", actor.person())).collect();
    told.sort();
    told
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn applicant_and_leads_of_the_area_hear_of_an_application_and_nobody_else(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, abe, ben) = (
        world.learner("ann@a.example").await,
        world.learner("abe@a.example").await,
        world.learner("ben@b.example").await,
    );
    lead(&world, north, &ann).await;
    lead(&world, north, &abe).await;
    // A member of the area, who leads another one.
    let member = world.learner("member@a.example").await;
    join(&world, north, &member).await;
    lead(&world, south, &member).await;
    let mut listener = PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let applied =
        async || applications_page(services, &ann, &slug("north"), None).await.unwrap().waiting[0].member;

    world.applies(&ben, "north").await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[&ann, &abe, &ben]), "applied");
    withdraw_application(services, &ben, &slug("north")).await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[&ann, &abe, &ben]), "taken back");
    // Pressed again, nothing has changed.
    withdraw_application(services, &ben, &slug("north")).await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[]), "taken back already");

    let cat = world.learner("cat@c.example").await;
    world.applies(&cat, "north").await.unwrap();
    heard(&world, &mut listener).await;
    refuse(services, &ann, &slug("north"), applied().await, "Not from here").await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[&ann, &abe, &cat]), "refused");

    let dan = world.learner("dan@d.example").await;
    world.applies(&dan, "north").await.unwrap();
    heard(&world, &mut listener).await;
    let of_dan = applied().await;
    approve(services, &ann, &slug("north"), of_dan).await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[&ann, &abe, &dan]), "let in");
    // Who waits is the same as before.
    remove(services, &ann, &slug("north"), of_dan, "You asked us to").await.unwrap();
    assert_eq!(heard(&world, &mut listener).await, told(&[&dan]), "removed");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_open_pages_of_an_area_hear_that_somebody_has_left_it_however_that_came(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let ann = world.learner("ann@a.example").await;
    lead(&world, north, &ann).await;
    lead(&world, south, &ann).await;
    let (ben, cat, dan) = (
        world.learner("ben@b.example").await,
        world.learner("cat@c.example").await,
        world.person("dan@d.example").await,
    );
    join(&world, north, &ben).await;
    let of_cat = join(&world, north, &cat).await;
    join(&world, north, &dan).await;
    let mut listener = PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    let told = [format!("area:{north}")];

    let eve = world.learner("eve@e.example").await;
    world.applies(&eve, "north").await.unwrap();
    let waits = applications_page(services, &ann, &slug("north"), None).await.unwrap().waiting;
    approve(services, &ann, &slug("north"), waits[0].member).await.unwrap();
    assert!(heard_of("area:", &world, &mut listener).await.is_empty(), "nobody has left");
    leave(services, &ben, &slug("north")).await.unwrap();
    assert_eq!(heard_of("area:", &world, &mut listener).await, told, "left");
    remove(services, &ann, &slug("north"), of_cat, "You asked us to").await.unwrap();
    assert_eq!(heard_of("area:", &world, &mut listener).await, told, "removed");
    withdraw_consent(services, &dan).await.unwrap();
    assert_eq!(heard_of("area:", &world, &mut listener).await, told, "without an account");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_members_of_an_area_follow_who_leaves_it(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    join(&world, south, &ben).await;
    let stranger = world.learner("cat@c.example").await;
    world.applies(&stranger, "north").await.unwrap();
    let mut db = services.db.acquire().await.unwrap();
    let mut follows =
        async |who: &Actor, area: AreaId| match who.may_hear_of(&mut db, Topic::Area(area)).await {
            Ok(()) => true,
            Err(Error::NotFound) => false,
            Err(error) => panic!("{error}"),
        };
    assert!(follows(&ann, north).await && follows(&ben, south).await);
    for (who, area) in [(&ben, north), (&ann, south), (&stranger, north), (&ann, AreaId(Uuid::nil()))] {
        assert!(!follows(who, area).await);
    }
    leave(services, &ann, &slug("north")).await.unwrap();
    assert!(!follows(&ann, north).await, "who has left");
}

/// What an open stream hears is not asked for again with each piece of news, so it ends with the membership.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_streams_of_who_leaves_end(db: PgPool) {
    let world = World::new(db.clone());
    let services = &world.services;
    let north = area(&world, "north").await;
    let ben = world.learner("ben@b.example").await;
    join(&world, north, &ben).await;
    let session: Uuid = sqlx::query_scalar(
        "insert into sessions (id, person_id, token_hash, device, created_at, last_used_at, ends_at)
        values (gen_random_uuid(), $1, sha256('x'), 'Firefox', now(), now(), now() + interval '1 day') returning id",
    )
    .bind(ben.person().0)
    .fetch_one(&db)
    .await
    .unwrap();
    let mut listener = PgListener::connect_with(&services.db).await.unwrap();
    listener.listen("live").await.unwrap();
    leave(services, &ben, &slug("north")).await.unwrap();
    assert_eq!(heard_of("session:", &world, &mut listener).await, [format!("session:{session}")]);
}
