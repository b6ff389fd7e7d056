//! A form that is sent twice, by a double press or by going back, acts once. The page draws a token into the form; the
//! transaction that acts records the token and the result.

use chrono::Duration;
use data_encoding::HEXLOWER;
use domain::{FormToken, accounts::PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        portions::{PORTION, in_portions},
        random::hash,
    },
};

/// How long the server remembers that a form was sent.
const KNOWN_FOR: Duration = Duration::days(1);

/// `None` the first time; the result, if the form was sent before. Of two at once the second waits for the first.
/// `what` is the content of the form: with other content it is another form. A form without a token is always another
/// one.
///
/// Ask this first, even before permission: the sender was permitted the first time, and the result may be gone since.
pub(crate) async fn once(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    form: Option<FormToken>,
    what: &str,
    made: Uuid,
) -> Result<Option<Uuid>> {
    let Some(form) = form else { return Ok(None) };
    let first = sqlx::query!(
        "insert into done_forms (person_id, token, what, made, done_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
        actor.person().0,
        form.0,
        what,
        made,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    if first.rows_affected() == 1 {
        return Ok(None);
    }
    let made = done_before(db, actor, form, what).await?;
    made.map(Some).ok_or_else(|| Error::failed("a form that was sent is not known any more"))
}

/// The `what` of a form for [`once`]: the act, and a digest of all that the form says, so that nothing of it is kept with the token. With a part
/// left out, a form that says something else there would pass for the one that was sent before.
pub(crate) fn saying(act: &str, said: &[&[u8]]) -> String {
    let digests: Vec<u8> = said.iter().flat_map(hash).collect();
    format!("{act} {}", HEXLOWER.encode(&hash(digests)))
}

/// The result of the form when it was sent before.
pub(crate) async fn done_before(
    db: &mut PgConnection,
    actor: &Actor,
    form: FormToken,
    what: &str,
) -> Result<Option<Uuid>> {
    let made = sqlx::query_scalar!(
        "select made from done_forms where person_id = $1 and token = $2 and what = $3",
        actor.person().0,
        form.0,
        what,
    );
    Ok(made.fetch_optional(db).await?)
}

/// Whether anybody has sent the form, for a token and a content that are the same for all who may send it.
pub(crate) async fn done_by_anybody(db: &mut PgConnection, form: FormToken, what: &str) -> Result<bool> {
    let done = sqlx::query_scalar!(
        r#"select exists (select from done_forms where token = $1 and what = $2) as "done!""#,
        form.0,
        what,
    );
    Ok(done.fetch_one(db).await?)
}

/// How long the same act with the same words is a button pressed twice.
const PRESSED_TWICE: Duration = Duration::minutes(1);

/// Whether somebody has done the same to the same subject within the last minute, for a form that has no token. `what` is the act, and
/// `words` what was typed, of which only a digest is kept. It records that it is done now. Of two at once the second waits for the first.
pub(crate) async fn pressed_twice(
    services: &Services,
    db: &mut PgConnection,
    by: PersonId,
    subject: Uuid,
    (what, words): (&str, &str),
) -> Result<bool> {
    let what = format!("{what} {}", HEXLOWER.encode(&hash(words)));
    done_within(services, db, (by, subject), &what, PRESSED_TWICE).await
}

/// Whether somebody has done this to the same subject within that time, of [`KNOWN_FOR`] at most. It records that it is done now, unless it
/// was. Of two at once the second waits for the first.
pub(crate) async fn done_within(
    services: &Services,
    db: &mut PgConnection,
    (by, subject): (PersonId, Uuid),
    what: &str,
    how_long: Duration,
) -> Result<bool> {
    let now = services.clock.now();
    let first = sqlx::query!(
        "insert into done_forms as d (person_id, token, what, made, done_at) values ($1, $2, $3, $2, $4)
        on conflict (person_id, token, what) do update set done_at = excluded.done_at where d.done_at <= $5",
        by.0,
        subject,
        what,
        now,
        now - how_long,
    )
    .execute(db)
    .await?;
    Ok(first.rows_affected() == 0)
}

/// Forgets forms that will not be sent again. Returns how many.
pub async fn forget_done_forms(services: &Services) -> Result<u64> {
    let long_ago = services.clock.now() - KNOWN_FOR;
    in_portions(|| {
        sqlx::query!(
            "delete from done_forms where ctid = any(array(
                select ctid from done_forms where done_at < $1 order by done_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::saying;

    #[test]
    fn a_form_that_says_the_same_in_other_fields_is_another_one() {
        let one = saying("add", &[b"Advice", b"line", b""]);
        assert_eq!(one, saying("add", &[b"Advice", b"line", b""]));
        assert!(one.starts_with("add ") && !one.contains("Advice"), "{one}");
        let others: [&[&[u8]]; 4] = [
            &[b"Advice", b"", b"line"],
            &[b"Adviceline", b"", b""],
            &[b"Advice", b"line"],
            &[b"Advice\n", b"line", b""],
        ];
        for other in others {
            assert_ne!(one, saying("add", other));
        }
        assert_ne!(one, saying("change", &[b"Advice", b"line", b""]));
    }
}
