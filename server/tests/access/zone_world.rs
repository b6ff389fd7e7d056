//! Two areas of NMP Zone in which everything is, each with its people, and people outside of both.

use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::{
    GONE, NO, TO,
    assessment::{self, Prepared},
    support::Site,
};

/// The roles. "It" is the area in question.
pub const ROLES: usize = 13;
pub const NOBODY: usize = 0;
pub const MEMBER: usize = 1;
pub const LEAD: usize = 2;
pub const MEMBER_ELSEWHERE: usize = 3;
pub const LEAD_ELSEWHERE: usize = 4;
/// Somebody who waits for a decision, somebody who was refused, and somebody who has left it.
pub const APPLICANT: usize = 5;
pub const REFUSED: usize = 6;
pub const FORMER: usize = 7;
/// A tutor, and an administrator of an organisation to which members of it belong.
pub const TUTOR: usize = 8;
pub const HEAD: usize = 9;
/// Support that has given a reason for a member of it and for the log, and support that has given none.
pub const SUPPORT: usize = 10;
pub const SILENT: usize = 11;
/// Somebody who has nothing to do with the Zone.
pub const LEARNER: usize = 12;

pub type Expected = [u16; ROLES];

/// The listed roles get the status beside them. Visitors are sent to sign in, and all other roles get "not found".
pub const fn only(whose: &[(usize, u16)]) -> Expected {
    let mut expected = [GONE; ROLES];
    expected[NOBODY] = NO;
    let mut n = 0;
    while n < whose.len() {
        expected[whose[n].0] = whose[n].1;
        n += 1;
    }
    expected
}

/// For everybody who is signed in.
pub const fn everybody(status: u16) -> Expected {
    let mut expected = [status; ROLES];
    expected[NOBODY] = NO;
    expected
}

/// The same for a page.
pub const fn page(mut expected: Expected) -> Expected {
    expected[NOBODY] = TO;
    expected
}

/// A word in each text of the area: whoever is outside of it reads it nowhere.
pub const CANARY: &str = "northcanary";

/// People of the Zone, with the area that is theirs, and how they stand to it. Those that act first, in the order of the roles.
const PEOPLE: &[(&str, &str, Option<&str>)] = &[
    ("zone.member", "north-area", Some("member")),
    ("zone.lead", "north-area", Some("member")),
    ("zone.member.elsewhere", "south-area", Some("member")),
    ("zone.lead.elsewhere", "south-area", Some("member")),
    ("zone.applicant", "north-area", Some("waiting")),
    ("zone.refused", "north-area", Some("refused")),
    ("zone.former", "north-area", None),
    // Those of whom the tables tell.
    ("zone.other", "north-area", Some("member")),
    ("zone.removable", "north-area", Some("member")),
    ("zone.approved", "north-area", Some("waiting")),
    ("zone.declined", "north-area", Some("waiting")),
    ("zone.other.elsewhere", "south-area", Some("member")),
    ("zone.waits.elsewhere", "south-area", Some("waiting")),
];

/// The roles, and the values of the names in braces.
pub struct Zone {
    pub sessions: Vec<Option<String>>,
    pub names: Vec<(&'static str, String)>,
}

impl Zone {
    pub fn put(&self, text: &str) -> String {
        let text = self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
        assert!(!text.contains('{'), "{text}");
        text
    }

    /// The same with the name of the other area in the address, and the same ids.
    pub fn put_elsewhere(&self, text: &str) -> String {
        self.put(&text.replace("{area}", "{area_elsewhere}"))
    }
}

async fn run(site: &Site, statement: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut *site.services.db.acquire().await.unwrap())
        .await;
    ran.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn id(site: &Site, what: &str) -> String {
    let query = AssertSqlSafe(format!("select ({what})::text"));
    let found: Option<String> = sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap();
    found.unwrap_or_else(|| panic!("nothing there: {what}"))
}

/// `site` has the demo, and is of the owner of the database.
pub async fn prepared(site: &Site) -> Zone {
    prepared_beside(site, &assessment::prepared(site).await).await
}

/// The same beside the world of the assessments.
pub async fn prepared_beside(site: &Site, assessments: &Prepared) -> Zone {
    run(
        site,
        "insert into zone_areas (id, slug, name, aim, made_at)
        select gen_random_uuid(), slug || '-area', 'Area of the ' || slug, 'To find each other', now()
        from unnest(array['north', 'south', 'west']) slug",
    )
    .await;
    for (name, area, state) in PEOPLE {
        person(site, name, area, *state).await;
    }
    // The member leads an area of their own, which opens nothing here.
    belongs(site, "zone.member", "west-area", "member").await;
    for (name, area) in
        [("zone.lead", "north-area"), ("zone.lead.elsewhere", "south-area"), ("zone.member", "west-area")]
    {
        run(
            site,
            &format!(
                "insert into grants (person_id, role, zone_area_id, granted_at, reason)
                select p.id, 'zone-lead', a.id, now(), 'For a test' from people p, zone_areas a
                where p.email = '{name}@demo.example' and a.slug = '{area}'"
            ),
        )
        .await;
    }
    // The administrator has the member among their people.
    run(
        site,
        "insert into memberships (organisation_id, person_id, joined_at)
        select g.organisation_id, m.id, now() from grants g join people p on p.id = g.person_id, people m
        where p.email = 'administrator@demo.example' and g.organisation_id is not null and m.email = 'zone.member@demo.example'
        on conflict do nothing",
    )
    .await;
    for (area, word) in [("north-area", CANARY), ("south-area", "plain")] {
        let area = id(site, &format!("select id from zone_areas where slug = '{area}'")).await;
        let everything = include_str!("../../../services/src/zone/tests/wall/everything.sql");
        run(site, &everything.replace("{area}", &area).replace("{word}", word)).await;
    }
    // One of each area has a name of their own, by which forms name them. The one here is neither blocked nor pinned yet.
    run(
        site,
        "update zone_profiles f set name = case p.email when 'zone.other@demo.example' then 'Olwen Otter' else 'Stella Stranger' end
        from people p where p.id = f.person_id and p.email like 'zone.other%@demo.example';
        delete from zone_blocks b using zone_members m join people p on p.id = m.person_id
        where p.email = 'zone.other@demo.example' and (b.blocked_person = p.id or b.by_member = m.id);
        delete from zone_contacts c using zone_members m join people p on p.id = m.person_id
        where p.email = 'zone.other@demo.example' and c.member_id = m.id",
    )
    .await;
    files(site, &site.services.db).await;

    let mut sessions: Vec<Option<String>> = vec![None; ROLES];
    for (role, (name, ..)) in (MEMBER..=FORMER).zip(PEOPLE) {
        sessions[role] = Some(site.sign_in(&format!("{name}@demo.example")).await);
    }
    for (role, of) in [
        (TUTOR, assessment::TUTOR),
        (HEAD, assessment::ADMINISTRATOR),
        (SUPPORT, assessment::SUPPORT),
        (SILENT, assessment::SILENT),
        (LEARNER, assessment::LEARNER),
    ] {
        sessions[role] = assessments.sessions[of].clone();
    }
    let zone = Zone { names: names(site).await, sessions };
    for about in ["person/{member_person}", "log"] {
        let body = zone.put(&format!("about={about}&reason=Asked+by+telephone"));
        let given = site.call("/api/assessment/give_reason", &body, zone.sessions[SUPPORT].as_deref()).await;
        assert!(given.status.as_u16() < 400, "{about}: {}", given.status);
    }
    zone
}

/// With the password of the demo.
async fn person(site: &Site, name: &str, area: &str, state: Option<&str>) {
    run(
        site,
        &format!(
            "insert into people (id, email, full_name, password_hash, created_at, activated_at, demo)
            select gen_random_uuid(), '{name}@demo.example', '{name}', password_hash, now(), now(), true from people
            where email = 'tutor@demo.example'"
        ),
    )
    .await;
    if let Some(state) = state {
        belongs(site, name, area, state).await;
    }
}

async fn belongs(site: &Site, name: &str, area: &str, state: &str) {
    run(
        site,
        &format!(
            "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at, reason)
            select gen_random_uuid(), a.id, p.id, '{state}', '1', now(), now(), case when '{state}' <> 'waiting' then now() end,
                case when '{state}' = 'refused' then 'Not a prescriber' end
            from people p, zone_areas a where p.email = '{name}@demo.example' and a.slug = '{area}'"
        ),
    )
    .await;
}

/// Stores the bytes of the pictures and of the files of the library: text, which a test can look for. `db` is of the owner of the database.
pub async fn files(site: &Site, db: &PgPool) {
    let keys: Vec<(Uuid, bool)> = sqlx::query_as(
        "select f.picture_id, a.slug = 'north-area' from zone_profiles f join zone_areas a on a.id = f.area_id where f.picture_id is not null
        union all
        select v.file_key, a.slug = 'north-area' from zone_resource_versions v join zone_areas a on a.id = v.area_id where v.file_key is not null",
    )
    .fetch_all(db)
    .await
    .unwrap();
    for (key, north) in keys {
        let word = if north { CANARY } else { "plain" };
        site.services.files.put(key, format!("{word} bytes").into_bytes()).await.unwrap();
    }
}

async fn names(site: &Site) -> Vec<(&'static str, String)> {
    let member = |name: &str| {
        format!(
            "select m.id from zone_members m join people p on p.id = m.person_id join zone_areas a on a.id = m.area_id
            where p.email = '{name}@demo.example' and a.slug <> 'west-area'"
        )
    };
    let of = |table: &str, area: &str, what: &str| {
        format!(
            "select x.id from {table} x join zone_areas a on a.id = x.area_id where a.slug = '{area}-area' and {what} order by x.id limit 1"
        )
    };
    let version = |area: &str| {
        format!(
            "select v.id from zone_resource_versions v where v.resource_id = ({}) and v.file_key is not null",
            of("zone_resources", area, "x.state = 'current'")
        )
    };
    let message = |to: &str, by: &str| {
        format!(
            "select x.id from zone_messages x where x.to_member = ({}) and x.from_member = ({}) and not x.kept_back",
            member(to),
            member(by)
        )
    };
    let by_other = format!("x.state = 'suggested' and x.added_by = ({})", member("zone.other"));
    let of_demo = async |email: &str| {
        id(site, &format!("select id from people where email = '{email}@demo.example'")).await
    };
    vec![
        ("{area}", "north-area".to_owned()),
        ("{area_elsewhere}", "south-area".to_owned()),
        ("{member}", id(site, &member("zone.member")).await),
        ("{lead}", id(site, &member("zone.lead")).await),
        ("{other}", id(site, &member("zone.other")).await),
        ("{removable}", id(site, &member("zone.removable")).await),
        ("{approved}", id(site, &member("zone.approved")).await),
        ("{declined}", id(site, &member("zone.declined")).await),
        ("{foreign_member}", id(site, &member("zone.other.elsewhere")).await),
        ("{foreign_applicant}", id(site, &member("zone.waits.elsewhere")).await),
        ("{member_person}", of_demo("zone.member").await),
        ("{lead_person}", of_demo("zone.lead").await),
        ("{contact}", id(site, &of("zone_contacts", "north", "x.member_id is null")).await),
        ("{foreign_contact}", id(site, &of("zone_contacts", "south", "x.member_id is null")).await),
        ("{resource}", id(site, &of("zone_resources", "north", "x.state = 'current'")).await),
        ("{foreign_resource}", id(site, &of("zone_resources", "south", "x.state = 'current'")).await),
        ("{suggested}", id(site, &of("zone_resources", "north", &by_other)).await),
        ("{retired}", id(site, &of("zone_resources", "north", "x.state = 'retired'")).await),
        ("{version}", id(site, &version("north")).await),
        ("{foreign_version}", id(site, &version("south")).await),
        // To the member, from the lead.
        ("{message}", id(site, &message("zone.member", "zone.lead")).await),
        ("{foreign_message}", id(site, &message("zone.member.elsewhere", "zone.lead.elsewhere")).await),
        ("{report}", id(site, &of("zone_reports", "north", "x.closed_at is null")).await),
        ("{foreign_report}", id(site, &of("zone_reports", "south", "x.closed_at is null")).await),
        ("{nothing}", Uuid::nil().to_string()),
    ]
}
