//! The jobs: taking in a confirmed upload, and undoing one. Each is one transaction.

use domain::organisations::{OrganisationId, UploadId};
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{Portion, compare, count, write};
use crate::{
    Error, Result, Services, accounts,
    kit::{audit, jobs::Attempt},
    organisations::{
        endings::{Ending, end},
        questions::{Questions, take_back_questions},
    },
};

/// How many rows are written before the progress is told.
const ROWS: i32 = 5_000;

/// Writes everybody of a confirmed upload, all or nobody, and destroys the file. If more rows are wrong than when it was confirmed, nothing
/// is written, and somebody has to look at it again.
pub(crate) async fn take_in(services: &Services, attempt: &Attempt, upload: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    let upload = UploadId(upload);
    let organisation = one_after_the_other(&mut db, upload).await?;
    // Asked after that: it may have been done meanwhile.
    let confirmed =
        sqlx::query_scalar!("select wrong_rows from uploads where id = $1 and state = 'confirmed'", upload.0)
            .fetch_optional(&mut *db)
            .await?;
    if let (Some(organisation), Some(confirmed)) = (organisation, confirmed) {
        compare(services, &mut db, organisation, upload).await?;
        let wrong: i64 = sqlx::query_scalar!(
            r#"select count(*) as "wrong!" from upload_rows where upload_id = $1 and outcome = 'wrong'"#,
            upload.0,
        )
        .fetch_one(&mut *db)
        .await?;
        if wrong > i64::from(confirmed) {
            sqlx::query!(
                "update uploads set state = 'preview', returned = true, version = version + 1 where id = $1 and state = 'confirmed'",
                upload.0,
            )
            .execute(&mut *db)
            .await?;
            count(&mut db, upload).await?;
        } else {
            write_all(services, &mut db, organisation, upload).await?;
            finish(services, &mut db, organisation, upload).await?;
        }
    }
    // Otherwise another worker now has the job and does it.
    if attempt.complete_in(&mut db).await? {
        db.commit().await?;
    }
    Ok(())
}

/// Uploads of one organisation are taken in one after the other: each is compared with what the one before has written. Nothing for an
/// upload that is not there any more.
async fn one_after_the_other(db: &mut PgConnection, upload: UploadId) -> Result<Option<OrganisationId>> {
    let organisation = sqlx::query_scalar!(
        r#"select u.organisation_id from uploads u
        cross join lateral pg_advisory_xact_lock(hashtextextended('upload ' || u.organisation_id, 0)) where u.id = $1"#,
        upload.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(organisation.map(OrganisationId))
}

async fn write_all(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    upload: UploadId,
) -> Result<()> {
    let at = services.clock.now();
    let last = sqlx::query_scalar!("select max(row_number) from upload_rows where upload_id = $1", upload.0)
        .fetch_one(&mut **db)
        .await?
        .unwrap_or_default();
    let mut first = 0;
    while first <= last {
        let end = first.saturating_add(ROWS);
        write(services, db, Portion { organisation, upload, first, last: end - 1, at }).await?;
        first = end;
        if let Err(error) = tell_progress(services, upload, first).await {
            tracing::warn!(%error, "could not say how far an upload is");
        }
    }
    Ok(())
}

/// Outside the transaction: the page shows how far it is, and nothing of what is not committed.
async fn tell_progress(services: &Services, upload: UploadId, rows: i32) -> Result<()> {
    sqlx::query!(
        "update uploads set progress = least($2, all_rows) where id = $1 and state = 'confirmed'",
        upload.0,
        rows,
    )
    .execute(&services.db)
    .await?;
    Ok(())
}

async fn finish(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    upload: UploadId,
) -> Result<()> {
    count(db, upload).await?;
    tell_cohorts(db, upload).await?;
    sqlx::query!("delete from upload_rows where upload_id = $1", upload.0).execute(&mut **db).await?;
    sqlx::query!("delete from upload_files where upload_id = $1", upload.0).execute(&mut **db).await?;
    // Nothing of what was in the file stays, but how many rows there were.
    sqlx::query!(
        "update uploads set state = 'done', done_at = $2, sheets = '[]', sheet = null, columns = '[]', matching = '[]', warnings = '{}',
            progress = all_rows
        where id = $1",
        upload.0,
        services.clock.now(),
    )
    .execute(&mut **db)
    .await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: None,
        subject: None,
        action: "organisations.upload_taken_in",
    };
    audit::record_with(db, event, json!({ "organisation": organisation, "upload": upload })).await
}

/// Who follows a cohort, or all of the organisation, sees the new students.
pub(in crate::organisations) async fn tell_cohorts(db: &mut PgConnection, upload: UploadId) -> Result<()> {
    sqlx::query!(
        r#"select count(*) as "told!" from (
            select distinct 'cohort' as kind, r.cohort_id as id from upload_rows r
            where r.upload_id = $1 and r.outcome in ('new', 'changed') and r.cohort_id is not null
            union all
            select 'organisation', u.organisation_id from uploads u where u.id = $1
        ) t, lateral live_tell(t.kind, t.id)"#,
        upload.0,
    )
    .fetch_one(db)
    .await?;
    Ok(())
}

/// In the transaction that fails the job for good: it can be confirmed again.
pub(crate) async fn take_in_failed(db: &mut PgConnection, upload: Uuid) -> Result<()> {
    sqlx::query!("update uploads set state = 'failed' where id = $1 and state = 'confirmed'", upload)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes the people whom an upload has brought and who have not activated their accounts. An account goes unless another organisation
/// waits for the same person, or they hold a role. What the upload has changed stays.
pub(crate) async fn undo(services: &Services, attempt: &Attempt, upload: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    let organisation = one_after_the_other(&mut db, UploadId(upload)).await?;
    let undoing = sqlx::query_scalar!(
        r#"select exists (select from uploads where id = $1 and state = 'undoing') as "undoing!""#,
        upload,
    )
    .fetch_one(&mut *db)
    .await?;
    if let Some(organisation) = organisation.filter(|_| undoing) {
        // Somebody who opens the account at this moment is waited for, and then keeps all of it. In one order, as everywhere.
        let people = sqlx::query_scalar!(
            "select p.id from memberships m join people p on p.id = m.person_id
            where m.upload_id = $1 and p.activated_at is null order by p.id for update of p",
            upload,
        )
        .fetch_all(&mut *db)
        .await?;
        let asked = take_back_questions(services, &mut db, Questions::OfUpload(upload)).await?;
        let ending =
            Ending { organisation, people: &people, by: None, reason: "The file of people was undone" };
        end(services, &mut db, ending).await?;
        accounts::take_back_invitations(&mut db, organisation, &asked).await?;
        // Who was asked is counted like who was invited: nobody is told which.
        let gone = [people, asked].concat();
        let removed = i32::try_from(gone.len()).map_err(Error::failed)?;
        sqlx::query!(
            "update uploads set state = 'undone', undone_at = $2, removed_accounts = $3 where id = $1",
            upload,
            services.clock.now(),
            removed,
        )
        .execute(&mut *db)
        .await?;
    }
    if attempt.complete_in(&mut db).await? {
        db.commit().await?;
    }
    Ok(())
}

/// It can be asked for again.
pub(crate) async fn undo_failed(db: &mut PgConnection, upload: Uuid) -> Result<()> {
    sqlx::query!("update uploads set state = 'done' where id = $1 and state = 'undoing'", upload)
        .execute(db)
        .await?;
    Ok(())
}
