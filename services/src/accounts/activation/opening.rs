//! A link is followed: the person consents, chooses a password, and the account is open.

use domain::{
    Problem,
    accounts::{ActivationPage, GivenConsent, NewPassword, PersonId},
};

use crate::{
    Error, Result, Services,
    accounts::{self, Actor, Visitor, devices, followed, guard, passwords, sessions, signing_out},
    kit::{
        audit, random,
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
    organisations, zone,
};

/// The page that a link opens. It changes nothing: programs open links of mails too.
///
/// # Errors
/// [`Error::NotFound`] when the link no longer works.
pub async fn activation_page(services: &Services, token: &str) -> Result<ActivationPage> {
    let found = sqlx::query!(
        r#"select p.full_name, p.email, o.name as "organisation?"
        from activation_links l join people p on p.id = l.person_id
        left join organisations_named o on o.id = l.organisation_id
        where l.token_hash = $1 and l.ends_at > $2 and (p.activated_at is null or p.withdrawn_at is not null)"#,
        random::hash(token),
        services.clock.now(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(ActivationPage { name: found.full_name, email: found.email, organisation: found.organisation })
}

/// Takes a link, records the consent, and opens the account with this password. Returns the token by which the browser
/// is known from now on. It signs nobody in. The same form sent twice is answered twice.
///
/// # Errors
/// [`Problem::ActivationNoLongerValid`] on `token`, and words while somebody else changes this person; [`Problem::PasswordCommon`] on
/// `new_password`. What is refused with words or for the password leaves the link unused.
pub async fn activate(
    services: &Services,
    token: &str,
    consent: GivenConsent,
    password: &NewPassword,
    from: Visitor<'_>,
) -> Result<String> {
    let now = services.clock.now();
    let token_hash = random::hash(token);
    let person = sqlx::query!(
        "select p.id, p.email, p.full_name from activation_links l join people p on p.id = l.person_id
        where l.token_hash = $1 and l.ends_at > $2",
        token_hash,
        now,
    )
    .fetch_optional(&services.db)
    .await?;
    let Some(person) = person else { return activated_before(services, token, password, from).await };
    passwords::refuse_common(password, &[&person.email, &person.full_name])?;
    let hash = services.hasher.hash(password.as_str()).await?;

    let mut db = services.begin().await?;
    let id = PersonId(person.id);
    // The person's row comes first, as everywhere in accounts. An upload that is undone may have removed it meanwhile.
    // A file that changes the name holds it for longer than anybody waits.
    wait(&mut db, SHORTLY).await?;
    accounts::one_at_a_time(&mut db, id).await.map_err(|error| match error {
        Error::NotFound => gone(),
        other => busy(other, "token", "Send the form again"),
    })?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    // Of two at once, the second finds no link.
    let used =
        sqlx::query!("delete from activation_links where token_hash = $1 and ends_at > $2", token_hash, now,)
            .execute(&mut *db)
            .await?;
    if used.rows_affected() == 0 {
        drop(db);
        return activated_before(services, token, password, from).await;
    }
    sqlx::query!(
        "update people set password_hash = $2, activated_at = $3, withdrawn_at = null where id = $1",
        id.0,
        hash,
        now,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("delete from activation_links where person_id = $1", id.0).execute(&mut *db).await?;
    sqlx::query!("delete from invitations where person_id = $1", id.0).execute(&mut *db).await?;
    sqlx::query!(
        "insert into consents (person_id, policy_version, given_at) values ($1, $2, $3)",
        id.0,
        consent.version(),
        now,
    )
    .execute(&mut *db)
    .await?;
    followed::keep(&mut db, token, id, None, now).await?;
    guard::start_anew(&mut db, &passwords::address(&person.email)?).await?;
    let device = devices::remember(&mut db, id, from.device, now).await?;
    let detail = serde_json::json!({ "policy": consent.version() });
    audit::record_with(&mut db, sessions::event("accounts.activated", id, now), detail).await?;
    db.commit().await?;
    Ok(device)
}

/// The answer to a form that has opened the account just now, and was sent twice.
async fn activated_before(
    services: &Services,
    token: &str,
    password: &NewPassword,
    from: Visitor<'_>,
) -> Result<String> {
    Ok(followed::again(services, token, password.as_str(), from, gone()).await?.device)
}

fn gone() -> Error {
    Error::invalid("token", Problem::ActivationNoLongerValid)
}

/// Withdraws the consent of a signed-in person: every session ends, and the account stays closed until they activate it
/// anew. Organisations are told its state. What the person did is kept, and nobody sees it meanwhile: neither the tutors and administrators
/// of their organisations (`progress_shared`), nor organisations that they have named as paying for them.
/// They leave NMP Zone.
///
/// # Errors
/// When the database fails.
pub async fn withdraw_consent(services: &Services, actor: &Actor) -> Result<()> {
    let person = actor.person();
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let closed = sqlx::query!(
        "update people set withdrawn_at = $2, password_hash = null
        where id = $1 and activated_at is not null and withdrawn_at is null",
        person.0,
        now,
    )
    .execute(&mut *db)
    .await?;
    if closed.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query!(
        "update consents set withdrawn_at = $2 where person_id = $1 and withdrawn_at is null",
        person.0,
        now,
    )
    .execute(&mut *db)
    .await?;
    organisations::end_all_sponsors(&mut db, person, now).await?;
    zone::leaving::leave_with_account(services, &mut db, person).await?;
    passwords::end_links(&mut db, person).await?;
    signing_out::end_others(&mut db, person, None).await?;
    sqlx::query!("delete from known_devices where person_id = $1", person.0).execute(&mut *db).await?;
    audit::record(&mut db, sessions::event("accounts.consent_withdrawn", person, now)).await?;
    db.commit().await?;
    Ok(())
}
