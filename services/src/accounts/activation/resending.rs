//! Links that are sent again: because the person asks, or an administrator of the organisation that invited them.

use chrono::Duration;
use domain::{
    accounts::{AccountState, MailState, PersonId},
    organisations::OrganisationId,
};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::invitations::{Occasion, PORTION, send_links};
use crate::{Error, Result, Services, accounts};

/// How many links of all kinds one person gets in an hour.
const LINKS_AN_HOUR: i64 = 5;
/// A person who got a mail more recently is left out when an organisation sends all of them again.
const ALL_AGAIN_AFTER: Duration = Duration::days(1);

/// For a person whose account is not open and who asked for a link, or support for them. It names the organisation that invited them
/// last. Says whether a mail is queued.
pub(in crate::accounts) async fn send_link_to_open(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    by: Option<PersonId>,
) -> Result<bool> {
    if has_enough(services, db, person).await? {
        return Ok(false);
    }
    let organisation = sqlx::query_scalar!(
        "select organisation_id from activation_links where person_id = $1 order by created_at desc limit 1",
        person.0,
    )
    .fetch_optional(&mut **db)
    .await?
    .flatten();
    let occasion = if by.is_some() { Occasion::Helped } else { Occasion::Asked };
    let sent = send_links(services, db, (occasion, by), &[person.0], &[organisation]).await?;
    Ok(!sent.is_empty())
}

/// One person's clicks must not fill another person's mailbox.
async fn has_enough(services: &Services, db: &mut PgConnection, person: PersonId) -> Result<bool> {
    let links = sqlx::query_scalar!(
        r#"select count(*) as "links!" from activation_links where person_id = $1 and created_at > $2"#,
        person.0,
        services.clock.now() - Duration::hours(1),
    )
    .fetch_one(db)
    .await?;
    Ok(links >= LINKS_AN_HOUR)
}

/// Sends one person whom this organisation invited a new link. The caller has the organisation from a proof, which says whether it is
/// support that sends it. Says whether a mail is on its way: nobody gets more than five in an hour, nor one whose account is open.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the organisation has not invited, whether there is one or not.
pub async fn resend(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    person: PersonId,
    by: PersonId,
    support: bool,
) -> Result<bool> {
    let invited = sqlx::query_scalar!(
        r#"select exists (
            select from activation_links where person_id = $1 and organisation_id = $2
        ) as "invited!""#,
        person.0,
        organisation.0,
    )
    .fetch_one(&mut **db)
    .await?;
    if !invited {
        return Err(Error::NotFound);
    }
    accounts::one_at_a_time(db, person).await?;
    if has_enough(services, db, person).await? {
        return Ok(false);
    }
    let occasion = (Occasion::Resent { support }, Some(by));
    let sent = send_links(services, db, occasion, &[person.0], &[Some(organisation.0)]).await?;
    Ok(!sent.is_empty())
}

/// Sends a new link to everybody whom this organisation invited and who has not answered. Left out are people who asked
/// for no reminders, and who got a mail within a day: pressing the button twice sends one mail. The caller has the
/// organisation from a proof, and holds it (`organisations::one_at_a_time`). Returns how many mails are on their way.
///
/// # Errors
/// When the database fails.
pub async fn resend_all(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    by: PersonId,
    support: bool,
) -> Result<usize> {
    let people = sqlx::query_scalar!(
        "select p.id from people p
        where p.activated_at is null
            and p.id in (select person_id from activation_links where organisation_id = $1)
            and not exists (select from invitations i where i.person_id = p.id and i.stopped_at is not null)
            and not exists (select from activation_links l where l.person_id = p.id and l.created_at > $2)
        order by p.id",
        organisation.0,
        services.clock.now() - ALL_AGAIN_AFTER,
    )
    .fetch_all(&mut **db)
    .await?;
    let mut sent = 0;
    for people in people.chunks(PORTION) {
        let organisations = vec![Some(organisation.0); people.len()];
        let occasion = (Occasion::Resent { support }, Some(by));
        sent += send_links(services, db, occasion, people, &organisations).await?.len();
    }
    Ok(sent)
}

/// The state of these accounts, and of the last mail of their activation, for the organisation's list. A statement that
/// joins them reads the view `activation_states` itself.
///
/// # Errors
/// When the database fails, or says a word that is none of theirs.
pub async fn account_states(
    db: &mut PgConnection,
    people: &[PersonId],
) -> Result<Vec<(PersonId, AccountState, Option<MailState>)>> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let rows = sqlx::query!(
        r#"select person_id as "person_id!", state as "state!", mail from activation_states where person_id = any($1)"#,
        &people,
    )
    .fetch_all(db)
    .await?;
    let unknown =
        |word: &str| Error::failed(format!("there is no state of an account or a mail called {word}"));
    let read = rows.into_iter().map(|row| {
        let state = AccountState::read(&row.state).ok_or_else(|| unknown(&row.state))?;
        let mail = row.mail.map(|word| MailState::read(&word).ok_or_else(|| unknown(&word))).transpose()?;
        Ok((PersonId(row.person_id), state, mail))
    });
    read.collect()
}
