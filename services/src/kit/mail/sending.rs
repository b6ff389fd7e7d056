//! The job that sends a mail.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::sleep;
use uuid::Uuid;

use super::{mailer::SendError, message::Outgoing};
use crate::{
    Result, Services,
    kit::jobs::{JobError, Outcome},
};

/// How often to try to record that a mail was sent. If all tries fail, the mail is sent again.
const TRIES: u32 = 5;

/// Gives a mail to the mail server, unless it was sent or its person is gone.
///
/// A process that is killed between the mail server's reply and our commit leaves a mail that is sent again, with the
/// same Message-ID.
pub(crate) async fn send(services: &Services, mail: Uuid) -> Outcome {
    let Some(outgoing) = begin(services, mail).await? else { return Ok(()) };
    let message = services.mailer.message(&outgoing)?;
    let (state, code) = match services.mailer.send(message).await {
        Ok(()) => ("sent", None),
        Err(SendError::Bounced(code)) => ("bounced", code),
        Err(SendError::Deferred(code)) => return Err(answered(services, mail, "mail_deferred", code).await?),
        Err(SendError::Rejected(code)) => return Err(answered(services, mail, "mail_rejected", code).await?),
        Err(SendError::Unreachable) => {
            return Err(JobError::temporary("mail_unreachable", "the mail server cannot be reached"));
        }
    };
    let mut tried = 1;
    while let Err(error) = end(services, mail, state, code).await {
        if tried == TRIES {
            return Err(error.into());
        }
        tracing::warn!(%error, "could not record that a mail is {state}; trying again");
        tried += 1;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Counts the attempt before it is made, and reads the mail.
async fn begin(services: &Services, mail: Uuid) -> Result<Option<Outgoing>> {
    Ok(sqlx::query_as!(
        Outgoing,
        r#"with begun as (
            update outbox set attempts = attempts + 1, state = 'queued', ended_at = null
            where id = $1 and state in ('queued', 'failed')
            returning id, message_id, person_id, queued_at
        )
        select b.message_id, b.queued_at, coalesce(c.email, p.email) as "to!", c.subject, c.body as text, c.html, c.unsubscribe, c.reply_to
        from begun b join outbox_content c on c.mail_id = b.id left join people_named p on p.id = b.person_id"#,
        mail,
    )
    .fetch_optional(&services.db)
    .await?)
}

/// One statement, so that a killed process hardly ever leaves a sent mail without a record.
async fn end(services: &Services, mail: Uuid, state: &str, code: Option<u16>) -> Result<()> {
    sqlx::query!(
        "with ended as (
            update outbox set state = $2, reply = coalesce($3, reply), ended_at = clock_timestamp()
            where id = $1 and state in ('queued', 'failed')
        )
        delete from outbox_content where mail_id = $1",
        mail,
        state,
        reply(code),
    )
    .execute(&services.db)
    .await?;
    Ok(())
}

async fn answered(services: &Services, mail: Uuid, error: &'static str, code: u16) -> Result<JobError> {
    sqlx::query!("update outbox set reply = $2 where id = $1", mail, reply(Some(code)))
        .execute(&services.db)
        .await?;
    Ok(JobError::temporary(error, format!("the mail server answered {code}")))
}

fn reply(code: Option<u16>) -> Option<i16> {
    code.and_then(|code| i16::try_from(code).ok())
}

/// In the transaction that fails the job for good.
pub(crate) async fn failed(db: &mut PgConnection, mail: Uuid) -> Result<()> {
    sqlx::query!(
        "update outbox set state = 'failed', ended_at = clock_timestamp() where id = $1 and state = 'queued'",
        mail,
    )
    .execute(db)
    .await?;
    Ok(())
}
