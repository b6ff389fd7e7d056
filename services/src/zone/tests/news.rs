//! P14: a decision is news for the applicant, and an application for the leads of its area. Nobody else hears of either.

use sqlx::{PgPool, postgres::PgListener};

use crate::{
    accounts::Actor,
    testing::{World, slug},
    zone::{
        joining::withdraw_application,
        leading::{applications_page, approve, refuse, remove},
        testing::{area, join, lead},
    },
};

/// The news until now, in the order of their texts.
async fn heard(world: &World, listener: &mut PgListener) -> Vec<String> {
    sqlx::query("select pg_notify('live', 'the end')").execute(&world.services.db).await.unwrap();
    let mut heard = Vec::new();
    loop {
        match listener.recv().await.unwrap().payload() {
            "the end" => break,
            news => heard.push(news.to_owned()),
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
