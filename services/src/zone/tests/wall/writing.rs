//! What somebody writes into an area that is not theirs is refused, or changes nothing.

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::{filled::Filled, run, walled};
use crate::{accounts::Actor, testing::World};

/// A digest of the rows of an area that are not the asker's, with the transaction that wrote each.
async fn digest(db: &mut PgConnection, table: &str, area: &str, asker: &str) -> String {
    let digest = format!(
        "select coalesce(md5(string_agg(t.xmin::text || to_jsonb(t)::text, ',' order by to_jsonb(t)::text)), '') from {table} t
        where to_jsonb(t)->>'area_id' = $1 and to_jsonb(t)->>'person_id' is distinct from $2"
    );
    sqlx::query_scalar(AssertSqlSafe(digest)).bind(area).bind(asker).fetch_one(db).await.unwrap()
}

/// The columns of a table that a statement may name.
async fn columns(db: &PgPool, table: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select attname::text from pg_attribute
        where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity <> 'a' order by attnum",
    )
    .bind(table)
    .fetch_all(db)
    .await
    .unwrap()
}

/// Runs a statement that may be refused: the number of rows that it changed, or the code of the refusal.
async fn tried(db: &mut PgConnection, statement: &str, row: Option<&Value>) -> Result<u64, String> {
    run(db, "savepoint tried").await;
    let mut query = sqlx::query(AssertSqlSafe(statement.to_owned()));
    if let Some(row) = row {
        query = query.bind(row.clone());
    }
    let ran = query.execute(&mut *db).await;
    let code = match &ran {
        Ok(_) => String::new(),
        Err(error) => {
            let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
            code.unwrap_or_else(|| panic!("{statement}: {error}"))
        }
    };
    if ran.is_err() {
        run(db, "rollback to tried").await;
    }
    ran.map(|done| done.rows_affected()).map_err(|_| code)
}

/// Refused by the wall.
const REFUSED: &str = "42501";
/// Refused because another row points to it.
const POINTED_TO: &str = "23503";

async fn open(filled: &Filled, db: &mut PgConnection, asker: Option<&Actor>) {
    if let Some(asker) = asker {
        filled.open(db, asker).await;
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_changes_or_removes_a_row_of_an_area_that_is_not_theirs(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let north = filled.north.0.to_string();
    let nobody = [("nobody", None)];
    let askers = filled.outsiders().iter().map(|(who, asker)| (*who, Some(asker)));
    for (who, asker) in nobody.into_iter().chain(askers) {
        let own = asker.map(|asker| asker.person().0.to_string()).unwrap_or_default();
        for table in walled(&db).await {
            let first = &columns(&db, &table).await[0];
            let before = digest(&mut db.acquire().await.unwrap(), &table, &north, &own).await;
            let mut inside = services.begin().await.unwrap();
            open(&filled, &mut inside, asker).await;
            for statement in [
                format!("update {table} set {first} = {first}"),
                format!("delete from {table}"),
                format!("with gone as (delete from {table} returning 1) select count(*) from gone"),
            ] {
                if let Err(code) = tried(&mut inside, &statement, None).await {
                    assert!([REFUSED, POINTED_TO].contains(&code.as_str()), "{who}: {statement}: {code}");
                }
            }
            // The superuser, whom the wall does not hold, in the same transaction.
            run(&mut inside, "set local role none").await;
            assert_eq!(digest(&mut inside, &table, &north, &own).await, before, "{who} has changed {table}");
        }
    }
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_adds_a_row_to_an_area_that_is_not_theirs(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let north = filled.north.0.to_string();
    let nobody = [("nobody", None)];
    let askers = filled.outsiders().iter().map(|(who, asker)| (*who, Some(asker)));
    let mut refused = 0;
    for (who, asker) in nobody.into_iter().chain(askers) {
        let own = asker.map(|asker| asker.person().0.to_string()).unwrap_or_default();
        for table in walled(&db).await {
            let rows = AssertSqlSafe(format!(
                "select to_jsonb(t) from {table} t
                where to_jsonb(t)->>'area_id' = $1 and to_jsonb(t)->>'person_id' is distinct from $2 limit 2"
            ));
            let rows: Vec<Value> =
                sqlx::query_scalar(rows).bind(&north).bind(&own).fetch_all(&db).await.unwrap();
            let columns = columns(&db, &table).await.join(", ");
            // A row that is there already, by its key: the wall stands before that.
            let copies = format!(
                "insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, $1)"
            );
            for row in &rows {
                let mut inside = services.begin().await.unwrap();
                open(&filled, &mut inside, asker).await;
                let code = tried(&mut inside, &copies, Some(row)).await.unwrap_err();
                assert_eq!(code, REFUSED, "{who}: {copies}: {row}");
                refused += 1;
            }
        }
    }
    assert!(refused >= 20, "{refused}");
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_row_moves_from_one_area_into_another(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let (north, south) = (filled.north.0, filled.south.0);
    let mut tried_in = 0;
    for (who, asker) in filled.outsiders().iter().filter(|(who, _)| who.starts_with("another")) {
        for table in walled(&db).await {
            if !columns(&db, &table).await.contains(&"area_id".to_owned()) {
                continue;
            }
            let mut inside = services.begin().await.unwrap();
            open(&filled, &mut inside, Some(asker)).await;
            let moves = format!("update {table} set area_id = '{north}' where area_id = '{south}'");
            match tried(&mut inside, &moves, None).await {
                Ok(moved) => assert_eq!(moved, 0, "{who}: {table}"),
                Err(code) => {
                    assert!([REFUSED, POINTED_TO].contains(&code.as_str()), "{who}: {moves}: {code}")
                }
            }
            tried_in += 1;
        }
    }
    assert!(tried_in >= 6, "{tried_in}");
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn nobody_makes_themself_a_member(db: PgPool) {
    let filled = Filled::new(&db).await;
    let services = &filled.application.world.services;
    let north = filled.north.0;
    for (who, asker) in filled.outsiders() {
        let person = asker.person().0;
        for statement in [
            format!("update zone_members set state = 'member', decided_at = now(), reason = null where person_id = '{person}' and area_id = '{north}'"),
            format!("update zone_members set area_id = '{north}' where person_id = '{person}' and area_id <> '{north}'"),
            format!(
                "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
                values (gen_random_uuid(), '{north}', '{person}', 'member', '1', now(), now(), now())"
            ),
            format!(
                "insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
                select id, area_id, person_id, 'x', now(), now() from zone_members where person_id = '{person}' and area_id = '{north}'"
            ),
        ] {
            let mut inside = services.begin().await.unwrap();
            asker.in_zone(&mut inside).await.unwrap();
            match tried(&mut inside, &statement, None).await {
                Ok(changed) => assert_eq!(changed, 0, "{who}: {statement}"),
                Err(code) => assert_eq!(code, REFUSED, "{who}: {statement}"),
            }
        }
    }
    // Who comes from an admitted domain does, and only there.
    for (domain, admitted) in [("northcanary.example", true), ("plain.example", false), ("x.example", false)]
    {
        let newcomer = World::new(db.clone()).learner(&format!("newcomer@{domain}")).await;
        let mut inside = services.begin().await.unwrap();
        newcomer.in_zone(&mut inside).await.unwrap();
        let joins = format!(
            "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
            values (gen_random_uuid(), '{north}', '{}', 'member', '1', now(), now(), now())",
            newcomer.person().0
        );
        assert_eq!(tried(&mut inside, &joins, None).await.is_ok(), admitted, "{domain}");
    }
    filled.application.end().await;
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn who_is_refused_or_removed_does_not_undo_that_by_leaving(db: PgPool) {
    let filled = Filled::new(&db).await;
    for (who, asker) in filled.outsiders() {
        let mut inside = filled.application.world.services.begin().await.unwrap();
        asker.in_zone(&mut inside).await.unwrap();
        let (person, north) = (asker.person().0, filled.north.0);
        let leaves = format!("delete from zone_members where person_id = '{person}' and area_id = '{north}'");
        let gone = tried(&mut inside, &leaves, None).await;
        assert_eq!(gone, Ok(u64::from(*who == "an applicant")), "{who}");
    }
    filled.application.end().await;
}
