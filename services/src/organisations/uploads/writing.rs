//! Writes the people of an upload, in statements that take many rows at once.

use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    organisations::{OrganisationId, UploadId},
};
use sqlx::{Postgres, Transaction};

use crate::{
    Error, Result, Services, accounts,
    kit::mail::{self, Letter, Mail, MailKind, Recipient},
    organisations::questions::LISTED_FOR,
};

/// Some rows of an upload: from the first number to the last.
#[derive(Debug, Clone, Copy)]
pub(in crate::organisations) struct Portion {
    pub organisation: OrganisationId,
    pub upload: UploadId,
    pub first: i32,
    pub last: i32,
    pub at: DateTime<Utc>,
}

/// Makes accounts and memberships, changes what differs, and queues the mails, in the transaction of the caller, who has compared the rows.
pub(in crate::organisations) async fn write(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    portion: Portion,
) -> Result<()> {
    let made = make_people(db, portion).await?;
    find_people(db, portion).await?;
    let Asked { open, pending } = make_members(db, portion).await?;
    change_members(db, portion).await?;
    enrol(db, portion).await?;
    let invited = [made, pending].concat();
    accounts::invite_all(services, db, portion.organisation, &invited).await?;
    ask(services, db, portion.organisation, &open).await
}

/// An account for each new address. In one order, so that two uploads do not wait for each other.
async fn make_people(db: &mut Transaction<'_, Postgres>, portion: Portion) -> Result<Vec<PersonId>> {
    let made = sqlx::query_scalar!(
        "insert into people (id, email, full_name, created_at)
        select gen_random_uuid(), r.email, r.name, $4 from upload_rows r
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'new' and r.person_id is null
        order by r.email
        on conflict (email) do nothing returning id",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.at,
    )
    .fetch_all(&mut **db)
    .await?;
    sqlx::query!(
        // Each row by itself. PostgreSQL knows nothing yet of rows that have just come, takes them for one or two, and would
        // compare each with every new account.
        "update upload_rows r set person_id = found.id
        from upload_rows x
        cross join lateral (select p.id from people p where p.email = x.email offset 0) found
        where x.upload_id = $1 and x.row_number between $2 and $3 and x.outcome = 'new' and x.person_id is null
            and r.upload_id = x.upload_id and r.row_number = x.row_number and found.id = any($4)",
        portion.upload.0,
        portion.first,
        portion.last,
        &made,
    )
    .execute(&mut **db)
    .await?;
    Ok(made.into_iter().map(PersonId).collect())
}

/// Whom somebody else has made an account for at the same moment: they are asked, like everybody who has one, unless it was the same
/// organisation that brought them.
async fn find_people(db: &mut Transaction<'_, Postgres>, portion: Portion) -> Result<()> {
    sqlx::query!(
        "update upload_rows r set person_id = p.id,
            asks = not exists (select from memberships m where m.organisation_id = $4 and m.person_id = p.id)
        from people p
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'new' and r.person_id is null and p.email = r.email",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.organisation.0,
    )
    .execute(&mut **db)
    .await?;
    Ok(())
}

/// Who is asked whether they belong to the organisation.
struct Asked {
    /// Whom to write that they are asked. Nobody gets that mail twice within a week, however often an upload is undone and repeated.
    open: Vec<PersonId>,
    /// Whom another organisation has brought, and who has not answered: they get no mail but that of the activation, and one of this
    /// organisation too, which does not depend on the other.
    pending: Vec<PersonId>,
}

/// Memberships of those who are new here, and requests to those who have an account.
async fn make_members(db: &mut Transaction<'_, Postgres>, portion: Portion) -> Result<Asked> {
    sqlx::query!(
        "insert into memberships (organisation_id, person_id, student_number, team, area, joined_at, upload_id)
        select $4::uuid, r.person_id, r.student_number, r.team, r.area, $5::timestamptz, $1 from upload_rows r
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'new' and not r.asks
        on conflict (organisation_id, person_id) do nothing",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.organisation.0,
        portion.at,
    )
    .execute(&mut **db)
    .await?;
    let asked = sqlx::query!(
        // One that is not listed any more is in the way of a new one. Who said no is listed, and not asked.
        r#"with asked as (
            insert into membership_requests as q (organisation_id, person_id, upload_id, asked_at, full_name, student_number, team, area, cohort_id)
            select $4::uuid, r.person_id, $1, $5::timestamptz, r.name, r.student_number, r.team, r.area, r.cohort_id from upload_rows r
            where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'new' and r.asks
                and not exists (select from memberships m where m.organisation_id = $4 and m.person_id = r.person_id)
            on conflict (organisation_id, person_id) do update set upload_id = excluded.upload_id, asked_at = excluded.asked_at,
                full_name = excluded.full_name, student_number = excluded.student_number, team = excluded.team, area = excluded.area,
                cohort_id = excluded.cohort_id
            where q.asked_at <= $6
            returning person_id, declined_at
        )
        select a.person_id as "person_id!", p.activated_at is null as "pending!" from asked a join people p on p.id = a.person_id
        where a.declined_at is null and (p.activated_at is null or p.withdrawn_at is null and not exists (
            select from mails_of_people o where o.person_id = a.person_id and o.kind = 'membership_asked'
                and o.queued_at > clock_timestamp() - interval '7 days'))"#,
        portion.upload.0,
        portion.first,
        portion.last,
        portion.organisation.0,
        portion.at,
        portion.at - LISTED_FOR,
    )
    .fetch_all(&mut **db)
    .await?;
    let (pending, open): (Vec<_>, Vec<_>) = asked.into_iter().partition(|asked| asked.pending);
    Ok(Asked {
        open: open.into_iter().map(|asked| PersonId(asked.person_id)).collect(),
        pending: pending.into_iter().map(|asked| PersonId(asked.person_id)).collect(),
    })
}

/// Whether a write failed because somebody else of the organisation was given the student number at the same moment.
pub(in crate::organisations) fn number_was_taken(error: &Error) -> bool {
    let Error::Failed(error) = error else { return false };
    matches!(error.downcast_ref::<sqlx::Error>(), Some(sqlx::Error::Database(error))
        if error.constraint() == Some("memberships_student_number_key"))
}

/// What a row leaves out stays as it is.
async fn change_members(db: &mut Transaction<'_, Postgres>, portion: Portion) -> Result<()> {
    sqlx::query!(
        "update memberships m set student_number = coalesce(r.student_number, m.student_number), team = coalesce(r.team, m.team),
            area = coalesce(r.area, m.area)
        from upload_rows r
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'changed'
            and m.organisation_id = $4 and m.person_id = r.person_id",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.organisation.0,
    )
    .execute(&mut **db)
    .await?;
    sqlx::query!(
        "update membership_requests q set full_name = r.name, student_number = coalesce(r.student_number, q.student_number),
            team = coalesce(r.team, q.team), area = coalesce(r.area, q.area), cohort_id = coalesce(r.cohort_id, q.cohort_id)
        from upload_rows r
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'changed' and r.asks
            and q.organisation_id = $4 and q.person_id = r.person_id",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.organisation.0,
    )
    .execute(&mut **db)
    .await?;
    sqlx::query!(
        "update people p set full_name = r.name from upload_rows r
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome = 'changed' and not r.asks
            and p.id = r.person_id and p.activated_at is null and p.full_name <> r.name",
        portion.upload.0,
        portion.first,
        portion.last,
    )
    .execute(&mut **db)
    .await?;
    Ok(())
}

/// A place in a cohort, or another cohort of the same organisation. Who follows the course alone or for another organisation keeps that
/// place (`place_free_for`): what they have done there is not for this one to see. What is assigned to the new members, to their team or to their cohort comes with these rows: triggers
/// of the database see to it.
async fn enrol(db: &mut Transaction<'_, Postgres>, portion: Portion) -> Result<()> {
    sqlx::query!(
        "insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at)
        select gen_random_uuid(), r.person_id, c.course_id, c.id, $4::timestamptz
        from upload_rows r join cohorts_named c on c.id = r.cohort_id
        where r.upload_id = $1 and r.row_number between $2 and $3 and r.outcome in ('new', 'changed') and not r.asks
            -- Somebody may have left since the rows were compared.
            and exists (select from memberships m where m.organisation_id = c.organisation_id and m.person_id = r.person_id)
        on conflict (learner_id, course_id) do update set cohort_id = excluded.cohort_id
        where enrolments.cohort_id is distinct from excluded.cohort_id
            and place_free_for(excluded.organisation_id, enrolments.organisation_id, enrolments.cohort_id, enrolments.last_seen_at)",
        portion.upload.0,
        portion.first,
        portion.last,
        portion.at,
    )
    .execute(&mut **db)
    .await?;
    Ok(())
}

/// Writes to people who have an account that an organisation names them.
pub(in crate::organisations) async fn ask(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let asks = sqlx::query!(
        r#"select name, kind = 'funder' as "funder!" from organisations where id = $1"#,
        organisation.0
    )
    .fetch_one(&mut **db)
    .await?;
    let (name, site) = (asks.name, &services.public_url);
    let sees = if asks.funder {
        "your name, and nobody's progress"
    } else {
        "your name and your progress in the courses that it gives you"
    };
    let letter = Letter::new(format!("{name}: do you belong to it?"))
        .paragraph(format!("{name} says that you belong to it, and gave us your e-mail address. You have an account with us already."))
        .paragraph(format!("If you agree, this organisation sees {sees}. Until then it sees nothing of your account."))
        .link("Say yes or no in your account", format!("{site}/account"))
        .paragraph("If you do not know the organisation, do nothing.");
    let mails: Vec<_> = people
        .iter()
        .map(|person| Mail {
            kind: MailKind::MembershipAsked,
            to: Recipient::Person(*person),
            letter: letter.clone(),
            unsubscribe: None,
        })
        .collect();
    mail::enqueue_many(services, db, &mails).await
}
