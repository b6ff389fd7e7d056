use domain::{
    Problem,
    accounts::PersonId,
    learning::Slug,
    zone::{
        MemberId,
        messages::{MessageId, ReportKind, ReportSaid},
    },
};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{
    blocking::note,
    letters::{Named, reported},
};
use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::Actor,
    kit::mail::{self, Mail},
};

/// A report to make.
#[derive(Debug, Clone, Copy)]
pub enum NewReport {
    /// Of a message that the actor got.
    Message(MessageId),
    Member(MemberId),
}

/// Reports a message or a member to the leads of the area, who are told by mail at once that it is there. The one who is reported is not told,
/// unless they are the only lead. To report the same twice is fine.
///
/// # Errors
/// In words on `words-{member}` when an open report of that member by the actor, of the same kind, says something else. [`Error::NotFound`] for a message that the actor has not got, and for who is no member, or the actor; as [`Actor::member_of`].
pub async fn report(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    about: NewReport,
    said: &ReportSaid,
) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let of = match about {
        NewReport::Message(message) => sender(&mut db, member, message).await?,
        NewReport::Member(other) => Some(is_other(&mut db, member, other).await?),
    };
    let message = match about {
        NewReport::Message(message) => Some(message.0),
        NewReport::Member(_) => None,
    };
    let made = sqlx::query!(
        "insert into zone_reports (id, area_id, message_id, of_member, by_member, kind, words, made_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        Uuid::now_v7(),
        member.area().0,
        message,
        of,
        member.member().0,
        said.kind.as_str(),
        said.words,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    if made.rows_affected() == 1 {
        note(services, &mut db, (member.person(), member.area()), "zone.message_reported").await?;
        tell_leads(services, &mut db, member, of, said.kind).await?;
    } else if let NewReport::Member(other) = about {
        says_the_same(&mut db, member, other, said).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Nothing that somebody writes to the leads is lost without a word.
async fn says_the_same(
    db: &mut PgConnection,
    member: AreaMember,
    other: MemberId,
    said: &ReportSaid,
) -> Result<()> {
    let open = sqlx::query_scalar!(
        "select words from zone_reports
        where area_id = $1 and by_member = $2 and of_member = $3 and kind = $4 and message_id is null and closed_at is null",
        member.area().0,
        member.member().0,
        other.0,
        said.kind.as_str(),
    );
    match open.fetch_optional(db).await? {
        Some(words) if words != said.words => {
            let words = "The leads have a report from you of the same kind, and have not closed it yet. What you wrote now is not sent";
            let problem = Problem::InWords { words: words.to_owned() };
            Err(Error::invalid(&format!("words-{other}"), problem))
        }
        _ => Ok(()),
    }
}

/// Who wrote a message that the member got; nobody for a former member.
async fn sender(db: &mut PgConnection, member: AreaMember, message: MessageId) -> Result<Option<Uuid>> {
    let sender = sqlx::query_scalar!(
        "select from_member from zone_messages where id = $1 and area_id = $2 and to_member = $3 and not kept_back",
        message.0,
        member.area().0,
        member.member().0,
    );
    sender.fetch_optional(db).await?.ok_or(Error::NotFound)
}

async fn is_other(db: &mut PgConnection, member: AreaMember, other: MemberId) -> Result<Uuid> {
    let there = sqlx::query_scalar!(
        "select member_id from zone_profiles where area_id = $1 and member_id = $2 and member_id <> $3",
        member.area().0,
        other.0,
        member.member().0,
    );
    there.fetch_optional(db).await?.ok_or(Error::NotFound)
}

async fn tell_leads(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    member: AreaMember,
    of: Option<Uuid>,
    kind: ReportKind,
) -> Result<()> {
    let leads = sqlx::query!(
        r#"select a.slug as "slug!", a.name as "name!", h.person_id as "lead!", m.id is not distinct from $2 as "reported!"
        from zone_areas a
        join roles_held h on h.role = 'zone-lead' and h.scope_id = a.id
        join zone_members m on m.person_id = h.person_id and m.area_id = a.id and m.state = 'member'
        where a.id = $1"#,
        member.area().0,
        of,
    )
    .fetch_all(&mut **db)
    .await?;
    let others = leads.iter().any(|lead| !lead.reported);
    let told = leads.iter().filter(|lead| !(others && lead.reported));
    let mails: Vec<Mail> = told
        .map(|lead| {
            let area = Named { slug: &lead.slug, name: &lead.name };
            reported(services, &area, kind, PersonId(lead.lead))
        })
        .collect();
    if mails.is_empty() {
        return Ok(());
    }
    mail::enqueue_many(services, db, &mails).await
}
