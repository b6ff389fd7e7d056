//! An upload that was done a week ago, whose people have not all answered yet.

use chrono::Duration;
use domain::{
    accounts::PersonId,
    organisations::{ATTESTATION, OrganisationId},
};
use services::{Result, Services};
use sqlx::PgConnection;
use uuid::Uuid;

/// Names of the file, in its order.
const PEOPLE: [&str; 6] =
    ["Aroha Ngata", "Bilal Rashid", "Catrin Pugh", "Dele Okafor", "Eilidh Munro", "Farah Aziz"];

pub(crate) async fn seed(
    services: &Services,
    db: &mut PgConnection,
    by: PersonId,
    organisation: OrganisationId,
) -> Result<()> {
    let upload = Uuid::now_v7();
    let at = services.clock.now() - Duration::days(7);
    sqlx::query!(
        "insert into uploads (id, organisation_id, person_id, file_name, state, attested_version, attested_at, created_at, confirmed_at,
            done_at, all_rows, new_rows, same_rows, progress)
        values ($1, $2, $3, 'Prescribers January (demo).xlsx', 'done', $4, $5, $5, $5, $5, 8, 6, 2, 8)",
        upload,
        organisation.0,
        by.0,
        ATTESTATION.version,
        at,
    )
    .execute(&mut *db)
    .await?;
    for (n, name) in PEOPLE.iter().enumerate() {
        let email = format!("{}@demo.example", name.to_lowercase().replace(' ', "."));
        // Every third has answered.
        let activated = (n % 3 == 0).then_some(at + Duration::days(1));
        sqlx::query!(
            "with made as (
                insert into people (id, email, full_name, demo, created_at, activated_at) values ($1, $2, $3, true, $4, $5) returning id
            )
            insert into memberships (organisation_id, person_id, student_number, team, area, joined_at, upload_id)
            select $6::uuid, id, $7, $8, 'Primary care', $4, $9::uuid from made",
            Uuid::now_v7(),
            email,
            format!("{name} (demo)"),
            at,
            activated,
            organisation.0,
            format!("{:05}", 417 + n),
            format!("Practice {}", n % 2 + 1),
            upload,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
