//! The outbox: outgoing mail, and support's view of it.

use chrono::{DateTime, Utc};
use domain::accounts::EmailAddress;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{
    Mail, Recipient,
    message::{ascii_domain, unsubscribe_address},
};
use crate::{
    Result, Services,
    kit::{
        jobs::{self, Job},
        portions::{PORTION, in_portions},
    },
};

/// How long the outbox records how a mail ended: its kind, when, to whom, and how the mail server answered.
const KEPT_DAYS: i32 = 90;

/// Queues a mail in the transaction that causes it: the mail is sent when, and only when, that commits.
///
/// # Errors
/// When the database fails, or an address is malformed.
pub async fn enqueue(services: &Services, db: &mut Transaction<'_, Postgres>, mail: &Mail) -> Result<()> {
    enqueue_many(services, db, std::slice::from_ref(mail)).await
}

/// Queues a mail in a transaction of its own.
///
/// # Errors
/// When the database fails, or an address is malformed.
pub async fn enqueue_alone(services: &Services, mail: &Mail) -> Result<()> {
    let mut db = services.begin().await?;
    enqueue(services, &mut db, mail).await?;
    Ok(db.commit().await?)
}

/// Queues many mails with the same few statements as one. The many of an upload are sent 20 a second, so that somebody who waits for a link
/// does not wait for them.
///
/// # Errors
/// When the database fails, or an address is malformed.
pub async fn enqueue_many(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    mails: &[Mail],
) -> Result<()> {
    let mut new = New::default();
    for mail in mails {
        new.push(mail, host_of(&services.public_url))?;
    }
    sqlx::query!(
        "insert into outbox (id, message_id, kind, person_id, domain)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[])",
        &new.ids,
        &new.message_ids,
        &new.kinds,
        &new.people as &[Option<Uuid>],
        &new.domains as &[Option<String>],
    )
    .execute(&mut **db)
    .await?;
    sqlx::query!(
        "insert into outbox_content (mail_id, email, subject, body, html, unsubscribe, reply_to)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])",
        &new.ids,
        &new.emails as &[Option<String>],
        &new.subjects,
        &new.texts,
        &new.htmls,
        &new.unsubscribes as &[Option<String>],
        &new.reply_tos as &[Option<String>],
    )
    .execute(&mut **db)
    .await?;
    let jobs: Vec<_> = new.ids.iter().map(|mail| Job::SendMail { mail: *mail }).collect();
    jobs::enqueue_paced(db, &jobs).await
}

/// By column, as a statement takes them.
#[derive(Default)]
struct New {
    ids: Vec<Uuid>,
    message_ids: Vec<String>,
    kinds: Vec<String>,
    people: Vec<Option<Uuid>>,
    domains: Vec<Option<String>>,
    emails: Vec<Option<String>>,
    subjects: Vec<String>,
    texts: Vec<String>,
    htmls: Vec<String>,
    unsubscribes: Vec<Option<String>>,
    reply_tos: Vec<Option<String>>,
}

impl New {
    fn push(&mut self, mail: &Mail, host: &str) -> Result<()> {
        let id = Uuid::now_v7();
        let (person, domain, email) = match &mail.to {
            Recipient::Person(person) => (Some(person.0), None, None),
            Recipient::Address(address) => {
                let (_, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
                (None, Some(ascii_domain(domain)?), Some(address.as_str().to_owned()))
            }
        };
        self.ids.push(id);
        self.message_ids.push(format!("{id}@{host}"));
        self.kinds.push(mail.kind.word().to_owned());
        self.people.push(person);
        self.domains.push(domain);
        self.emails.push(email);
        self.subjects.push(mail.letter.subject().to_owned());
        self.texts.push(mail.letter.text());
        self.htmls.push(mail.letter.html());
        self.unsubscribes.push(mail.unsubscribe.as_deref().map(unsubscribe_address).transpose()?);
        self.reply_tos.push(mail.letter.reply_to().map(|address| address.as_str().to_owned()));
        Ok(())
    }
}

/// The host in the site's address, which is already ASCII.
fn host_of(public_url: &str) -> &str {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    // Not within the brackets of an IPv6 address.
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A mail as support sees it: without its content, and with only the domain of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    pub id: Uuid,
    pub kind: String,
    pub person: Option<Uuid>,
    /// The part after the @.
    pub domain: String,
    pub state: String,
    pub attempts: i32,
    /// The code with which the mail server last refused it.
    pub reply: Option<i16>,
    pub queued_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// The latest first. With `to`, only mail to the person who has this address.
///
/// # Errors
/// When the database fails.
pub async fn list(services: &Services, to: Option<&EmailAddress>, limit: i64) -> Result<Vec<OutboxEntry>> {
    Ok(sqlx::query_as!(
        OutboxEntry,
        r#"select o.id, o.kind, o.person_id as person, coalesce(o.domain, split_part(p.email, '@', 2)) as "domain!",
            o.state, o.attempts, o.reply, o.queued_at, o.ended_at
        from outbox o left join people_named p on p.id = o.person_id
        where $1::text is null or p.email = $1 order by o.queued_at desc limit $2"#,
        to.map(EmailAddress::as_str),
        limit,
    )
    .fetch_all(&services.db)
    .await?)
}

/// Removes mail that ended [`KEPT_DAYS`] ago, and before that what a failed mail says, as soon as nobody can retry it any more. Returns how
/// many mails.
///
/// # Errors
/// When the database fails.
pub(crate) async fn purge(services: &Services) -> Result<u64> {
    in_portions(|| {
        sqlx::query!(
            "delete from outbox_content where ctid = any(array(
                select c.ctid from outbox_content c join outbox o on o.id = c.mail_id
                where o.state = 'failed' and o.ended_at < clock_timestamp() - make_interval(days => $1)
                    and not exists (select from jobs j where j.kind = 'send_mail' and j.payload->>'mail' = o.id::text)
                limit $2 for update of c skip locked))",
            jobs::FAILED_KEPT_DAYS,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    in_portions(|| {
        sqlx::query!(
            "delete from outbox where ctid = any(array(
                select ctid from outbox where ended_at < clock_timestamp() - make_interval(days => $1)
                order by ended_at limit $2 for update skip locked))",
            KEPT_DAYS,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn the_host_has_no_port() {
        for (url, host) in [
            ("https://learning.example", "learning.example"),
            ("https://learning.example:8443/under", "learning.example"),
            ("http://127.0.0.1:3000", "127.0.0.1"),
            ("http://[::1]:3000", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }
}
