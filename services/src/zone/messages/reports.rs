//! What the leads of an area do about reports.

use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        messages::{Decides, NamedMember, ReportId, ReportKind, ReportRow, Reports},
    },
};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{
    blocking::note,
    letters::{Named, closed},
};
use crate::{Error, Result, Services, access::AreaLead, accounts::Actor, kit::mail, moment, number};

/// The most reports on the page. The others follow when these are closed.
const SHOWN: i64 = 50;

/// `/zone/{area}/reports`: what is not closed: worries about safety first, then the oldest. A lead who is reported does not learn by whom.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn reports_page(services: &Services, actor: &Actor, area: &Slug) -> Result<Reports> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let rows = sqlx::query!(
        r#"with leads as materialized (
            select m.id, m.person_id from roles_held h
            join zone_members m on m.person_id = h.person_id and m.area_id = h.scope_id and m.state = 'member'
            where h.role = 'zone-lead' and h.scope_id = $1
        ), waiting as materialized (
            select r.id, r.message_id, r.of_member, r.by_member, r.kind, r.words, r.made_at
            from zone_reports r where r.area_id = $1 and r.closed_at is null
            order by r.kind <> 'safety', r.made_at, r.id limit $3
        )
        select a.slug as "slug!", a.name as "name!",
            (select count(*) from zone_reports r where r.area_id = $1 and r.closed_at is null) as "waiting!",
            w.id as "id?", w.kind as "kind?", w.words as "words?", w.made_at as "made_at?",
            b.member_id as "by?", b.name as "by_name?", o.member_id as "of?", o.name as "of_name?",
            m.text as "text?", m.sent_at as "sent_at?",
            w.of_member is not distinct from l.id as "reported!", w.by_member is not distinct from l.id as "reporting!",
            exists (select from leads x where x.id <> l.id) as "others!",
            exists (select from leads x
                where x.id <> l.id and x.id is distinct from w.of_member and x.id is distinct from w.by_member) as "free!"
        from zone_areas a
        join leads l on l.person_id = $2
        left join waiting w on true
        left join zone_profiles b on b.member_id = w.by_member
        left join zone_profiles o on o.member_id = w.of_member
        left join zone_messages m on m.id = w.message_id
        where a.id = $1
        order by w.kind <> 'safety', w.made_at, w.id"#,
        lead.area().0,
        lead.person().0,
        SHOWN,
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let head = AreaHead { slug: first.slug.clone(), name: first.name.clone(), lead: true };
    let waiting = number(first.waiting)?;
    let named = |member: Option<Uuid>, name: Option<String>| {
        let both = member.zip(name);
        both.map(|(member, name)| NamedMember { member: MemberId(member), name })
    };
    let reports = rows.into_iter().filter_map(|row| Some((row.id?, row))).map(|(id, row)| {
        let kind = row.kind.as_deref().and_then(ReportKind::read);
        Ok(ReportRow {
            id: ReportId(id),
            kind: kind.ok_or_else(|| Error::failed("the database has a kind of report that is none"))?,
            at: moment(row.made_at.ok_or(Error::NotFound)?),
            by: named(row.by, row.by_name).filter(|_| !row.reported),
            of: named(row.of, row.of_name),
            words: row.words.filter(|_| !row.reported),
            message: row.text.zip(row.sent_at).map(|(text, at)| (text, moment(at))),
            decides: Decides::of((row.reported, row.reporting), row.others, row.free),
        })
    });
    let reports = reports.collect::<Result<_>>()?;
    Ok(Reports { head, reports, waiting })
}

/// A report, locked.
struct Locked {
    slug: String,
    name: String,
    made_at: DateTime<Utc>,
    is_closed: bool,
    /// The reporter, if they are a member still.
    reporter: Option<Uuid>,
    reported: bool,
    reporting: bool,
    others: bool,
    free: bool,
}

/// Closes a report with a note of what was done. The reporter is told by mail that it was looked at. To close it twice is fine: the first note
/// stands.
///
/// # Errors
/// [`Error::NotFound`] for a report of another area, and for one that concerns the lead while another lead could decide; as [`Actor::leads`].
pub async fn close_report(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    report: ReportId,
    note_of_it: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let locked = lock(&mut db, lead, report).await?;
    if Decides::of((locked.reported, locked.reporting), locked.others, locked.free) == Decides::Another {
        return Err(Error::NotFound);
    }
    if locked.is_closed {
        return Ok(());
    }
    let now = services.clock.now();
    sqlx::query!(
        "update zone_reports set closed_at = $3, closed_by = $4, note = $5 where id = $1 and area_id = $2",
        report.0,
        lead.area().0,
        now,
        lead.person().0,
        note_of_it,
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, (lead.person(), lead.area()), "zone.report_closed").await?;
    let told = locked.reporter.map(PersonId).filter(|reporter| *reporter != lead.person());
    if let Some(reporter) = told {
        let area = Named { slug: &locked.slug, name: &locked.name };
        mail::enqueue(services, &mut db, &closed(services, &area, locked.made_at, reporter)).await?;
    }
    db.commit().await?;
    Ok(())
}

async fn lock(db: &mut Transaction<'_, Postgres>, lead: AreaLead, report: ReportId) -> Result<Locked> {
    let locked = sqlx::query_as!(
        Locked,
        r#"select a.slug as "slug!", a.name as "name!", r.made_at as "made_at!", r.closed_at is not null as "is_closed!", b.person_id as "reporter?",
            r.of_member is not distinct from l.id as "reported!", r.by_member is not distinct from l.id as "reporting!",
            exists (select from roles_held h
                join zone_members x on x.person_id = h.person_id and x.area_id = h.scope_id and x.state = 'member'
                where h.role = 'zone-lead' and h.scope_id = r.area_id and x.id <> l.id) as "others!",
            exists (select from roles_held h
                join zone_members x on x.person_id = h.person_id and x.area_id = h.scope_id and x.state = 'member'
                where h.role = 'zone-lead' and h.scope_id = r.area_id and x.id <> l.id
                    and x.id is distinct from r.of_member and x.id is distinct from r.by_member) as "free!"
        from zone_reports r
        join zone_areas a on a.id = r.area_id
        join zone_members l on l.area_id = r.area_id and l.person_id = $3
        left join zone_members b on b.id = r.by_member and b.state = 'member'
        where r.id = $1 and r.area_id = $2
        for update of r"#,
        report.0,
        lead.area().0,
        lead.person().0,
    );
    locked.fetch_optional(&mut **db).await?.ok_or(Error::NotFound)
}
