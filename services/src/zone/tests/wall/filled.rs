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
    ("zone_members", &["state", "code_version"]),
    ("zone_reports", &["kind"]),
    ("zone_resource_versions", &["file_type"]),
    ("zone_resources", &["state", "kind"]),
    // A canary with a letter left out is none.
    ("zone_slips", &["slip"]),
    ("zone_words", &["kind"]),
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

/// What stands in an area. The names in braces are filled in.
const EVERYTHING: &str = "
    insert into zone_admitted_domains (area_id, domain) values ('{area}', '{word}.example');
    insert into zone_profiles (member_id, area_id, person_id, name, role, work_area, place, about, interests, years_qualified, picture_id,
        shows_email, telephone, own_views, joined_at, changed_at)
    select id, area_id, person_id, '{word} name', '{word} role', '{word} work', '{word} place', '{word} about', '{word} interests', 9,
        gen_random_uuid(), true, '{word} telephone', true, now(), now()
    from zone_members where area_id = '{area}' and state = 'member';
    insert into zone_contacts (id, area_id, place, name, purpose, telephone, email, web, hours, pinned_at)
    values (gen_random_uuid(), '{area}', 1, '{word} service', '{word} for', '{word} telephone', '{word}@x.example', 'https://{word}.example',
        '{word} hours', now());
    insert into zone_contacts (id, area_id, place, member_id, purpose, pinned_at)
    select gen_random_uuid(), area_id, 2, member_id, '{word} for', now() from zone_profiles where area_id = '{area}';
    insert into zone_resources (id, area_id, state, kind, title, purpose, owner_id, review_on, added_by, added_at, changed_at, reason)
    select gen_random_uuid(), f.area_id, s.state, 'image', '{word} title', '{word} purpose', f.member_id, current_date, f.member_id, now(), now(),
        case when s.state in ('retired', 'declined') then '{word} reason' end
    from zone_profiles f, unnest('{current,suggested,retired,declined}'::text[]) s (state) where f.area_id = '{area}';
    insert into zone_resource_versions (id, area_id, resource_id, number, made_at, made_by, change, url, file_key, file_type, file_bytes, alt)
    select gen_random_uuid(), r.area_id, r.id, n, now(), r.added_by, case when n = 2 then '{word} change' end,
        case when n = 1 then 'https://{word}.example' end, case when n = 2 then gen_random_uuid() end, case when n = 2 then 'png' end,
        case when n = 2 then 9 end, case when n = 2 then '{word} alt' end
    from zone_resources r, generate_series(1, 2) n where r.area_id = '{area}';
    insert into zone_messages (id, area_id, from_member, to_member, text, shows_address, kept_back, sent_at)
    select gen_random_uuid(), f.area_id, f.member_id, t.member_id, '{word} text', true, kept_back, now()
    from zone_profiles f join zone_profiles t on t.area_id = f.area_id and t.member_id <> f.member_id, unnest('{false,true}'::bool[]) kept_back
    where f.area_id = '{area}';
    insert into zone_sendings (id, person_id, area_id, sent_at)
    select gen_random_uuid(), person_id, area_id, now() from zone_profiles where area_id = '{area}';
    insert into zone_blocks (by_member, area_id, blocked_person, made_at)
    select f.member_id, f.area_id, t.person_id, now()
    from zone_profiles f join zone_profiles t on t.area_id = f.area_id and t.member_id <> f.member_id where f.area_id = '{area}';
    insert into zone_stops (token_hash, message_id, area_id, member_id, person_id)
    select sha256(m.id::text::bytea), m.id, m.area_id, m.to_member, t.person_id
    from zone_messages m join zone_profiles t on t.member_id = m.to_member where m.area_id = '{area}';
    insert into zone_reports (id, area_id, message_id, of_member, by_member, kind, words, made_at, closed_at, note)
    select gen_random_uuid(), m.area_id, m.id, m.from_member, m.to_member, 'unkind', '{word} words', now(), now(), '{word} note'
    from zone_messages m where m.area_id = '{area}' and not m.kept_back;
";

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
