//! P2: who leaves an area, or the Zone, or closes the account, is gone from it at once.

use chrono::Duration;
use domain::zone::joining::Standing;
use sqlx::PgPool;

use crate::{
    Error,
    accounts::{Actor, withdraw_consent},
    testing::{World, slug},
    zone::{
        home::area_home,
        leading::{applications_page, refuse},
        leaving::{leave, leave_page, leave_zone, leave_zone_page},
        testing::{area, join, lead},
    },
};

async fn members(world: &World, sees: &Actor, area: &str) -> u32 {
    area_home(&world.services, sees, &slug(area)).await.unwrap().members
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_an_area_is_gone_from_it_at_once_and_stays_in_the_others(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let (north, south) = (area(&world, "north").await, area(&world, "south").await);
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    lead(&world, north, &ann).await;
    lead(&world, north, &ben).await;
    lead(&world, south, &ben).await;
    assert_eq!(leave_page(services, &ben, &slug("north")).await.unwrap().head.name, "north");
    assert!(matches!(leave_page(services, &ann, &slug("south")).await, Err(Error::NotFound)));
    // Pressed twice, it is done once.
    for _ in 0..2 {
        leave(services, &ben, &slug("north")).await.unwrap();
    }
    assert!(matches!(area_home(services, &ben, &slug("north")).await, Err(Error::NotFound)));
    assert_eq!(members(&world, &ann, "north").await, 1);
    assert_eq!(world.standing(&ben, "north").await, None);
    let home = area_home(services, &ben, &slug("south")).await.unwrap();
    assert!(home.head.lead, "the other role is theirs");
    for (action, times) in [("zone.left", 1), ("access.taken_back", 1)] {
        let events = format!("select count(*) from audit_events where action = '{action}'");
        assert_eq!(world.zone_number(&events).await, times, "{action}");
    }
    // Who leaves what they do not belong to changes nothing.
    leave(services, &ann, &slug("south")).await.unwrap();
    assert!(matches!(leave(services, &ann, &slug("nowhere")).await, Err(Error::NotFound)));
    assert_eq!(members(&world, &ben, "south").await, 1);
    // Coming back is a new application, without the role.
    assert_eq!(world.applies(&ben, "north").await.unwrap(), Standing::Waiting);
}

/// With a member go words of the area, which changes of its directory count one after the other.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_the_zone_waits_for_an_area_and_holds_no_later_one(db: PgPool) {
    let world = World::new(db.clone());
    let mut areas = [area(&world, "north").await, area(&world, "south").await];
    areas.sort_unstable_by_key(|area| area.0);
    let [first, later] = areas;
    let ann = world.learner("ann@a.example").await;
    join(&world, later, &ann).await;
    join(&world, first, &ann).await;
    let counted = |call: &str| {
        sqlx::AssertSqlSafe(format!("select {call}(hashtextextended($1::uuid::text, 20261202120000))"))
    };
    let mut held = world.services.begin().await.unwrap();
    sqlx::query(counted("pg_advisory_xact_lock")).bind(first.0).execute(&mut *held).await.unwrap();
    let looking = async {
        let mut waits = false;
        for _ in 0..2_000 {
            waits = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'advisory')",
            )
            .fetch_one(&db)
            .await
            .unwrap();
            if waits {
                break;
            }
        }
        let free = sqlx::query_scalar(counted("pg_try_advisory_xact_lock")).bind(later.0);
        let free: bool = free.fetch_one(&db).await.unwrap();
        held.rollback().await.unwrap();
        (waits, free)
    };
    let (left, looked) = tokio::join!(leave_zone(&world.services, &ann), looking);
    left.unwrap();
    assert_eq!(looked, (true, true), "it waits for the first, and the later one is free");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_the_zone_leaves_every_area_and_undoes_no_decision(db: PgPool) {
    let world = World::new(db);
    let services = &world.services;
    let mut areas = Vec::new();
    for name in ["east", "north", "south", "west"] {
        areas.push(area(&world, name).await);
    }
    let (ann, ben) = (world.learner("ann@a.example").await, world.learner("ben@b.example").await);
    for at in &areas {
        lead(&world, *at, &ann).await;
    }
    join(&world, areas[0], &ben).await;
    join(&world, areas[1], &ben).await;
    world.applies(&ben, "south").await.unwrap();
    world.applies(&ben, "west").await.unwrap();
    let page = applications_page(services, &ann, &slug("west"), None).await.unwrap();
    refuse(services, &ann, &slug("west"), page.waiting[0].member, "Not yet").await.unwrap();

    let page = leave_zone_page(services, &ben).await.unwrap();
    assert_eq!(page.member_of, ["east", "north"]);
    assert_eq!((page.applied_to, page.decided_against), (vec!["south".to_owned()], true));
    for _ in 0..2 {
        leave_zone(services, &ben).await.unwrap();
    }
    for (name, standing) in
        [("east", None), ("north", None), ("south", None), ("west", Some(Standing::Refused))]
    {
        assert_eq!(world.standing(&ben, name).await, standing, "{name}");
        assert_eq!(members(&world, &ann, name).await, 1, "{name}: the others stay");
    }
    let page = leave_zone_page(services, &ben).await.unwrap();
    assert!(page.member_of.is_empty() && page.applied_to.is_empty() && page.decided_against);
    for (action, times) in [("zone.left", 2), ("zone.application_withdrawn", 1)] {
        let events = format!("select count(*) from audit_events where action = '{action}'");
        assert_eq!(world.zone_number(&events).await, times, "{action}");
    }
    world.clock.advance(Duration::days(1));
    assert_eq!(world.applies(&ben, "west").await.unwrap(), Standing::Waiting, "they may ask again");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_closes_the_account_is_in_no_area_any_more_and_leads_none(db: PgPool) {
    let world = World::new(db);
    let north = area(&world, "north").await;
    let (ann, ben) = (world.learner("ann@a.example").await, world.person("ben@b.example").await);
    lead(&world, north, &ann).await;
    lead(&world, north, &ben).await;
    withdraw_consent(&world.services, &ben).await.unwrap();
    assert_eq!(members(&world, &ann, "north").await, 1);
    assert_eq!(world.standing(&ben, "north").await, None);
    let roles = "select count(*) from grants where role = 'zone-lead'";
    assert_eq!(world.zone_number(roles).await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_account_that_goes_takes_its_memberships_and_applications_along(db: PgPool) {
    let world = World::new(db.clone());
    let (north, _) = (area(&world, "north").await, area(&world, "south").await);
    let ben = world.learner("ben@b.example").await;
    join(&world, north, &ben).await;
    world.applies(&ben, "south").await.unwrap();
    sqlx::query("delete from people where id = $1").bind(ben.person().0).execute(&db).await.unwrap();
    for table in ["zone_members", "zone_profiles"] {
        assert_eq!(world.zone_number(&format!("select count(*) from {table}")).await, 0, "{table}");
    }
}
