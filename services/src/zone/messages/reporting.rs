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
    letters::{Named, leaderless, reported},
};
use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::{self, Actor},
    kit::mail::{self, Mail},
    zone::unless_left,
};

/// How many reports of one member wait at most: each is mailed to every lead. A worry about somebody's safety finds room for longer.
const MOST_WAITING: i64 = 20;
const MOST_WAITING_WITH_SAFETY: i64 = 40;

/// A report to make.
#[derive(Debug, Clone, Copy)]
pub enum NewReport {
    /// Of a message that the actor got.
    Message(MessageId),
    Member(MemberId),
}

/// Reports a message or a member to the leads of the area, who are told by mail at once that it is there. The one who is reported is not told,
/// unless they are the only lead. Where there is no lead, support is told that one is needed. To report the same twice is fine.
///
/// # Errors
/// In words on `words-` with the id of the message or member, when many reports of the actor wait, or when an open report of that member by
/// the actor, of the same kind, says something else. [`Error::NotFound`] for a message that the actor has not got, and for who is no member,
/// or the actor; as [`Actor::member_of`].
pub async fn report(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    about: NewReport,
    said: &ReportSaid,
) -> Result<()> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    // Reports that are made at the same time are counted one after the other.
    accounts::one_at_a_time(&mut db, member.person()).await?;
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
    .await
    .map_err(unless_left)?;
    if made.rows_affected() == 1 {
        has_room(&mut db, member, about, said.kind).await?;
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

/// Among the reports that wait is the one that was just made.
async fn has_room(
    db: &mut PgConnection,
    member: AreaMember,
    about: NewReport,
    kind: ReportKind,
) -> Result<()> {
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "waiting!" from zone_reports where area_id = $1 and by_member = $2 and closed_at is null"#,
        member.area().0,
        member.member().0,
    );
    let most = if kind == ReportKind::Safety { MOST_WAITING_WITH_SAFETY } else { MOST_WAITING };
    if waiting.fetch_one(db).await? <= most {
        return Ok(());
    }
    let subject = match about {
        NewReport::Message(message) => message.to_string(),
        NewReport::Member(member) => member.to_string(),
    };
    let words = format!(
        "Wait until the leads have looked at some of your reports: {most} wait already. If somebody is in immediate danger, call 999"
    );
    Err(Error::invalid(&format!("words-{subject}"), Problem::InWords { words }))
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
        return tell_support(services, db, member, kind).await;
    }
    mail::enqueue_many(services, db, &mails).await
}

/// Nobody reads the reports of an area without a lead, so support appoints one.
async fn tell_support(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    member: AreaMember,
    kind: ReportKind,
) -> Result<()> {
    let support = sqlx::query!(
        r#"select a.slug as "slug!", a.name as "name!", h.person_id as "person!"
        from zone_areas a
        join roles_held h on h.role = 'support'
        join account_facts f on f.person_id = h.person_id and f.activated_at is not null and f.withdrawn_at is null
        where a.id = $1
        order by h.person_id"#,
        member.area().0,
    )
    .fetch_all(&mut **db)
    .await?;
    let mails: Vec<Mail> = support
        .iter()
        .map(|row| {
            let area = Named { slug: &row.slug, name: &row.name };
            leaderless(services, &area, kind, PersonId(row.person))
        })
        .collect();
    if mails.is_empty() {
        return Ok(());
    }
    mail::enqueue_many(services, db, &mails).await
}
