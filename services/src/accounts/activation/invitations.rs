//! Invitations, and the links and mails of an activation.

use chrono::Duration;
use domain::{accounts::PersonId, organisations::OrganisationId};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{
    Result, Services,
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
        random::Token,
    },
};

/// How long a link works.
pub(super) const LINK_LASTS: Duration = Duration::days(14);

/// When a person is reminded, counted from the invitation.
pub(super) const REMINDERS: [Duration; 2] = [Duration::days(3), Duration::days(10)];

/// How many links and mails are made at a time: an upload has up to 50,000 people, and their mails are not all in the
/// memory at once.
pub(super) const PORTION: usize = 1000;

/// Invites one person, as [`invite_all`] does.
///
/// # Errors
/// When the database fails.
pub async fn invite(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    organisation: OrganisationId,
) -> Result<()> {
    invite_all(services, db, organisation, &[person]).await
}

/// Makes a link for each of these people who has no account, or has closed it, and queues the mails that carry them,
/// in the transaction of the caller, who has checked permission. Others get nothing.
///
/// # Errors
/// When the database fails.
pub async fn invite_all(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<()> {
    invite_for(services, db, Some(organisation), people).await
}

/// Invites a member of our own staff, as [`invite_all`] does, and no organisation is named.
pub(crate) async fn invite_staff(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
) -> Result<()> {
    invite_for(services, db, None, &[person]).await
}

async fn invite_for(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    organisation: Option<OrganisationId>,
    people: &[PersonId],
) -> Result<()> {
    let now = services.clock.now();
    // In one order, so that two transactions do not wait for each other.
    let mut people: Vec<_> = people.iter().map(|person| person.0).collect();
    people.sort_unstable();
    people.dedup();
    for people in people.chunks(PORTION) {
        let asked = vec![organisation.map(|organisation| organisation.0); people.len()];
        let invited = send_links(services, db, (Occasion::Invited, None), people, &asked).await?;
        sqlx::query!(
            "insert into invitations as i (person_id, invited_at, remind_at)
            select person, $2, $3 from unnest($1::uuid[]) as person
            on conflict (person_id) do update set invited_at = excluded.invited_at, reminded = 0,
                remind_at = case when i.stopped_at is null then excluded.remind_at end",
            &invited,
            now,
            now + REMINDERS[0],
        )
        .execute(&mut **db)
        .await?;
    }
    Ok(())
}

/// Ends the links by which this organisation invited these people. Those of other organisations work on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn take_back_invitations(
    db: &mut PgConnection,
    organisation: OrganisationId,
    people: &[Uuid],
) -> Result<()> {
    sqlx::query!(
        "delete from activation_links where organisation_id = $1 and person_id = any($2)",
        organisation.0,
        people,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Why a link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Invited,
    Reminded,
    /// The person asked for it.
    Asked,
    /// The person asked support, which sends it.
    Helped,
    /// An administrator asked for it, or support in their place.
    Resent {
        support: bool,
    },
}

impl Occasion {
    fn action(self) -> &'static str {
        match self {
            Self::Invited => "accounts.invited",
            Self::Reminded => "accounts.reminded",
            Self::Asked | Self::Helped => "accounts.activation_link_requested",
            Self::Resent { .. } => "accounts.activation_resent",
        }
    }

    /// What the audit keeps of it.
    fn detail(self) -> serde_json::Value {
        match self {
            Self::Resent { support } => serde_json::json!({ "support": support }),
            Self::Invited | Self::Reminded | Self::Asked | Self::Helped => serde_json::json!({}),
        }
    }
}

/// Makes a link for each of these people whose account is not open, and queues its mail, with the name of the
/// organisation at the same place. Returns who got one. `people` names nobody twice. Beside the occasion stands who did it, if somebody did.
pub(super) async fn send_links(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (occasion, by): (Occasion, Option<PersonId>),
    people: &[Uuid],
    organisations: &[Option<Uuid>],
) -> Result<Vec<Uuid>> {
    let now = services.clock.now();
    // Somebody who opens the account at this moment is waited for, and then gets no link.
    let waiting = sqlx::query!(
        r#"select p.id, p.full_name, o.id as "organisation_id?", o.name as "organisation?"
        from unnest($1::uuid[], $2::uuid[]) as asked (person_id, organisation_id)
        join people p on p.id = asked.person_id
        left join organisations_named o on o.id = asked.organisation_id
        where p.activated_at is null or p.withdrawn_at is not null
        order by p.id for no key update of p"#,
        people,
        organisations as &[Option<Uuid>],
    )
    .fetch_all(&mut **db)
    .await?;
    let (mut ids, mut invited_by) = (Vec::new(), Vec::new());
    let (mut tokens, mut stops, mut mails) = (Vec::new(), Vec::new(), Vec::new());
    for person in waiting {
        let (token, stop) = (Token::new()?, Token::new()?);
        mails.push(mail_of(
            services,
            occasion,
            &person.full_name,
            person.organisation.as_deref(),
            person.id,
            &token,
            &stop,
        ));
        ids.push(person.id);
        invited_by.push(person.organisation_id);
        tokens.push(token.hash());
        stops.push(stop.hash());
    }
    if ids.is_empty() {
        return Ok(ids);
    }
    sqlx::query!(
        "insert into activation_links (token_hash, stop_hash, person_id, organisation_id, created_at, ends_at)
        select new.token, new.stop, new.person, new.organisation, $5, $6
        from unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::uuid[]) as new (token, stop, person, organisation)",
        &tokens,
        &stops,
        &ids,
        &invited_by as &[Option<Uuid>],
        now,
        now + LINK_LASTS,
    )
    .execute(&mut **db)
    .await?;
    audit::record_of_many(db, now, by, (occasion.action(), occasion.detail()), &ids).await?;
    mail::enqueue_many(services, db, &mails).await?;
    Ok(ids)
}

fn mail_of(
    services: &Services,
    occasion: Occasion,
    name: &str,
    organisation: Option<&str>,
    person: Uuid,
    token: &Token,
    stop: &Token,
) -> Mail {
    let site = &services.public_url;
    let is_staff = organisation.is_none();
    let organisation = organisation.unwrap_or("The Health and Education Co-operative");
    let (kind, subject, first) = match occasion {
        Occasion::Reminded => (
            MailKind::ActivationReminder,
            format!("{organisation}: your account is still waiting"),
            format!(
                "{organisation} invited you to learn with us at {site}, and your account is not open yet."
            ),
        ),
        Occasion::Invited | Occasion::Resent { .. } if is_staff => (
            MailKind::Activation,
            format!("{organisation}: open your account"),
            format!("We invite you to open an account at {site}"),
        ),
        Occasion::Invited | Occasion::Resent { .. } => (
            MailKind::Activation,
            format!("{organisation}: open your account"),
            format!(
                "{organisation} gave us your name and e-mail address, so that you can learn with us at {site}"
            ),
        ),
        Occasion::Asked => (
            MailKind::Activation,
            format!("{organisation}: open your account"),
            format!(
                "Somebody, probably you, asked for a new link to open the account to which {organisation} invited you at {site}"
            ),
        ),
        Occasion::Helped => (
            MailKind::Activation,
            format!("{organisation}: open your account"),
            format!(
                "Support sent you this because you asked for help with opening the account to which {organisation} invited you at {site}"
            ),
        ),
    };
    let letter = Letter::new(subject)
        .paragraph(format!("Hello {name},"))
        .paragraph(first)
        .paragraph("To open your account, follow this link within 14 days. You see there what we keep, and there is no account unless you agree to it. Then you choose a password.")
        .link("Open your account", format!("{site}/activate/{}", token.as_str()))
        .paragraph("If you would rather not, do nothing: 90 days after the invitation we remove your name and address.")
        .link("No reminders, please", format!("{site}/stop-reminders/{}", stop.as_str()));
    // A site without TLS is a developer's.
    let stops = site.starts_with("https://");
    let unsubscribe = stops.then(|| format!("{site}/mail/stop/{}", stop.as_str()));
    Mail { kind, to: Recipient::Person(PersonId(person)), letter, unsubscribe }
}
