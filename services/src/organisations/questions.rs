//! A person who has an account answers whether they belong to an organisation that names them.
//!
//! The organisation cannot tell them from people who have no account and have not answered: a question is listed as a pending person is, for
//! as long, and a "no" changes nothing of it. Who said no is not asked again for a year.

use chrono::{DateTime, Duration, Utc};
use domain::{accounts::PersonId, organisations::OrganisationId};
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{sponsors::already, uploads::ask};
use crate::{
    Error, Result, Services, access,
    accounts::Actor,
    kit::{
        audit,
        portions::{PORTION, in_portions},
    },
};

/// How long a question is listed, and waits for its answer: as long as an invitation.
pub(super) const LISTED_FOR: Duration = Duration::days(90);
/// How long a "no" is remembered.
const NO_LASTS: Duration = Duration::days(365);

/// Questions that were asked before are not listed any more.
pub(super) fn listed_since(services: &Services) -> DateTime<Utc> {
    services.clock.now() - LISTED_FOR
}

/// Says yes or no. With a yes they belong to the organisation, with what it keeps of them, and study in the cohort that it named, unless
/// they follow the course already alone or for another organisation (`place_free_for`). A no is remembered, and the organisation is not told; they may still say
/// yes. The same answer given twice is fine.
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
    let new = if agrees {
        join(&mut db, actor, organisation, now).await?
    } else {
        let declined = sqlx::query!(
            "update membership_requests set declined_at = $3
            where organisation_id = $1 and person_id = $2 and declined_at is null",
            organisation.0,
            actor.person().0,
            now,
        )
        .execute(&mut *db)
        .await?;
        declined.rows_affected() > 0
    };
    if !new {
        let so = sqlx::query_scalar!(
            r#"select case when $3
                then exists (select from memberships where organisation_id = $1 and person_id = $2)
                else exists (select from membership_requests
                    where organisation_id = $1 and person_id = $2 and declined_at is not null)
            end as "so!""#,
            organisation.0,
            actor.person().0,
            agrees,
        );
        return already(so.fetch_one(&mut *db).await?);
    }
    let action =
        if agrees { "organisations.membership_accepted" } else { "organisations.membership_declined" };
    let event = audit::Event { at: now, actor: Some(actor.person()), subject: Some(actor.person()), action };
    audit::record_with(&mut db, event, json!({ "organisation": organisation })).await?;
    db.commit().await?;
    Ok(())
}

/// Says whether the organisation asked them.
async fn join(
    db: &mut Transaction<'_, Postgres>,
    actor: &Actor,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let asked = sqlx::query!(
        // Who said no may think better of it, unless the organisation has taken the question back.
        "delete from membership_requests
        where organisation_id = $1 and person_id = $2 and (declined_at is null or full_name <> '')
        returning upload_id, student_number, team, area, cohort_id",
        organisation.0,
        actor.person().0,
    )
    .fetch_optional(&mut **db)
    .await?;
    let Some(asked) = asked else { return Ok(false) };
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
        .execute(&mut **db)
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
            where enrolments.cohort_id is null
                and place_free_for(excluded.organisation_id, enrolments.organisation_id, enrolments.cohort_id, enrolments.last_seen_at)
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
    told.fetch_one(&mut **db).await?;
    Ok(true)
}

/// An administrator asks somebody again. The mail goes out at most once a week, and not to who has said no: the administrator is told
/// nothing of either. Says whether it is on its way.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the organisation does not ask.
pub(super) async fn ask_again(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<bool> {
    let asked = sqlx::query_scalar!(
        r#"select r.declined_at is null and p.activated_at is not null and p.withdrawn_at is null and not exists (
            select from mails_of_people o where o.person_id = p.id and o.kind = 'membership_asked'
                and o.queued_at > clock_timestamp() - interval '7 days') as "may!"
        from membership_requests r join people p on p.id = r.person_id
        where r.organisation_id = $1 and r.person_id = $2 and r.asked_at > $3 for update of r"#,
        organisation.0,
        person.0,
        listed_since(services),
    )
    .fetch_optional(&mut **db)
    .await?
    .ok_or(Error::NotFound)?;
    if asked {
        ask(services, db, organisation, &[person]).await?;
    }
    Ok(asked)
}

/// Which questions are taken back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Questions {
    OfUpload(Uuid),
    To(OrganisationId, PersonId),
}

/// Undoes what was asked. Who said no is still not asked again; of them nothing else is kept.
pub(super) async fn take_back_questions(
    services: &Services,
    db: &mut PgConnection,
    which: Questions,
) -> Result<Vec<Uuid>> {
    let (upload, organisation, person) = match which {
        Questions::OfUpload(upload) => (Some(upload), None, None),
        Questions::To(organisation, person) => (None, Some(organisation.0), Some(person.0)),
    };
    let leaving = sqlx::query_scalar!(
        "select person_id from membership_requests where upload_id = $1 or organisation_id = $2 and person_id = $3",
        upload,
        organisation,
        person,
    )
    .fetch_all(&mut *db)
    .await?;
    access::keep_leaving(services, db, &leaving).await?;
    let declined = sqlx::query_scalar!(
        "update membership_requests set upload_id = null, asked_at = $2, full_name = '', student_number = null, team = null,
            area = null, cohort_id = null
        where (upload_id = $1 or organisation_id = $3 and person_id = $4) and declined_at is not null and full_name <> ''
        returning person_id",
        upload,
        services.clock.now() - LISTED_FOR,
        organisation,
        person,
    )
    .fetch_all(&mut *db)
    .await?;
    let asked = sqlx::query_scalar!(
        "delete from membership_requests
        where (upload_id = $1 or organisation_id = $2 and person_id = $3) and declined_at is null returning person_id",
        upload,
        organisation,
        person,
    )
    .fetch_all(db)
    .await?;
    Ok([declined, asked].concat())
}

/// Removes questions that nobody has answered in time, and every "no" after a year. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_requests(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    in_portions(|| {
        sqlx::query!(
            "delete from membership_requests where ctid = any(array(
                select ctid from membership_requests
                where asked_at <= $1 and (declined_at is null or declined_at <= $2)
                order by asked_at limit $3 for update skip locked))",
            now - LISTED_FOR,
            now - NO_LASTS,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
