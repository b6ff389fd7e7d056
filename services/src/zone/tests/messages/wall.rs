//! The second wall. The role of the tests is a superuser, whom it does not stop: here a role asks that owns nothing.

use domain::zone::messages::ReportSaid;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::*;
use crate::zone::messages::{NewReport, block, report};

/// Until the transaction ends, its statements are those of a role that owns nothing. The role goes with the transaction.
async fn as_nobody_special(place: &Place) -> Transaction<'static, Postgres> {
    let mut db = place.world.services.begin().await.unwrap();
    let role = format!("plain_{}", Uuid::now_v7().simple());
    let become_it = format!(
        "create role {role}; grant select, insert, update, delete on all tables in schema public to {role}; set local role {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(become_it)).execute(&mut *db).await.unwrap();
    db
}

async fn seen(db: &mut PgConnection) -> [i64; 5] {
    let mut found = [0; 5];
    let tables = ["zone_messages", "zone_sendings", "zone_blocks", "zone_stops", "zone_reports"];
    for (table, found) in tables.into_iter().zip(&mut found) {
        let count = AssertSqlSafe(format!("select count(*) from {table}"));
        *found = sqlx::query_scalar(count).fetch_one(&mut *db).await.unwrap();
    }
    found
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_database_shows_messages_to_the_two_and_a_reported_one_to_the_leads(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    let south = area(&place.world, "south").await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    lead(&place.world, south, &cat).await;
    join(&place.world, south, &place.ann).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    block(services, &place.ben, &slug("north"), place.in_ann).await.unwrap();
    place.sends(&place.ann, place.in_ben, "Kept back").await.unwrap();

    let mut db = as_nobody_special(&place).await;
    assert_eq!(seen(&mut db).await, [0; 5], "before anybody is found to be a member");
    for (actor, of, expected) in [
        // Of the two messages Ben sees the one that reached him. Both know of the block, of which no page tells Ann.
        (&place.ann, "north", [2, 2, 1, 0, 0]),
        (&place.ben, "north", [1, 0, 1, 0, 0]),
        (&place.lead, "north", [0, 0, 0, 0, 0]),
        (&place.ann, "south", [0, 2, 0, 0, 0]),
        (&cat, "south", [0, 0, 0, 0, 0]),
    ] {
        actor.member_of(&mut db, &slug(of)).await.unwrap();
        assert_eq!(seen(&mut db).await, expected, "{of}");
    }
    db.rollback().await.unwrap();

    let message = NewReport::Message(place.rows(&place.ben).await[0].id);
    let said = ReportSaid::parse("unkind", "").unwrap();
    report(services, &place.ben, &slug("north"), message, &said).await.unwrap();
    let mut db = as_nobody_special(&place).await;
    for (actor, of, expected) in [
        (&place.lead, "north", [1, 0, 0, 0, 1]),
        (&place.ben, "north", [1, 0, 1, 0, 1]),
        (&place.ann, "north", [2, 2, 1, 0, 0]),
        (&cat, "south", [0, 0, 0, 0, 0]),
    ] {
        actor.member_of(&mut db, &slug(of)).await.unwrap();
        assert_eq!(seen(&mut db).await, expected, "{of}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_database_takes_nothing_in_the_name_of_another(db: PgPool) {
    let place = place(db).await;
    let write = "insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
        values (gen_random_uuid(), $1, $2, $3, 'Hello', false, false, now())";
    let block = "insert into zone_blocks (area_id, by_member, blocked_person, made_at)
        select $1, $2, person_id, now() from zone_members where id = $3";
    let report = "insert into zone_reports (id, area_id, by_member, of_member, kind, made_at)
        values (gen_random_uuid(), $1, $2, $3, 'unkind', now())";
    for statement in [write, block, report] {
        for (from, to, taken) in [(place.in_ann, place.in_ben, true), (place.in_ben, place.in_ann, false)] {
            let mut db = as_nobody_special(&place).await;
            place.ann.member_of(&mut db, &slug("north")).await.unwrap();
            let done =
                sqlx::query(statement).bind(place.north.0).bind(from.0).bind(to.0).execute(&mut *db).await;
            assert_eq!(done.is_ok(), taken, "{statement}: {done:?}");
        }
    }
}

/// A message of another area names no member of this one.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_message_crosses_areas(db: PgPool) {
    let place = place(db).await;
    let south = area(&place.world, "south").await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    let in_cat = join(&place.world, south, &cat).await;
    for (in_area, from, to) in [(place.north, place.in_ann, in_cat), (south, place.in_ann, in_cat)] {
        let crossing = sqlx::query(
            "insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
            values (gen_random_uuid(), $1, $2, $3, 'Hello', false, false, now())",
        );
        let error = crossing.bind(in_area.0).bind(from.0).bind(to.0).execute(&place.db).await.unwrap_err();
        assert!(error.as_database_error().unwrap().is_foreign_key_violation(), "{error}");
    }
}

/// A lead who could report any message would read it.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_database_takes_a_report_of_a_message_from_who_got_it_alone(db: PgPool) {
    let place = place(db).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    let message: Uuid =
        sqlx::query_scalar("select id from zone_messages").fetch_one(&place.db).await.unwrap();
    for (actor, by, taken) in [
        (&place.lead, place.in_lead, false),
        (&place.ann, place.in_ann, false),
        (&place.ben, place.in_ben, true),
    ] {
        let mut db = as_nobody_special(&place).await;
        actor.member_of(&mut db, &slug("north")).await.unwrap();
        let reports = sqlx::query(
            "insert into zone_reports (id, area_id, message_id, by_member, kind, made_at)
            values (gen_random_uuid(), $1, $2, $3, 'unkind', now())",
        );
        let done = reports.bind(place.north.0).bind(message).bind(by.0).execute(&mut *db).await;
        assert_eq!(done.is_ok(), taken, "{done:?}");
    }
}
