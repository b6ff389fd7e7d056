//! A link that has opened an account just now, or has given it a new password: its form, sent twice, is answered as the first time.
//! Without scripts a button is pressed twice, and the browser shows the second answer alone.

use chrono::{DateTime, Duration, Utc};
use domain::accounts::PersonId;
use sqlx::PgConnection;

use super::{Visitor, devices};
use crate::{
    Error, Result, Services,
    kit::{
        portions::{PORTION, in_portions},
        random,
    },
};

/// How long it is answered so. It is not longer: a link says whose account it was, and this asks for a password without counting tries.
const TWICE: Duration = Duration::seconds(10);
/// How long a row is kept at least.
const KEPT: Duration = Duration::hours(1);

/// The answer to a form that was sent twice.
pub(super) struct Followed {
    /// The token by which the browser is known from now on.
    pub device: String,
    /// As the form to register had it.
    pub sponsor_code: Option<String>,
}

/// Keeps that a link was followed, in the transaction that does what it is for.
pub(super) async fn keep(
    db: &mut PgConnection,
    token: &str,
    person: PersonId,
    sponsor_code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into links_followed (token_hash, person_id, sponsor_code, followed_at) values ($1, $2, $3, $4)",
        random::hash(token),
        person.0,
        sponsor_code,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Answers the form once more, if its link was followed just now and this is the password. The link alone tells nothing: otherwise it is `gone`.
pub(super) async fn again(
    services: &Services,
    token: &str,
    password: &str,
    from: Visitor<'_>,
    gone: Error,
) -> Result<Followed> {
    let now = services.clock.now();
    let found = sqlx::query!(
        "select f.person_id, f.sponsor_code, p.password_hash from links_followed f join people p on p.id = f.person_id
        where f.token_hash = $1 and f.followed_at > $2 and p.withdrawn_at is null",
        random::hash(token),
        now - TWICE,
    )
    .fetch_optional(&services.db)
    .await?;
    let Some(found) = found else { return Err(gone) };
    if !services.hasher.verify(password, found.password_hash.as_deref()).await? {
        return Err(gone);
    }
    let mut db = services.begin().await?;
    let device = devices::remember(&mut db, PersonId(found.person_id), from.device, now).await?;
    db.commit().await?;
    Ok(Followed { device, sponsor_code: found.sponsor_code })
}

/// Removes what is not answered any more.
pub(super) async fn forget(services: &Services) -> Result<()> {
    let long_ago = services.clock.now() - KEPT;
    in_portions(|| {
        sqlx::query!(
            "delete from links_followed where ctid = any(array(
                select ctid from links_followed where followed_at <= $1 order by followed_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    Ok(())
}
