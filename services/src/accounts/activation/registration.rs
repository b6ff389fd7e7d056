//! People who register themselves. There is no account until the address is proven, and the reply to the form does not
//! tell whether the address has one.

use chrono::Duration;
use domain::{
    Problem,
    accounts::{EmailAddress, GivenConsent, NewPassword, Password, PersonId, PersonName, RegistrationPage},
    learning::Slug,
    organisations::SponsorCode,
    zone::{AreaId, joining::AcceptedCode},
};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::resending::send_link_to_open;
use crate::{
    Error, Result, Services, access,
    accounts::{Visitor, devices, followed, guard, passwords, sessions},
    kit::{
        audit,
        jobs::{self, Attempt, Job},
        mail::{self, Letter, Mail, MailKind, Recipient},
        portions::{PORTION, in_portions},
        random::{self, Token},
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, busy, wait},
    },
    zone::joining::{Application, apply_for, area_at},
};

/// How long the link works.
const LINK_LASTS: Duration = Duration::days(1);
/// How many mails one address gets because of registrations.
const MAILS_A_DAY: i64 = 5;

/// The form of a person who wants an account of their own.
pub struct Registration<'a> {
    pub name: PersonName,
    pub email: EmailAddress,
    pub password: NewPassword,
    pub consent: GivenConsent,
    /// The code of an organisation that pays for them. Nobody is told here whether there is such a code.
    pub sponsor_code: Option<SponsorCode>,
    /// The area of NMP Zone to which they apply, with its code of conduct accepted.
    pub area: Option<(Slug, AcceptedCode)>,
    pub from: Visitor<'a>,
}

/// An account that was just made.
pub struct Registered {
    /// The token by which the browser is known from now on.
    pub device: String,
    /// The code that the form had, which the page of the account asks about.
    pub sponsor_code: Option<SponsorCode>,
}

/// Keeps the form until its address is proven, and queues the mail that proves it. The job looks for the account: its
/// time would tell an address with one from others.
///
/// # Errors
/// [`Problem::LinksTooMany`] on `email`, when that network has requested very many; [`Problem::PasswordCommon`] on
/// `new_password`; [`Error::NotFound`] for an area that is not there.
pub async fn register(services: &Services, form: Registration<'_>) -> Result<()> {
    // Before the work that a password costs.
    if !guard::may_ask_for_link(services, form.from).await? {
        return Err(Error::invalid("email", Problem::LinksTooMany));
    }
    passwords::refuse_common(&form.password, &[form.email.as_str(), form.name.as_str()])?;
    let hash = services.hasher.hash(form.password.as_str()).await?;
    let registration = Uuid::now_v7();
    let mut db = services.begin().await?;
    let (area, code) = match &form.area {
        Some((area, code)) => (Some(area_at(&mut db, area).await?.0), Some(code.version())),
        None => (None, None),
    };
    sqlx::query!(
        "insert into registrations (id, email, full_name, password_hash, policy_version, asked_at, sponsor_code, zone_area_id,
            zone_code_version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        registration,
        form.email.as_str(),
        form.name.as_str(),
        hash,
        form.consent.version(),
        services.clock.now(),
        form.sponsor_code.as_ref().map(SponsorCode::as_str),
        area,
        code,
    )
    .execute(&mut *db)
    .await?;
    jobs::enqueue(&mut db, Job::SendRegistration { registration }).await?;
    db.commit().await?;
    Ok(())
}

/// The job of [`register`]: queues the mail. Which one depends on whether the address has an account.
pub(crate) async fn send_registration(
    services: &Services,
    attempt: &Attempt,
    registration: Uuid,
) -> Result<()> {
    let mut db = services.begin().await?;
    let asked = sqlx::query!(
        r#"select r.email, (select a.slug from zone_areas a where a.id = r.zone_area_id) as "area?"
        from registrations r where r.id = $1 and r.token_hash is null for update of r"#,
        registration,
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(asked) = asked {
        let email = asked.email;
        let person = sqlx::query!(
            r#"select id, full_name, (activated_at is not null and withdrawn_at is null) as "is_open!" from people
            where email = $1 for no key update"#,
            email,
        )
        .fetch_optional(&mut *db)
        .await?;
        match person {
            None => send_link(services, &mut db, registration, &email).await?,
            Some(person) => {
                sqlx::query!("delete from registrations where id = $1", registration)
                    .execute(&mut *db)
                    .await?;
                if person.is_open {
                    let whom = (PersonId(person.id), person.full_name.as_str());
                    send_notice(services, &mut db, whom, asked.area.as_deref()).await?;
                } else {
                    send_link_to_open(services, &mut db, PersonId(person.id), None).await?;
                }
            }
        }
    }
    // Otherwise another worker now has the job.
    if attempt.complete_in(&mut db).await? {
        db.commit().await?;
    }
    Ok(())
}

/// Without the name: the person who typed it may have typed somebody else's address, and would write to them.
async fn send_link(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    registration: Uuid,
    email: &str,
) -> Result<()> {
    let sent = sqlx::query_scalar!(
        r#"select count(*) as "sent!" from registrations where email = $1 and token_hash is not null"#,
        email,
    )
    .fetch_one(&mut **db)
    .await?;
    // One person's clicks must not fill another person's mailbox.
    if sent >= MAILS_A_DAY {
        return Ok(());
    }
    let token = Token::new()?;
    sqlx::query!("update registrations set token_hash = $2 where id = $1", registration, token.hash())
        .execute(&mut **db)
        .await?;
    let site = &services.public_url;
    let letter = Letter::new("Confirm your e-mail address")
        .paragraph("Hello,")
        .paragraph(format!("Somebody, probably you, asked for an account with this address at {site}"))
        .paragraph("To open it, follow this link within a day. We ask for the password that you chose there, so have it at hand.")
        .link("Confirm your e-mail address", format!("{site}/register/{}", token.as_str()))
        .paragraph("If it was not you, do nothing: there is no account, and what was typed is removed after a day.");
    let to = Recipient::Address(passwords::address(email)?);
    mail::enqueue(services, db, &Mail { kind: MailKind::Registration, to, letter, unsubscribe: None }).await
}

/// For an address that has an account: the person learns it by mail, and the page does not say it.
async fn send_notice(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (person, name): (PersonId, &str),
    area: Option<&str>,
) -> Result<()> {
    let sent = sqlx::query_scalar!(
        r#"select count(*) as "sent!" from mails_of_people
        where person_id = $1 and kind = 'registration' and queued_at > clock_timestamp() - interval '1 day'"#,
        person.0,
    )
    .fetch_one(&mut **db)
    .await?;
    if sent >= MAILS_A_DAY {
        return Ok(());
    }
    let site = &services.public_url;
    let (sign_in, way) = match area {
        // The name of an area in an address has no character that is written otherwise in a query.
        Some(area) => (
            "Sign in, and apply to the area of NMP Zone that was asked for",
            format!("{site}/sign-in?next=%2Fzone%2F{area}%2Fjoin"),
        ),
        None => ("Sign in", format!("{site}/sign-in")),
    };
    let letter = Letter::new("You have an account already")
        .paragraph(format!("Hello {name},"))
        .paragraph(format!("Somebody, probably you, asked for an account with this address at {site}. You have one: nothing was changed."))
        .link(sign_in, way)
        .link("Choose a new password, if you have forgotten yours", format!("{site}/forgotten-password"))
        .paragraph("If it was not you, do nothing.");
    let to = Recipient::Person(person);
    mail::enqueue(services, db, &Mail { kind: MailKind::Registration, to, letter, unsubscribe: None }).await
}

/// The page that the link opens. It changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when the link no longer works.
pub async fn registration_page(services: &Services, token: &str) -> Result<RegistrationPage> {
    let asked = sqlx::query!(
        r#"select r.email, a.name as "area?" from registrations r left join zone_areas a on a.id = r.zone_area_id
        where r.token_hash = $1 and r.asked_at > $2"#,
        random::hash(token),
        services.clock.now() - LINK_LASTS,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(RegistrationPage { email: asked.email, area: asked.area })
}

/// Takes a link, and makes the account. It asks for the chosen password: whoever types somebody else's address into the
/// form has no account of theirs when they follow the link without reading. The same form sent twice is answered twice.
///
/// # Errors
/// [`Problem::ActivationNoLongerValid`] on `token`, and words while somebody else brings this person; [`Problem::RegisteredPasswordWrong`] on
/// `password`.
pub async fn confirm_registration(
    services: &Services,
    token: &str,
    password: &Password,
    from: Visitor<'_>,
) -> Result<Registered> {
    let now = services.clock.now();
    let asked = sqlx::query!(
        "select id, email, full_name, password_hash, policy_version, asked_at, sponsor_code, zone_area_id, zone_code_version
        from registrations where token_hash = $1 and asked_at > $2",
        random::hash(token),
        now - LINK_LASTS,
    )
    .fetch_optional(&services.db)
    .await?;
    let Some(asked) = asked else { return confirmed_before(services, token, password, from).await };
    if !services.hasher.verify(password.as_str(), Some(&asked.password_hash)).await? {
        return Err(Error::invalid("password", Problem::RegisteredPasswordWrong));
    }
    let mut db = services.begin().await?;
    // Of two at once, the second finds nothing. The others of this address go too.
    let taken = sqlx::query_scalar!("delete from registrations where email = $1 returning id", asked.email)
        .fetch_all(&mut *db)
        .await?;
    if !taken.contains(&asked.id) {
        drop(db);
        return confirmed_before(services, token, password, from).await;
    }
    let person = PersonId(Uuid::now_v7());
    // A file of people may be bringing the same address.
    wait(&mut db, SHORTLY).await?;
    let made = sqlx::query!(
        "insert into people (id, email, full_name, password_hash, created_at, activated_at)
        values ($1, $2, $3, $4, $5, $5) on conflict (email) do nothing",
        person.0,
        asked.email,
        asked.full_name,
        asked.password_hash,
        now,
    )
    .execute(&mut *db)
    .await
    .map_err(|error| busy(error, "token", "Send the form again"))?;
    wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
    // An organisation may have invited the address meanwhile: it has a mail with another link.
    if made.rows_affected() == 0 {
        return Err(gone());
    }
    followed::keep(&mut db, token, person, asked.sponsor_code.as_deref(), now).await?;
    sqlx::query!(
        "insert into consents (person_id, policy_version, given_at) values ($1, $2, $3)",
        person.0,
        asked.policy_version,
        asked.asked_at,
    )
    .execute(&mut *db)
    .await?;
    if let (Some(area), Some(code)) = (asked.zone_area_id, &asked.zone_code_version) {
        let applies = access::acts_for(&mut db, person).await?;
        let new = Application { area: AreaId(area), code, accepted_at: asked.asked_at };
        apply_for(services, &mut db, applies, new).await?;
    }
    guard::start_anew(&mut db, &passwords::address(&asked.email)?).await?;
    let device = devices::remember(&mut db, person, from.device, now).await?;
    let detail = serde_json::json!({ "policy": asked.policy_version });
    audit::record_with(&mut db, sessions::event("accounts.registered", person, now), detail).await?;
    db.commit().await?;
    Ok(Registered { device, sponsor_code: asked.sponsor_code.as_deref().and_then(SponsorCode::parse) })
}

/// The answer to a form that has made the account just now, and was sent twice.
async fn confirmed_before(
    services: &Services,
    token: &str,
    password: &Password,
    from: Visitor<'_>,
) -> Result<Registered> {
    let followed::Followed { device, sponsor_code } =
        followed::again(services, token, password.as_str(), from, gone()).await?;
    Ok(Registered { device, sponsor_code: sponsor_code.as_deref().and_then(SponsorCode::parse) })
}

fn gone() -> Error {
    Error::invalid("token", Problem::ActivationNoLongerValid)
}

/// Removes registrations whose link no longer works.
///
/// # Errors
/// When the database fails.
pub(in crate::accounts) async fn forget_registrations(services: &Services) -> Result<u64> {
    let long_ago = services.clock.now() - LINK_LASTS;
    in_portions(|| {
        sqlx::query!(
            "delete from registrations where ctid = any(array(
                select ctid from registrations where asked_at <= $1 order by asked_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
