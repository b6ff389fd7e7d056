//! Browsers that an account knows. A known browser gives no access; see [`super::guard`] for its use.

use chrono::{DateTime, Duration, Utc};
use domain::accounts::PersonId;
use sqlx::PgConnection;

use crate::{
    Result, Services,
    kit::{
        portions::{PORTION, in_portions},
        random::{self, Token},
    },
};

/// How long an account knows a browser after the person last signed in with it, and how long the browser keeps its
/// cookie.
pub const KNOWN_FOR: Duration = Duration::days(365);

/// How many browsers an account knows at most. The one that was seen longest ago is forgotten first.
pub(super) const KNOWN: i64 = 30;

/// Makes this browser known to the person's account, for passwords alone. Returns the token for its cookie: the one that
/// it has, or a new one if that is not ours. A browser has one token, whichever person signs in there.
pub(super) async fn remember(
    db: &mut PgConnection,
    person: PersonId,
    presented: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String> {
    let ours = sqlx::query_scalar!(
        r#"select exists (select from known_devices where token_hash = $1) as "ours!""#,
        presented.map(random::hash),
    )
    .fetch_one(&mut *db)
    .await?;
    let token = match presented.filter(|_| ours) {
        Some(token) => token.to_owned(),
        None => Token::new()?.as_str().to_owned(),
    };
    sqlx::query!(
        "insert into known_devices (token_hash, person_id, seen_at) values ($1, $2, $3)
        on conflict (token_hash, person_id) do update set seen_at = excluded.seen_at",
        random::hash(&token),
        person.0,
        now,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from known_devices where person_id = $1 and token_hash in (
            select token_hash from known_devices where person_id = $1 order by seen_at desc, token_hash offset $2
        )",
        person.0,
        KNOWN,
    )
    .execute(db)
    .await?;
    Ok(token)
}

/// Makes this browser known for codes too: one was accepted there. It is so as long as the person has this second factor.
pub(super) async fn remember_for_codes(
    db: &mut PgConnection,
    person: PersonId,
    presented: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String> {
    let token = remember(&mut *db, person, presented, now).await?;
    sqlx::query!(
        "update known_devices set code_at = $3 where token_hash = $1 and person_id = $2",
        random::hash(&token),
        person.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(token)
}

/// Removes the browsers that have not been used to sign in for a long time. Returns how many were removed.
pub async fn forget_old_devices(services: &Services) -> Result<u64> {
    let long_ago = services.clock.now() - KNOWN_FOR;
    in_portions(|| {
        sqlx::query!(
            "delete from known_devices where ctid = any(array(
                select ctid from known_devices where seen_at <= $1 order by seen_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
