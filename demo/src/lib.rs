//! Demonstration data: two universities, three cohorts, 201 students with varied progress that is the same every time, an employer that
//! gives a course to a ward, papers, and an upload; beside them an employer whose people have completed the course, a learner for whom an
//! employer pays, and four areas of NMP Zone.
//!
//! The server knows nothing of it, so no deployed server can make accounts with a publicly known password. Tests and
//! measuring tools use this as a library; people use the program `demo`.

mod employer;
mod finished;
mod papers;
mod sponsored;
mod uploads;
mod zone;

use chrono::Duration;
use domain::{
    access::Role,
    accounts::{EmailAddress, PersonId},
    organisations::OrganisationId,
};
use services::{
    Error, Result, Services,
    access::{self, NewGrant},
    accounts::{self, NewPerson},
    cohorts, learning, organisations,
};
use sqlx::PgConnection;
use uuid::Uuid;

pub use finished::employ;
pub use sponsored::sponsor;
pub use zone::community;

/// The password of every demo account, and of no other: see [`database`].
pub const PASSWORD: &str = "learning-demo-2026";

/// The accounts that the README names, except those of the papers.
const ACCOUNTS: [(&str, &str); 4] = [
    ("student@demo.example", "Demo Student"),
    ("tutor@demo.example", "Demo Tutor"),
    ("support@demo.example", "Demo Support"),
    ("lead@demo.example", "Demo Lead"),
];

const NORTH: &str = "University of Northfield (demo)";

const FIRST_NAMES: [&str; 20] = [
    "Amara", "Ben", "Chloe", "Dev", "Efua", "Finn", "Grace", "Hamza", "Isla", "Jun", "Kezia", "Liam", "Maya",
    "Niamh", "Omar", "Priya", "Rhys", "Sana", "Tomasz", "Una",
];
const LAST_NAMES: [&str; 10] =
    ["Adeyemi", "Brown", "Chaudhry", "Davies", "Evans", "Fraser", "Gupta", "Hughes", "Ivanova", "Jones"];

/// The address of the demo's database, from environment variables or a substitute for them.
///
/// # Errors
/// Why there is none: in production, and when no database is named.
pub fn database(lookup: impl Fn(&str) -> Option<String>) -> std::result::Result<String, &'static str> {
    match lookup("APP_ENV").as_deref().map_or("development", str::trim) {
        "development" => {}
        "production" => {
            return Err(
                "APP_ENV is production: demo accounts have a publicly known password, so they are not made here",
            );
        }
        _ => return Err("APP_ENV: say production or development"),
    }
    lookup("DATABASE_URL").filter(|url| !url.trim().is_empty()).ok_or("DATABASE_URL must be set")
}

/// Seeds once: existing data stays unchanged. The course `nmp` must have been imported, and the question bank for the
/// demo to have papers. Returns whether anything was made.
///
/// # Errors
/// [`Error::NotFound`] without the course.
pub async fn seed(services: &Services) -> Result<bool> {
    let students = seed_students(services).await?;
    let papers = papers::seed(services).await?;
    Ok(students || papers)
}

async fn seed_students(services: &Services) -> Result<bool> {
    let mut db = services.begin().await?;
    let there = sqlx::query_scalar!(r#"select exists (select from people where demo) as "there!""#)
        .fetch_one(&mut *db)
        .await?;
    if there {
        return Ok(false);
    }
    let hash = services.hasher.hash(PASSWORD).await?;
    let course = learning::find_course(&mut db, "nmp").await?;
    let north = organisations::ensure_organisation(services, &mut db, NORTH, "university").await?;
    let coast =
        organisations::ensure_organisation(services, &mut db, "Coastal University (demo)", "university")
            .await?;
    let mut groups = Vec::new();
    for (organisation, name) in [
        (north, "Independent prescribing, September 2026"),
        (north, "Independent prescribing, January 2027"),
        (coast, "V300, autumn 2026"),
    ] {
        groups.push(cohorts::ensure_cohort(services, &mut db, organisation, course, name).await?);
    }

    for (email, name) in ACCOUNTS {
        let id = person(services, &mut db, email, name, &hash).await?;
        match email {
            "student@demo.example" => {
                learning::enrol(services, &mut db, id, &groups[0]).await?;
            }
            "tutor@demo.example" => grant(services, &mut db, id, Role::CohortTutor(groups[0].id)).await?,
            "support@demo.example" => grant(services, &mut db, id, Role::Support).await?,
            "lead@demo.example" => {
                grant(services, &mut db, id, Role::OrganisationAdministrator(north)).await?;
                uploads::seed(services, &mut db, id, north).await?;
            }
            _ => {}
        }
    }
    for n in 0..200_usize {
        let name = format!("{} {} (demo)", FIRST_NAMES[n % 20], LAST_NAMES[n / 20]);
        let id = person(services, &mut db, &format!("student{n:03}@demo.example"), &name, &hash).await?;
        let enrolment = learning::enrol(services, &mut db, id, &groups[n % 3]).await?;
        progress(services, &mut db, enrolment.0, n).await?;
    }
    teams(&mut db).await?;
    employer::seed(services, &mut db, course, &hash).await?;
    look(services, &mut db).await?;
    db.commit().await?;
    Ok(true)
}

/// The teams and areas that the universities keep of their students.
async fn teams(db: &mut PgConnection) -> Result<()> {
    sqlx::query!(
        "update memberships m set
            team = (array['Community nursing', 'Emergency department'])[1 + x.n % 2],
            area = (array['Primary care', 'Urgent care', 'Mental health'])[1 + x.n % 3]
        from (
            select p.id, substring(p.email from 8 for 3)::integer as n from people p where p.email ~ '^student[0-9]{3}@demo\\.example$'
        ) x
        where m.person_id = x.id"
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Support looked at a student two days ago, which stands in the student's account and in the audit log.
async fn look(services: &Services, db: &mut PgConnection) -> Result<()> {
    sqlx::query!(
        "insert into audit_events (id, at, actor_id, subject_id, action, detail)
        select $1, $2, s.id, l.id, 'assessment.seen_by_support',
            jsonb_build_object('person', l.id, 'reason', 'Asked why a page does not open (demo)')
        from people s, people l where s.email = 'support@demo.example' and l.email = 'student@demo.example'",
        Uuid::now_v7(),
        services.clock.now() - Duration::days(2),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many people the first university has invited who have not opened their account.
const INVITED: usize = 12;

/// People who are invited and have not answered, with their mails. Apart from [`seed`], because tests count the mail
/// that they cause.
///
/// # Errors
/// When the database fails, or the demo is not there.
pub async fn invite(services: &Services) -> Result<()> {
    let mut db = services.begin().await?;
    let organisation = sqlx::query_scalar!("select id from organisations where name = $1", NORTH)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(Error::NotFound)?;
    let mut invited = Vec::new();
    for n in 0..INVITED {
        let made = sqlx::query_scalar!(
            "insert into people (id, email, full_name, demo, created_at) values ($1, $2, $3, true, $4)
            on conflict (email) do nothing returning id",
            Uuid::now_v7(),
            format!("invited{n:03}@demo.example"),
            format!("{} {} (demo)", FIRST_NAMES[n % 20], LAST_NAMES[(n + 5) % 10]),
            services.clock.now(),
        )
        .fetch_optional(&mut *db)
        .await?;
        invited.extend(made.map(PersonId));
    }
    accounts::invite_all(services, &mut db, OrganisationId(organisation), &invited).await?;
    db.commit().await?;
    Ok(())
}

async fn person(
    services: &Services,
    db: &mut PgConnection,
    email: &str,
    name: &str,
    hash: &str,
) -> Result<PersonId> {
    let email = EmailAddress::parse(email).map_err(|problem| Error::failed(problem.message()))?;
    let new = NewPerson { email: &email, name, password_hash: Some(hash), demo: true };
    accounts::ensure_person(services, db, new).await
}

async fn grant(services: &Services, db: &mut PgConnection, person: PersonId, role: Role) -> Result<()> {
    let new = NewGrant { person, role, by: None, reason: "Made by the demo seed" };
    access::grant(services, db, new).await.map(drop)
}

/// Facts for student `n`, which the counters then follow: some have not begun, some have finished, most are in between.
async fn progress(services: &Services, db: &mut PgConnection, enrolment: Uuid, n: usize) -> Result<()> {
    let small = |value: usize| i32::try_from(value).unwrap_or(0);
    // Spreads 0..200 over 0..53 evenly but out of order: how many of the course's pages the student has opened.
    let pages = match n % 11 {
        0 => 0,
        1 => 48,
        _ => (n * 37 + 11) % 53,
    };
    let last_seen = services.clock.now() - Duration::hours(i64::from(small((n * 29) % 700)) + 1);
    sqlx::query!(
        "insert into page_openings (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
        select $1, id, at, version, at, version from (
            select p.id, p.version, $3::timestamptz - ($2 - row_number() over w) * interval '5 hours' as at,
                row_number() over w as n
            from enrolments e join modules m on m.course_id = e.course_id join pages p on p.module_id = m.id
            where e.id = $1 and not m.retired and not p.retired
            window w as (order by m.position, p.position)
        ) numbered where n <= $2",
        enrolment,
        i64::from(small(pages)),
        last_seen,
    )
    .execute(&mut *db)
    .await?;
    // Students who opened all pages of a module took its check; every fourth attempt is a near miss.
    sqlx::query!(
        "insert into check_attempts
            (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at, asked)
        select gen_random_uuid(), $1, m.id, m.check_version, '{}', case when fails then taken.asked / 2 else taken.asked end,
            taken.asked, not fails, $2,
            (select array_agg(question ->> 'id' order by place) from jsonb_array_elements(v.questions)
                with ordinality as pool (question, place) where place <= taken.asked)
        from module_progress mp
        join modules m on m.id = mp.module_id
        join check_versions v on v.module_id = m.id and v.version = m.check_version
        cross join lateral (select coalesce(v.asked, jsonb_array_length(v.questions)) as asked, ($3::int + m.position) % 4 = 0 as fails) taken
        where mp.enrolment_id = $1 and mp.pages_opened = m.page_count",
        enrolment,
        last_seen,
        small(n),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update enrolments set last_seen_at = $2, last_page_id = (
            select page_id from page_openings where enrolment_id = $1 order by last_opened_at desc limit 1)
        where id = $1 and modules_entered > 0",
        enrolment,
        last_seen,
    )
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &[(&str, &str)]) -> std::result::Result<String, &'static str> {
        let all = [&[("DATABASE_URL", "postgres://localhost/learning")][..], settings].concat();
        database(|name| all.iter().rev().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn production_gets_no_demo() {
        assert!(with(&[]).is_ok() && with(&[("APP_ENV", "development")]).is_ok());
        for settings in [
            ("APP_ENV", "production"),
            ("APP_ENV", " production "),
            ("APP_ENV", "prod"),
            ("DATABASE_URL", ""),
        ] {
            assert!(with(&[settings]).is_err(), "{settings:?}");
        }
    }
}
