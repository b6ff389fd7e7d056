use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::{
    OPEN,
    filled::{CANARY, Filled, LEAD, MEMBER},
    relations, walled,
};
use crate::{accounts::Actor, tables};

/// Each function of the database that reads the Zone, with a call of it that asks for everything. Triggers are not called.
const CALLS: &[(&str, &str)] = &[
    ("zone_admits", "select zone_admits(id) from zone_areas"),
    ("zone_alike", "select w.* from zone_areas a cross join zone_alike(a.id, 'northcanarx') w"),
    ("zone_area", "select zone_area()"),
    ("zone_domain", "select zone_domain()"),
    (
        "zone_found",
        "select zone_found(id, typed, '{}', sorted, null, null, 20)
        from zone_areas, unnest(array['', 'northcan', 'work']) typed, unnest(array['relevance', 'name', 'newest']) sorted",
    ),
    ("zone_got", "select zone_got(m.id) from zone_messages m"),
    ("zone_is_member", "select zone_is_member(m.id, m.person_id) from zone_members m"),
    ("zone_leading", "select zone_leading()"),
    ("zone_near", "select w.* from zone_areas a cross join zone_near(a.id, array['northcan', 'name']) w"),
    ("zone_old", "select zone_old()"),
    ("zone_own_member", "select zone_own_member()"),
    ("zone_person", "select zone_person()"),
];

/// Those that only write, which the tests of writing look at by their tables.
const WRITE: &[&str] = &["zone_words_counted"];

/// Those that open the areas of the person whom they are given, as `zone_access` does, and close them again.
const OPENING: &[&str] = &["zone_waits"];

/// What a relation shows, row by row. `count(*)` has no more.
async fn shown(db: &mut PgConnection, relation: &str) -> Vec<Value> {
    let rows = AssertSqlSafe(format!("select to_jsonb(t) from {relation} t"));
    let rows: Vec<Value> = sqlx::query_scalar(rows).fetch_all(&mut *db).await.unwrap();
    let count = AssertSqlSafe(format!("select count(*) from {relation}"));
    let count: i64 = sqlx::query_scalar(count).fetch_one(db).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), rows.len(), "{relation}");
    rows
}

impl Filled {
    /// Whether a row tells of the north what is not about the asker alone.
    fn tells(&self, row: &Value, asker: Option<&Actor>) -> bool {
        let own = asker.is_some_and(|asker| row["person_id"] == asker.person().0.to_string());
        let text = row.to_string().to_lowercase();
        !own && (text.contains(CANARY) || text.contains(&self.north.0.to_string()))
    }

    /// What is wrong with what an asker sees, and how many rows there were.
    async fn looked_at(&self, db: &mut PgConnection, who: &str, asker: Option<&Actor>) -> Vec<String> {
        let mut relations = walled(&self.application.owner).await;
        relations.extend(super::relations(&self.application.owner, &["v", "m"]).await);
        let mut wrong = Vec::new();
        for relation in relations {
            let rows = shown(db, &relation).await;
            let seen = rows.iter().filter(|row| self.tells(row, asker)).count();
            if seen > 0 {
                wrong.push(format!("{who} sees {seen} rows of {relation}"));
            }
        }
        for (function, call) in CALLS {
            let called = AssertSqlSafe(format!("select coalesce(to_jsonb(t), 'null') from ({call}) t"));
            let rows: Vec<Value> = sqlx::query_scalar(called).fetch_all(&mut *db).await.unwrap();
            if rows.iter().any(|row| row.to_string().to_lowercase().contains(CANARY)) {
                wrong.push(format!("{who} learns from {function}"));
            }
        }
        wrong
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn without_the_first_wall_nobody_sees_a_row_of_an_area_that_is_not_theirs(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let mut wrong = Vec::new();
    // Nobody in particular: no proof was asked for.
    let mut open = services.begin().await.unwrap();
    wrong.extend(filled.looked_at(&mut open, "nobody", None).await);
    drop(open);
    for (who, asker) in filled.outsiders() {
        let mut open = services.begin().await.unwrap();
        filled.open(&mut open, asker).await;
        wrong.extend(filled.looked_at(&mut open, who, Some(asker)).await);
        // Outside of every area, as on the page of all areas.
        let mut open = services.begin().await.unwrap();
        asker.in_zone(&mut open).await.unwrap();
        wrong.extend(filled.looked_at(&mut open, who, Some(asker)).await);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    filled.application.end().await;
}

/// The same look finds what is there, so that the test above does not pass because it looks at nothing.
#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn the_same_look_as_a_lead_of_the_area_finds_its_canaries(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let (held, bypasses): (bool, bool) =
        sqlx::query_as("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            .fetch_one(&services.db)
            .await
            .unwrap();
    assert!(!held && !bypasses, "the wall stands before this role");
    let mut seen = Vec::new();
    for who in [LEAD, MEMBER] {
        let (_, asker) = &filled.people[who];
        let mut open = services.begin().await.unwrap();
        filled.open(&mut open, asker).await;
        let found = filled.looked_at(&mut open, "somebody", Some(asker)).await;
        seen.push(found.len());
        assert!(found.iter().any(|seen| seen.ends_with(" of zone_profiles")), "{found:?}");
    }
    assert!(seen[0] > seen[1], "a lead sees more than a member: {seen:?}");
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn an_applicant_sees_their_own_application_and_nothing_else(db: PgPool) {
    let filled = Filled::new(&db).await;
    for (who, asker) in &filled.outsiders()[..3] {
        let mut open = filled.application.world.services.begin().await.unwrap();
        filled.open(&mut open, asker).await;
        let own = shown(&mut open, "zone_members").await;
        assert_eq!(own.len(), 1, "{who}");
        assert_eq!(own[0]["person_id"], asker.person().0.to_string(), "{who}");
        assert!(shown(&mut open, "zone_profiles").await.is_empty(), "{who}");
    }
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn every_function_of_the_zone_that_reads_is_looked_at(db: PgPool) {
    let names: Vec<String> = tables::of("zone").iter().map(|name| (*name).to_owned()).collect();
    // A trigger runs in the statement of its table, and an immutable function reads nothing.
    let reading: Vec<String> = sqlx::query_scalar(
        "select distinct proname::text from pg_proc
        where pronamespace = 'public'::regnamespace and proname::text = any($1) and prorettype <> 'trigger'::regtype and provolatile <> 'i'
        order by 1",
    )
    .bind(names)
    .fetch_all(&db)
    .await
    .unwrap();
    let mut called: Vec<&str> =
        CALLS.iter().map(|(function, _)| *function).chain([WRITE, OPENING].concat()).collect();
    called.sort_unstable();
    assert_eq!(reading, called);
    assert!(OPEN.iter().all(|(table, _)| tables::of("zone").contains(table)));
    assert!(relations(&db, &["r"]).await.len() >= 4);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn what_waits_is_said_to_the_lead_alone_and_leaves_no_area_open(db: PgPool) {
    let filled = Filled::new(&db).await;
    for (who, asker) in &filled.people {
        let mut open = filled.application.world.services.begin().await.unwrap();
        let waits = format!("zone_waits('{}')", asker.person().0);
        let names: Vec<_> = shown(&mut open, &waits).await.iter().map(|row| row["slug"].clone()).collect();
        let led: &[&str] = match *who {
            "a lead of it" => &["north"],
            "another area's lead" => &["south"],
            _ => &[],
        };
        assert_eq!(names, led, "{who}");
        assert!(shown(&mut open, "zone_profiles").await.is_empty(), "{who}");
    }
    filled.application.end().await;
}
