//! Two areas that have everything. Each text of the north has [`CANARY`] in it.

use domain::{access::Role, zone::AreaId};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::walled;
use crate::{
    accounts::Actor,
    testing::{Application, World, slug},
    zone::testing::area,
};

/// What nobody outside the north may read.
pub(super) const CANARY: &str = "northcanary";

/// Words of a closed list, or bytes by chance, which hold no canary.
const CLOSED: &[(&str, &[&str])] = &[
    ("zone_members", &["state", "code_version", "earlier"]),
    ("zone_reports", &["kind"]),
    ("zone_resource_versions", &["file_type", "captions_language"]),
    ("zone_resources", &["state", "kind"]),
    // A canary with a letter left out is none.
    ("zone_slips", &["slip"]),
    ("zone_words", &["kind", "shape"]),
];

/// Who asks. The first two are of the north.
pub(super) const LEAD: usize = 0;
pub(super) const MEMBER: usize = 1;

pub(super) struct Filled {
    pub application: Application,
    pub north: AreaId,
    pub south: AreaId,
    /// With what they are to the north, in words.
    pub people: Vec<(&'static str, Actor)>,
}

/// What stands in an area. The names in braces are filled in. Tests of the server use it too.
const EVERYTHING: &str = include_str!("everything.sql");

impl Filled {
    pub(super) async fn new(db: &PgPool) -> Self {
        let owner = World::new(db.clone());
        let (north, south) = (area(&owner, "north").await, area(&owner, "south").await);
        let mut people = Vec::new();
        for (who, of, state) in [
            ("a lead of it", north, Some("member")),
            ("a member of it", north, Some("member")),
            ("an applicant", north, Some("waiting")),
            ("a refused applicant", north, Some("refused")),
            ("a removed member", north, Some("removed")),
            ("a former member", north, None),
            ("another area's lead", south, Some("member")),
            ("another area's member", south, Some("member")),
            ("a learner", south, None),
        ] {
            let person = owner.learner(&format!("{}@x.example", who.replace([' ', '\''], "."))).await;
            if let Some(state) = state {
                member(db, of, &person, state).await;
            }
            if who.ends_with("lead") || who.starts_with("a lead") {
                owner.grant(&person, Role::ZoneLead(of)).await;
            }
            people.push((who, person));
        }
        let mut connection = db.acquire().await.unwrap();
        for (area, word) in [(north, CANARY), (south, "plain")] {
            fill(&mut connection, area, word).await;
        }
        everything_is_there(db, north).await;
        Self { application: Application::new(db, 2).await, north, south, people }
    }

    /// Opens for somebody what they may see, asking for the north first, as a request does.
    pub(super) async fn open(&self, db: &mut PgConnection, asker: &Actor) {
        asker.in_zone(db).await.unwrap();
        let of_north = [LEAD, MEMBER].iter().any(|who| self.people[*who].1.person() == asker.person());
        let opened = asker.member_of(db, &slug("north")).await.is_ok();
        assert_eq!(opened, of_north);
        if !of_north {
            // Only two of them belong there.
            let _ = asker.member_of(db, &slug("south")).await;
        }
    }

    /// Everybody who is not a member of the north.
    pub(super) fn outsiders(&self) -> &[(&'static str, Actor)] {
        &self.people[2..]
    }
}

async fn member(db: &PgPool, area: AreaId, person: &Actor, state: &str) {
    sqlx::query(
        "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at, reason)
        values ($1, $2, $3, $4, '1', now(), now(), case when $4 <> 'waiting' then now() end,
            case when $4 in ('refused', 'removed') then $5 || ' reason' end)",
    )
    .bind(Uuid::now_v7())
    .bind(area.0)
    .bind(person.person().0)
    .bind(state)
    .bind(CANARY)
    .execute(db)
    .await
    .unwrap();
}

async fn fill(db: &mut PgConnection, area: AreaId, word: &str) {
    let everything = EVERYTHING.replace("{area}", &area.0.to_string()).replace("{word}", word);
    super::run(db, &everything).await;
}

/// Every table has a row of the north, and each of its texts a canary, so that nothing passes because nothing is there.
async fn everything_is_there(db: &PgPool, north: AreaId) {
    for table in walled(db).await {
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "select count(*) from {table} t where to_jsonb(t)::text like '%{}%'",
            north.0
        )))
        .fetch_one(db)
        .await
        .unwrap();
        assert!(rows > 0, "the tests put nothing into {table}");
        let texts: Vec<String> = sqlx::query_scalar(
            "select attname::text from pg_attribute
            where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and atttypid in ('text'::regtype, 'jsonb'::regtype)",
        )
        .bind(&table)
        .fetch_all(db)
        .await
        .unwrap();
        let closed =
            CLOSED.iter().find(|(of, _)| *of == table).map(|(_, columns)| *columns).unwrap_or_default();
        for column in texts.iter().filter(|column| !closed.contains(&column.as_str())) {
            let canaries: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
                "select count(*) from {table} where {column}::text like '%{CANARY}%'"
            )))
            .fetch_one(db)
            .await
            .unwrap();
            assert!(canaries > 0, "the tests put no canary into {table}.{column}");
        }
    }
}
