//! Choosing a password: forgotten, or changed.

use chrono::Duration;
use domain::{
    Problem,
    accounts::{EmailAddress, NewPassword, Password, PersonId},
};

use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{Actor, Renewed, Visitor, activation, devices, followed, guard, sessions, signing_out};
use crate::{
    Error, Result, Services,
    kit::{
        audit,
        jobs::{self, Attempt, Job},
        mail::{self, Letter, Mail, MailKind, Recipient},
        moment::moment,
        random::{self, Token},
    },
};

const LINK_LASTS: Duration = Duration::hours(1);
const LINKS_AN_HOUR: i64 = 5;

/// The weakest accepted password, as `zxcvbn` estimates: 10^8 guesses. Its list of 30,000 passwords from breaches ships
/// with the server, and it knows their usual disguises; the person's own name and address count as known words.
const WEAKEST_GUESSES: u64 = 100_000_000;

pub(super) fn refuse_common(password: &NewPassword, known: &[&str]) -> Result<()> {
    let mut words = vec!["learning", "prescribing", "prescriber", "cooperative"];
    words
        .extend(known.iter().flat_map(|text| text.split(['@', '.', ' ', '-'])).filter(|word| word.len() > 2));
    if zxcvbn::zxcvbn(password.as_str(), &words).guesses() < WEAKEST_GUESSES {
        return Err(Error::invalid("new_password", Problem::PasswordCommon));
    }
    Ok(())
}

/// Queues a link to choose a new password, for the account with that address. The reply never says whether there is
/// one, and ignores waits: an owner locked out by another person's tries gets in again here. The look-up too comes
/// after the reply, because its time would tell an existing address from a missing one. So the request is queued, and
/// the job looks for the account.
///
/// # Errors
/// [`Problem::LinksTooMany`] on `email`, when that network has requested very many.
pub async fn request_link(services: &Services, email: EmailAddress, from: Visitor<'_>) -> Result<()> {
    if !guard::may_ask_for_link(services, from).await? {
        return Err(Error::invalid("email", Problem::LinksTooMany));
    }
    let request = Uuid::now_v7();
    let mut db = services.begin().await?;
    sqlx::query!(
        "insert into password_link_requests (id, email, asked_at) values ($1, $2, $3)",
        request,
        email.as_str(),
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    jobs::enqueue(&mut db, Job::SendPasswordLink { request }).await?;
    db.commit().await?;
    Ok(())
}

/// The job of [`request_link`]: makes the link, and queues its mail.
pub(crate) async fn send_link_asked_for(services: &Services, attempt: &Attempt, request: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    let email =
        sqlx::query_scalar!("delete from password_link_requests where id = $1 returning email", request)
            .fetch_optional(&mut *db)
            .await?;
    if let Some(email) = email {
        make_link(services, &mut db, &address(&email)?, None).await?;
    }
    // Otherwise another worker now has the job and makes the link.
    if attempt.complete_in(&mut db).await? {
        db.commit().await?;
    }
    Ok(())
}

/// Whether a link still works.
///
/// # Errors
/// [`Error::NotFound`] when it does not.
pub async fn link_works(services: &Services, token: &str) -> Result<()> {
    let works = sqlx::query_scalar!(
        r#"select exists (select from password_links where token_hash = $1 and used_at is null and ends_at > $2) as "works!""#,
        random::hash(token),
        services.clock.now(),
    )
    .fetch_one(&services.db)
    .await?;
    if works { Ok(()) } else { Err(Error::NotFound) }
}

/// Makes a link for the account with that address, and queues the mail that carries it. A person whose account is not
/// open gets a link to open it. `by` is who of support sends it, if it was not the person who asked. Says whether a mail is queued.
pub(super) async fn make_link(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    email: &EmailAddress,
    by: Option<PersonId>,
) -> Result<bool> {
    let now = services.clock.now();
    // Of several simultaneous requests, each waits for the one before and counts in a statement of its own, which sees
    // that one's link.
    let person = sqlx::query!(
        r#"select id, full_name, (activated_at is not null and withdrawn_at is null) as "is_open!" from people
            where email = $1 for no key update"#,
        email.as_str(),
    )
    .fetch_optional(&mut **db)
    .await?;
    let Some(person) = person else { return Ok(false) };
    // No consent, no account: they get the mail with which they give it.
    if !person.is_open {
        return activation::send_link_to_open(services, db, PersonId(person.id), by).await;
    }
    let links = sqlx::query_scalar!(
        r#"select count(*) as "links!" from password_links where person_id = $1 and created_at > $2"#,
        person.id,
        now - LINK_LASTS,
    )
    .fetch_one(&mut **db)
    .await?;
    // One person's clicks must not fill another person's mailbox.
    if links >= LINKS_AN_HOUR {
        return Ok(false);
    }
    let token = Token::new()?;
    sqlx::query!(
        "insert into password_links (token_hash, person_id, created_at, ends_at) values ($1, $2, $3, $4)",
        token.hash(),
        person.id,
        now,
        now + LINK_LASTS,
    )
    .execute(&mut **db)
    .await?;
    let id = PersonId(person.id);
    let event = sessions::event("accounts.link_requested", id, now);
    audit::record(db, audit::Event { actor: by.or(event.actor), ..event }).await?;
    let site = &services.public_url;
    let (why, otherwise) = match by {
        None => ("Somebody, probably you, asked for a new password", "If it was not you"),
        Some(_) => ("Support sent you this because you asked for help with signing in", "If you did not ask"),
    };
    let letter = Letter::new("Choose a new password")
        .paragraph(format!("Hello {},", person.full_name))
        .paragraph(format!("{why} at {site}"))
        .paragraph("To choose one, open this link within an hour. It works once.")
        .link("Choose a new password", format!("{site}/choose-password/{}", token.as_str()))
        .paragraph(format!("{otherwise}, do nothing: your password stays as it is."));
    mail::enqueue(services, db, &needed(MailKind::PasswordLink, id, letter)).await?;
    Ok(true)
}

/// Queues the notice of a new password, in the transaction that sets it.
async fn tell_of_change(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    name: &str,
) -> Result<()> {
    let site = &services.public_url;
    let letter = Letter::new("Your password was changed")
        .paragraph(format!("Hello {name},"))
        .paragraph(format!(
            "The password of your account at {site} was changed on {}. All other devices were signed out.",
            moment(services.clock.now()).london,
        ))
        .paragraph("If it was you, there is nothing to do.")
        .paragraph("If it was not you, somebody may have your old password. Choose a new one at once:")
        .link("Ask for a link to choose a password", format!("{site}/forgotten-password"));
    mail::enqueue(services, db, &needed(MailKind::PasswordChanged, person, letter)).await
}

/// Necessary mail, which no recipient can stop.
fn needed(kind: MailKind, person: PersonId, letter: Letter) -> Mail {
    Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None }
}

/// Takes a link and sets the chosen password. Every session of the person ends: they sign in with the new password,
/// without waiting because of earlier guesses. Returns the token by which the browser is known from now on. The same form
/// sent twice is answered twice.
///
/// # Errors
/// [`Problem::LinkNoLongerValid`] on `token`; [`Problem::PasswordCommon`] on `new_password`, which leaves the link unused.
pub async fn choose_password(
    services: &Services,
    token: &str,
    password: &NewPassword,
    from: Visitor<'_>,
) -> Result<String> {
    let now = services.clock.now();
    let token_hash = random::hash(token);
    let person = sqlx::query!(
        "select p.id, p.email, p.full_name from password_links l join people p on p.id = l.person_id
        where l.token_hash = $1 and l.used_at is null and l.ends_at > $2
            and p.activated_at is not null and p.withdrawn_at is null",
        token_hash,
        now,
    )
    .fetch_optional(&services.db)
    .await?;
    let Some(person) = person else { return chosen_before(services, token, password, from).await };
    refuse_common(password, &[&person.email, &person.full_name])?;
    let hash = services.hasher.hash(password.as_str()).await?;

    let mut db = services.begin().await?;
    // The person's row comes first, as everywhere here: a simultaneous change of password waits, and no two
    // transactions wait for each other.
    sqlx::query!("select id from people where id = $1 for no key update", person.id)
        .fetch_one(&mut *db)
        .await?;
    // The statement that uses it up checks it again: of two at once, one finds it used.
    let used = sqlx::query!(
        "update password_links set used_at = $2 where token_hash = $1 and used_at is null and ends_at > $2",
        token_hash,
        now,
    )
    .execute(&mut *db)
    .await?;
    if used.rows_affected() == 0 {
        drop(db);
        return chosen_before(services, token, password, from).await;
    }
    let id = PersonId(person.id);
    sqlx::query!("update people set password_hash = $2 where id = $1", id.0, hash).execute(&mut *db).await?;
    end_links(&mut db, id).await?;
    followed::keep(&mut db, token, id, None, now).await?;
    guard::start_anew(&mut db, &address(&person.email)?).await?;
    signing_out::end_others(&mut db, id, None).await?;
    let device = devices::remember(&mut db, id, from.device, now).await?;
    audit::record(&mut db, sessions::event("accounts.password_chosen", id, now)).await?;
    tell_of_change(services, &mut db, id, &person.full_name).await?;
    db.commit().await?;
    Ok(device)
}

/// The answer to a form that has set this password just now, and was sent twice.
async fn chosen_before(
    services: &Services,
    token: &str,
    password: &NewPassword,
    from: Visitor<'_>,
) -> Result<String> {
    let gone = Error::invalid("token", Problem::LinkNoLongerValid);
    Ok(followed::again(services, token, password.as_str(), from, gone).await?.device)
}

/// As stored in the database.
pub(super) fn address(email: &str) -> Result<EmailAddress> {
    EmailAddress::parse(email).map_err(|problem| Error::failed(problem.message()))
}

/// Changes the password of a signed-in person, ends their other sessions and every requested link. Returns the token
/// under which this session goes on, or none if it was ended meanwhile.
///
/// # Errors
/// [`Problem::CurrentPasswordWrong`], also when it was changed meanwhile, or [`Problem::SignInWait`] on
/// `current_password`, [`Problem::PasswordCommon`] on `new_password`.
pub async fn change_password(
    services: &Services,
    actor: &Actor,
    current: &Password,
    new: &NewPassword,
) -> Result<Option<Renewed>> {
    let person =
        sqlx::query!("select email, full_name, password_hash from people where id = $1", actor.person().0)
            .fetch_one(&services.db)
            .await?;
    // A session left open on a shared computer must not become a place to guess the password.
    let let_in = guard::let_in_again(services, &address(&person.email)?, actor.session()).await?;
    let let_in = let_in.or_wait("current_password")?;
    let wrong = || Error::invalid("current_password", Problem::CurrentPasswordWrong);
    if !services.hasher.verify(current.as_str(), person.password_hash.as_deref()).await? {
        return Err(wrong());
    }
    guard::right(&mut *services.db.acquire().await?, let_in).await?;
    refuse_common(new, &[&person.email, &person.full_name])?;
    let hash = services.hasher.hash(new.as_str()).await?;
    let mut db = services.begin().await?;
    let changed = sqlx::query!(
        // Of several at once, one replaces the password that all of them knew.
        "update people set password_hash = $2 where id = $1 and password_hash = $3",
        actor.person().0,
        hash,
        person.password_hash,
    )
    .execute(&mut *db)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(wrong());
    }
    end_links(&mut db, actor.person()).await?;
    signing_out::end_others(&mut db, actor.person(), Some(actor.session())).await?;
    let now = services.clock.now();
    let renewed = sessions::renew(&mut db, actor.session(), now).await?;
    audit::record(&mut db, sessions::event("accounts.password_changed", actor.person(), now)).await?;
    tell_of_change(services, &mut db, actor.person(), &person.full_name).await?;
    db.commit().await?;
    Ok(renewed)
}

/// A new password uses up every link requested before, even one that is not made yet: another person may get it.
pub(super) async fn end_links(db: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!("delete from password_links where person_id = $1 and used_at is null", person.0)
        .execute(&mut *db)
        .await?;
    sqlx::query!(
        "delete from password_link_requests where email = (select email from people where id = $1)",
        person.0
    )
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(password: &str) -> bool {
        let password = NewPassword::parse(password).unwrap();
        refuse_common(&password, &["sam.taylor@uni.example", "Sam Taylor"]).is_ok()
    }

    #[test]
    fn common_breached_and_personal_passwords_are_refused() {
        for weak in [
            "password1234",
            "Password1234",
            "P@ssw0rd1234",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaaaaa",
            "iloveyou1234",
            "samtaylorsamtaylor",
            "prescriberprescriber",
            "abcabcabcabc",
            "letmeinletmein",
        ] {
            assert!(!taken(weak), "{weak}");
        }
    }

    #[test]
    fn no_composition_rule_refuses_a_strong_password() {
        for strong in
            ["purple wheel garden lamp", "zqkvjxwmprtn", "ёлка стоит у окна", "correct-otter-hums-9"]
        {
            assert!(taken(strong), "{strong}");
        }
    }
}
