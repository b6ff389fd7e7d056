//! P14: where the last lead of an area is gone, nobody decides who joins it. Support is told, and so is who leaves and who applies.

use domain::{access::Role, accounts::EmailAddress, support::FindQuery};
use sqlx::PgPool;

use crate::{
    accounts::{Actor, withdraw_consent},
    support::{find_people, take_back_by_command_line},
    testing::{World, slug},
    zone::{
        joining::join_page,
        leading::remove,
        leaving::{leave, leave_page, leave_zone, leave_zone_page},
        testing::{area, join, lead},
    },
};

const LOST: &str = "north has lost its last lead";
const WAITS: &str = "Somebody asks to join north, which has no lead";

async fn support(world: &World) -> Actor {
    let support = world.learner("help@coop.example").await;
    world.grant(&support, Role::Support).await;
    support
}

/// The areas that the page of support lists.
async fn listed(world: &World, support: &Actor) -> Vec<String> {
    find_people(&world.services, support, &FindQuery::default()).await.unwrap().without_lead
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_last_lead_reads_it_before_leaving_and_support_is_told_once(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, abe) = (world.learner("ann@a.example").await, world.learner("abe@a.example").await);
    let (ben, help) = (world.learner("ben@b.example").await, support(&world).await);
    for who in [&ann, &abe] {
        lead(&world, north, who).await;
    }
    lead(&world, south, &abe).await;
    join(&world, north, &ben).await;
    let alone = async |who: &Actor| leave_page(services, who, &slug("north")).await.unwrap().leads_alone;
    assert!(!alone(&ann).await && !alone(&ben).await, "two lead it");
    assert_eq!(leave_zone_page(services, &abe).await.unwrap().leads_alone, ["south"]);
    leave(services, &ann, &slug("north")).await.unwrap();
    assert_eq!(world.told(LOST).await, 0, "somebody leads it still");
    assert!(listed(&world, &help).await.is_empty());

    assert!(alone(&abe).await);
    assert!(!alone(&ben).await, "a member who does not lead it takes nothing away");
    assert_eq!(leave_zone_page(services, &abe).await.unwrap().leads_alone, ["north", "south"]);
    assert!(leave_zone_page(services, &ben).await.unwrap().leads_alone.is_empty());
    for _ in 0..2 {
        leave(services, &abe, &slug("north")).await.unwrap();
    }
    assert_eq!(world.told(LOST).await, 1);
    assert_eq!(listed(&world, &help).await, ["north"]);
    leave_zone(services, &abe).await.unwrap();
    assert_eq!(world.told("south has lost its last lead").await, 1);
    assert_eq!(listed(&world, &help).await, ["north", "south"]);
    // What a member has and does is not in it.
    for letter in world.letters().iter().filter(|letter| letter.contains(LOST)) {
        assert!(!["ann", "abe", "ben"].iter().any(|name| letter.contains(&format!("{name}@"))), "{letter}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn whoever_takes_the_last_lead_away_support_is_told(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let north = area(&world, "north").await;
    let help = support(&world).await;
    // The account is closed.
    let ann = world.person("ann@a.example").await;
    lead(&world, north, &ann).await;
    withdraw_consent(services, &ann).await.unwrap();
    assert_eq!(world.told(LOST).await, 1, "an account that is closed");
    // The role is taken back at the command line.
    let ben = world.learner("ben@b.example").await;
    lead(&world, north, &ben).await;
    assert!(listed(&world, &help).await.is_empty());
    let (email, role) = (EmailAddress::parse("ben@b.example").unwrap(), format!("zone-lead/{north}"));
    for taken in [true, false] {
        let back = take_back_by_command_line(services, &email, &role, "The term is over", "Zoë").await;
        assert_eq!(back.unwrap(), taken);
    }
    assert_eq!(world.told(LOST).await, 2, "a role that is taken back");
    assert_eq!(listed(&world, &help).await, ["north"]);
    // A lead who ends the membership of another leads the area still.
    let (cat, dan) = (world.learner("cat@c.example").await, world.learner("dan@d.example").await);
    lead(&world, north, &cat).await;
    let member = lead(&world, north, &dan).await;
    remove(services, &cat, &slug("north"), member, "You asked us to").await.unwrap();
    assert_eq!(world.told(LOST).await, 2);
    assert!(listed(&world, &help).await.is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn of_two_last_leads_who_leave_at_the_same_moment_support_is_told_of_the_second(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let north = area(&world, "north").await;
    let (ann, abe) = (world.learner("ann@a.example").await, world.learner("abe@a.example").await);
    for who in [&ann, &abe] {
        lead(&world, north, who).await;
    }
    support(&world).await;
    let at = slug("north");
    let (one, other) = tokio::join!(leave(services, &ann, &at), leave(services, &abe, &at));
    one.unwrap();
    other.unwrap();
    assert_eq!(world.told(LOST).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_applies_where_nobody_leads_reads_so_and_support_is_told_once_a_day(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let north = area(&world, "north").await;
    support(&world).await;
    let leaderless = async || join_page(services, None, &slug("north")).await.unwrap().area.leaderless;
    assert!(leaderless().await);
    for address in ["ben@b.example", "cat@c.example"] {
        let applicant = world.learner(address).await;
        world.applies(&applicant, "north").await.unwrap();
    }
    assert_eq!(world.told(WAITS).await, 1);
    world.clock.advance(chrono::Duration::days(1));
    let dan = world.learner("dan@d.example").await;
    world.applies(&dan, "north").await.unwrap();
    assert_eq!(world.told(WAITS).await, 2);
    let ann = world.learner("ann@a.example").await;
    lead(&world, north, &ann).await;
    assert!(!leaderless().await);
    world.clock.advance(chrono::Duration::days(1));
    let eve = world.learner("eve@e.example").await;
    world.applies(&eve, "north").await.unwrap();
    assert_eq!(world.told(WAITS).await, 2, "a lead decides");
}
