use chrono::Duration;
use domain::zone::messages::ReportSaid;

use super::*;
use crate::zone::messages::{NewReport, close_report, forget_old_messages, report, reports_page};

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_leaves_is_a_former_member_in_what_they_wrote_and_reported(db: PgPool) {
    let place = place(db).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    place.sends(&place.ben, place.in_ann, "Yes?").await.unwrap();
    let said = ReportSaid::parse("unkind", "").unwrap();
    let got = place.rows(&place.ben).await.into_iter().find(|row| row.received).unwrap();
    report(&place.world.services, &place.ben, &slug("north"), NewReport::Message(got.id), &said)
        .await
        .unwrap();
    sqlx::query("delete from zone_members where id = $1")
        .bind(place.in_ann.0)
        .execute(&place.db)
        .await
        .unwrap();
    let rows = place.rows(&place.ben).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.other.is_none()));
    assert_eq!(rows.iter().filter(|row| row.received).count(), 1);
    let seen = reports_page(&place.world.services, &place.lead, &slug("north")).await.unwrap().reports;
    assert_eq!((seen[0].of.is_none(), seen[0].message.as_ref().unwrap().0.as_str()), (true, "Hello"));
    for table in ["zone_messages", "zone_reports", "zone_stops", "zone_blocks"] {
        let of_ann = sqlx::AssertSqlSafe(format!(
            "select count(*) from {table} t where t::text like '%' || $1 || '%' or t::text like '%' || $2 || '%'"
        ));
        let left: i64 = sqlx::query_scalar(of_ann)
            .bind(place.in_ann.0.to_string())
            .bind(place.ann.person().0.to_string())
            .fetch_one(&place.db)
            .await
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_is_a_year_old_is_removed_in_portions_and_what_an_open_report_needs_stays(db: PgPool) {
    let place = place(db).await;
    let services = &place.world.services;
    sqlx::query(
        "insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
        select gen_random_uuid(), $1, $2, $3, 'Long ago', false, false, timestamptz '2025-01-01' from generate_series(1, 1001)",
    )
    .bind(place.north.0)
    .bind(place.in_ben.0)
    .bind(place.in_ann.0)
    .execute(&place.db)
    .await
    .unwrap();
    place.sends(&place.ann, place.in_ben, "Reported").await.unwrap();
    let reported = place.rows(&place.ben).await[0].id;
    let said = ReportSaid::parse("unkind", "").unwrap();
    report(services, &place.ben, &slug("north"), NewReport::Message(reported), &said).await.unwrap();
    crate::testing::watch_removals(&place.db, &["zone_messages"]).await;
    assert_eq!(forget_old_messages(services).await.unwrap(), 1001);
    assert_eq!(crate::testing::removals(&place.db, "zone_messages").await, (500, 1001));

    // The one count of a message sent is older than a day then.
    place.world.clock.advance(Duration::days(366));
    assert_eq!(forget_old_messages(services).await.unwrap(), 1);
    assert_eq!((place.count("zone_messages").await, place.count("zone_sendings").await), (1, 0));
    let open = reports_page(services, &place.lead, &slug("north")).await.unwrap().reports.remove(0);
    assert!(open.message.is_some());
    close_report(services, &place.lead, &slug("north"), open.id, "Done").await.unwrap();
    assert_eq!(forget_old_messages(services).await.unwrap(), 1, "the message, and not yet the report");
    assert_eq!((place.count("zone_messages").await, place.count("zone_reports").await), (0, 1));
    place.world.clock.advance(Duration::days(366));
    assert_eq!(forget_old_messages(services).await.unwrap(), 1);
    assert_eq!((place.count("zone_reports").await, place.count("zone_stops").await), (0, 0));
}
