//! An employer that gives the course to one of its wards.

use chrono::Duration;
use domain::{access::Role, learning::CourseId};
use services::{Result, Services, organisations};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{grant, person, progress};

/// Each with a team. The first is named in the README.
const STAFF: [(&str, &str, &str); 5] = [
    ("nurse@demo.example", "Demo Nurse", "Ward 7"),
    ("nurse001@demo.example", "Wren Abara (demo)", "Ward 7"),
    ("nurse002@demo.example", "Idris Cole (demo)", "Ward 7"),
    ("nurse003@demo.example", "Mina Sandhu (demo)", "Ward 8"),
    ("nurse004@demo.example", "Owen Price (demo)", "Ward 9"),
];

pub(crate) async fn seed(
    services: &Services,
    db: &mut PgConnection,
    course: CourseId,
    hash: &str,
) -> Result<()> {
    let name = "Harbour Hospital (demo)";
    let employer = organisations::ensure_organisation(services, &mut *db, name, "employer").await?;
    let manager = person(services, &mut *db, "manager@demo.example", "Demo Manager", hash).await?;
    grant(services, &mut *db, manager, Role::OrganisationAdministrator(employer)).await?;
    let at = services.clock.now() - Duration::days(30);
    sqlx::query!(
        "insert into course_assignments (id, organisation_id, course_id, team, assigned_at, assigned_by)
        values ($1, $2, $3, 'Ward 7', $4, $5)",
        Uuid::now_v7(),
        employer.0,
        course.0,
        at,
        manager.0,
    )
    .execute(&mut *db)
    .await?;
    for (n, (email, name, team)) in STAFF.iter().enumerate() {
        let nurse = person(services, &mut *db, email, name, hash).await?;
        sqlx::query!(
            "insert into memberships (organisation_id, person_id, team, area, joined_at) values ($1, $2, $3, 'Medicine', $4)",
            employer.0,
            nurse.0,
            *team,
            at,
        )
        .execute(&mut *db)
        .await?;
        // Who is in the team has a place on the course with that.
        let place = sqlx::query_scalar!("select id from enrolments where learner_id = $1", nurse.0)
            .fetch_optional(&mut *db)
            .await?;
        if let Some(place) = place {
            progress(services, &mut *db, place, n + 1).await?;
        }
    }
    Ok(())
}
