//! NMP Zone: four areas, one of them with 20,000 members.

use domain::{
    access::Role,
    learning::Slug,
    zone::{AreaId, joining::CODE_OF_CONDUCT},
};
use services::{
    Error, Result, Services,
    zone::{NewArea, ensure_area, joining},
};
use sqlx::PgConnection;

use crate::{PASSWORD, grant, person};

/// Name in the address, name, aim, and how many made-up members.
const AREAS: [(&str, &str, &str, i32); 4] = [
    (
        "north-prescribers",
        "Prescribers of the North (demo)",
        "Prescribers and prescribing leads in the north of England find each other and share what helps.",
        20_000,
    ),
    (
        "wales-prescribers",
        "Prescribers in Wales (demo)",
        "Everybody who prescribes in Wales, in English and in Welsh.",
        300,
    ),
    (
        "community-pharmacy",
        "Community pharmacy prescribers (demo)",
        "Pharmacists who prescribe in the community, from first clinics to full lists.",
        120,
    ),
    (
        "mental-health",
        "Mental health prescribers (demo)",
        "Nurses and pharmacists who prescribe in mental health teams.",
        0,
    ),
];

const FIRST_NAMES: [&str; 72] = [
    "Aaliyah",
    "Abena",
    "Adaeze",
    "Agnieszka",
    "Ahmed",
    "Aisha",
    "Alison",
    "Amara",
    "Andrew",
    "Aneurin",
    "Anita",
    "Anna",
    "Anne-Marie",
    "Aoife",
    "Ayesha",
    "Babatunde",
    "Bartosz",
    "Bethan",
    "Brian",
    "Bronwen",
    "Caitríona",
    "Carys",
    "Chidi",
    "Ciarán",
    "Dafydd",
    "Daniel",
    "Deepak",
    "Efua",
    "Eilidh",
    "Elaine",
    "Emma",
    "Fatima",
    "Fiona",
    "Folasade",
    "George",
    "Gráinne",
    "Gwen",
    "Hannah",
    "Harpreet",
    "Helen",
    "Ibrahim",
    "Imran",
    "Jan",
    "Jing",
    "John",
    "Kasia",
    "Kofi",
    "Kwame",
    "Li",
    "Llinos",
    "Łukasz",
    "Małgorzata",
    "Margaret",
    "Mei",
    "Mohammed",
    "Ngozi",
    "Niamh",
    "Oluwaseun",
    "Paul",
    "Priya",
    "Rachel",
    "Rhys",
    "Róisín",
    "Samira",
    "Sean",
    "Siân",
    "Siobhán",
    "Thomas",
    "Wei",
    "Yusuf",
    "Zainab",
    "Zofia",
];
const LAST_NAMES: [&str; 84] = [
    "Adeyemi",
    "Ahmed",
    "Akhtar",
    "Ali",
    "Anderson",
    "Asante",
    "Bailey",
    "Begum",
    "Bevan",
    "Boateng",
    "Brown",
    "Byrne",
    "Campbell",
    "Chaudhry",
    "Chen",
    "Chowdhury",
    "Clarke",
    "Cohen",
    "Cooper",
    "Davies",
    "Dąbrowski",
    "de Souza",
    "Doherty",
    "Edwards",
    "Evans",
    "Ferguson",
    "Fitzgerald",
    "Ó Briain",
    "Gallagher",
    "Griffiths",
    "Gupta",
    "Hall",
    "Harris",
    "Hughes",
    "Hussain",
    "Iqbal",
    "Jackson",
    "Jenkins",
    "Johnson",
    "Jones",
    "Kaur",
    "Kelly",
    "Khan",
    "Kowalski",
    "Kumar",
    "Lewandowska",
    "Lewis",
    "Lin",
    "Llewellyn",
    "MacDonald",
    "Mahmood",
    "Mensah",
    "McCarthy",
    "Mohamed",
    "Morgan",
    "Murphy",
    "Nguyen",
    "Nowak",
    "O'Connor",
    "O'Neill",
    "Okafor",
    "Okonkwo",
    "Owen",
    "Patel",
    "Price",
    "Quinn",
    "Rahman",
    "Reid",
    "Roberts",
    "Robinson",
    "Ryan",
    "Sharma",
    "Singh",
    "Smith",
    "Smith-Jones",
    "St John",
    "Taylor",
    "Thomas",
    "Walker",
    "Wang",
    "Williams",
    "Wiśniewska",
    "Wright",
    "Zhang",
];
const ROLES: [&str; 8] = [
    "Nurse prescriber",
    "Pharmacist prescriber",
    "Prescribing lead",
    "Advanced clinical practitioner",
    "Trainer/Assessor",
    "Community matron",
    "Practice pharmacist",
    "Designated prescribing practitioner",
];
const WORK_AREAS: [&str; 7] = [
    "General practice",
    "Community nursing",
    "Hospital pharmacy",
    "Mental health",
    "Urgent and emergency care",
    "Palliative care",
    "Diabetes",
];
const PLACES: [&str; 10] = [
    "Leeds",
    "Newcastle upon Tyne",
    "Carlisle",
    "Sheffield",
    "Hull",
    "Durham",
    "York",
    "Manchester",
    "Lancaster",
    "Middlesbrough",
];
const INTERESTS: [&str; 6] = [
    "Anticoagulation",
    "Antimicrobial stewardship",
    "Deprescribing in frailty",
    "Asthma and COPD",
    "Heart failure",
    "Pain",
];

/// Seeds once. Apart from [`seed`](crate::seed), because tests count the people of that.
///
/// # Errors
/// When the database fails.
pub async fn community(services: &Services) -> Result<()> {
    let mut db = services.begin().await?;
    let there = sqlx::query_scalar!(
        r#"select exists (select from zone_areas where slug = $1) as "there!""#,
        AREAS[0].0,
    );
    if there.fetch_one(&mut *db).await? {
        return Ok(());
    }
    let hash = services.hasher.hash(PASSWORD).await?;
    let lead = person(services, &mut db, "lead@demo.example", "Demo Lead", &hash).await?;
    let member = person(services, &mut db, "member@demo.example", "Demo Member", &hash).await?;
    for (n, (slug, name, aim, members)) in AREAS.into_iter().enumerate() {
        let slug = Slug::parse(slug).map_err(Error::failed)?;
        let area = ensure_area(services, &mut db, NewArea { slug: &slug, name, aim }).await?;
        in_area(&mut db, area).await?;
        made_up(services, &mut db, area, i32::try_from(n).unwrap_or(0), members).await?;
        if n == 0 {
            for id in [lead, member] {
                joining::ensure_member(services, &mut db, area, id).await?;
            }
            grant(services, &mut db, lead, Role::ZoneLead(area)).await?;
        }
    }
    db.commit().await?;
    Ok(())
}

/// The seed acts for a lead of the area, for the policies of the database.
async fn in_area(db: &mut PgConnection, area: AreaId) -> Result<()> {
    sqlx::query_scalar!(
        r#"select set_config('zone.area', $1::uuid::text, true) || set_config('zone.lead', 'yes', true) as "set!""#,
        area.0
    )
    .fetch_one(db)
    .await?;
    Ok(())
}

/// Members whose names, roles and places are the same every time.
async fn made_up(
    services: &Services,
    db: &mut PgConnection,
    area: AreaId,
    of: i32,
    members: i32,
) -> Result<()> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let now = services.clock.now();
    sqlx::query!(
        "insert into people (id, email, full_name, demo, created_at, activated_at)
        select gen_random_uuid(), format('zone%s-%s@demo.example', $1::int, lpad(n::text, 5, '0')),
            ($3::text[])[1 + (n * 31 + n / 72) % cardinality($3)] || ' ' || ($4::text[])[1 + (n * 17 + n / 84) % cardinality($4)],
            true, $5, $5
        from generate_series(1, $2::int) n",
        of,
        members,
        &owned(&FIRST_NAMES),
        &owned(&LAST_NAMES),
        now,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
        select gen_random_uuid(), $1, p.id, 'member', $3, x.at, x.at, x.at
        from people p cross join lateral (select $4::timestamptz - substring(p.email from '-(\\d+)@')::int * interval '37 minutes' as at) x
        where p.email like format('zone%s-%%@demo.example', $2::int)",
        area.0,
        of,
        CODE_OF_CONDUCT,
        now,
    )
    .execute(&mut *db)
    .await?;
    // Every fifth has filled in nothing.
    sqlx::query!(
        "insert into zone_profiles (member_id, area_id, person_id, name, role, work_area, place, interests, years_qualified, joined_at, changed_at)
        select m.id, m.area_id, p.id, p.full_name,
            case when x.n % 5 > 0 then ($3::text[])[1 + x.n % cardinality($3)] end,
            case when x.n % 5 > 0 then ($4::text[])[1 + (x.n / 3) % cardinality($4)] end,
            case when x.n % 5 > 1 then ($5::text[])[1 + (x.n / 7) % cardinality($5)] end,
            case when x.n % 5 > 2 then ($6::text[])[1 + (x.n / 11) % cardinality($6)] end,
            case when x.n % 5 > 2 then x.n % 30 end,
            m.decided_at, m.decided_at
        from zone_members m join people p on p.id = m.person_id
        cross join lateral (select substring(p.email from '-(\\d+)@')::int as n) x
        where m.area_id = $1 and p.email like format('zone%s-%%@demo.example', $2::int)",
        area.0,
        of,
        &owned(&ROLES),
        &owned(&WORK_AREAS),
        &owned(&PLACES),
        &owned(&INTERESTS),
    )
    .execute(db)
    .await?;
    Ok(())
}
