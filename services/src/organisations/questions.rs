//! A person who has an account answers whether they belong to an organisation that names them.

use domain::organisations::OrganisationId;
use serde_json::json;

use crate::{Error, Result, Services, accounts::Actor, kit::audit};

/// Says yes or no. With a yes they belong to the organisation, with what it keeps of them, and study in the cohort that it named, unless
/// they follow the course already by more than an assignment.
///
/// # Errors
/// [`Error::NotFound`] when this organisation asks nothing of them.
pub async fn answer_membership(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    agrees: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let now = services.clock.now();
    let asked = sqlx::query!(
        "delete from membership_requests where organisation_id = $1 and person_id = $2
        returning upload_id, student_number, team, area, cohort_id",
        organisation.0,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if agrees {
        // A student number that somebody else was given meanwhile is for the organisation to sort out: then without it.
        for number in [asked.student_number.as_deref(), None] {
            let made = sqlx::query!(
                "insert into memberships (organisation_id, person_id, student_number, team, area, joined_at, upload_id)
                values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                organisation.0,
                actor.person().0,
                number,
                asked.team.as_deref(),
                asked.area.as_deref(),
                now,
                asked.upload_id,
            )
            .execute(&mut *db)
            .await?;
            if made.rows_affected() > 0 {
                break;
            }
        }
        let told = sqlx::query_scalar!(
            r#"with enrolled as (
                insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
                select gen_random_uuid(), $1::uuid, c.course_id, c.id, $3::timestamptz from cohorts_named c where c.id = $2
                on conflict (learner_id, course_id) do update set cohort_id = excluded.cohort_id
                where enrolments.cohort_id is null and enrolments.assigned
                returning cohort_id
            )
            select count(*) as "told!" from (
                select 'cohort' as kind, e.cohort_id as id from enrolled e
                union all
                select 'organisation', $4::uuid
            ) t, lateral live_tell(t.kind, t.id)"#,
            actor.person().0,
            asked.cohort_id,
            now,
            organisation.0,
        );
        told.fetch_one(&mut *db).await?;
    }
    let action =
        if agrees { "organisations.membership_accepted" } else { "organisations.membership_declined" };
    let event = audit::Event { at: now, actor: Some(actor.person()), subject: Some(actor.person()), action };
    audit::record_with(&mut db, event, json!({ "organisation": organisation })).await?;
    db.commit().await?;
    Ok(())
}
