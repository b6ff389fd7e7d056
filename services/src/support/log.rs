use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    kit::list::Page,
    support::{AuditLog, AuditRow, LogQuery},
};
use sqlx::PgConnection;

use super::words::words;
use crate::{
    Result, Services,
    access::AuditReader,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file, in_turn_if_whole},
        list::{AllRows, Asked, narrowed},
    },
    moment,
};

/// `/support/log`: the audit, newest first. The search is for who did it or to whom.
///
/// # Errors
/// As [`Actor::reads_audit`].
pub async fn audit_log(services: &Services, actor: &Actor, query: &LogQuery) -> Result<AuditLog> {
    let load = async {
        let mut db = services.db.acquire().await?;
        let reader = actor.reads_audit(services, &mut db).await?;
        let Page { rows, found, in_all, next } = page(&mut db, reader, query, &Asked::of(query)).await?;
        let rows = rows.into_iter().map(|(row, _)| row).collect();
        Ok(AuditLog { events: Page { rows, found, in_all, next } })
    };
    in_turn_if_whole(services, actor, query.whole, prove(services, actor), load).await
}

async fn prove(services: &Services, actor: &Actor) -> Result<()> {
    let mut db = services.db.acquire().await?;
    actor.reads_audit(services, &mut db).await.map(drop)
}

async fn page(
    db: &mut PgConnection,
    _: AuditReader,
    query: &LogQuery,
    asked: &Asked,
) -> Result<Page<(AuditRow, DateTime<Utc>)>> {
    let mut rows = sqlx::query!(
        r#"with listed as (
            select e.id, e.at, e.action, e.detail->>'reason' as reason, a.full_name as actor, s.full_name as subject, s.id as person,
                to_char(e.at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') collate "und-x-icu" as key
            from audit_log e
            left join people_named a on a.id = e.actor_id
            left join people_named s on s.id = e.subject_id
            where e.action like $1 and ($2 = ''
                or found_by(a.full_name, $2) or found_by(a.email, $2) or found_by(s.full_name, $2) or found_by(s.email, $2))
        ), shown as (
            select * from listed
            where $3::text is null
                or case when $5 then (key, id) < ($3 collate "und-x-icu", $4) else (key, id) > ($3 collate "und-x-icu", $4) end
            order by case when $5 then key end desc, case when not $5 then key end, case when $5 then id end desc, id
            limit $6
        ), head as materialized (
            select (select count(*) from listed) as found, (select count(*) from audit_log) as in_all
        )
        select h.found as "found!", h.in_all as "in_all!", s.id as "id?", s.at as "at?", s.action as "action?", s.reason as "reason?",
            s.actor as "actor?", s.subject as "subject?", s.person as "person?", s.key as "key?"
        from head h left join shown s on true
        order by case when $5 then s.key end desc, case when not $5 then s.key end, case when $5 then s.id end desc, s.id"#,
        query.filters.pattern(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(db)
    .await?;
    let counts = rows.first().map_or((0, 0), |row| (row.found, row.in_all));
    rows.retain(|row| row.id.is_some());
    asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let at = row.at.unwrap_or_default();
            let event = AuditRow {
                at: moment(at),
                actor: row.actor,
                subject: row.subject,
                person: row.person.map(PersonId),
                what: words(row.action.as_deref().unwrap_or_default()),
                reason: row.reason,
            };
            Ok((event, at))
        },
    )
}

const COLUMNS: [&str; 5] = ["Time (UK time)", "Who", "What", "To whom", "Reason"];

/// A file of all events that `query` finds.
///
/// # Errors
/// As [`Actor::reads_audit`].
pub async fn audit_file(
    services: &Services,
    actor: &Actor,
    query: &LogQuery,
    format: Format,
) -> Result<File> {
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let reader = actor.reads_audit(services, &mut db).await?;
        let mut all = AllRows::of(query);
        loop {
            let (portion, asked) = all.portion();
            let page = page(&mut db, reader, portion, &asked).await?;
            if all.take(page) {
                break;
            }
        }
        db.commit().await?;
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
        let rows = all.rows.into_iter().map(|(event, at)| {
            vec![
                Cell::Time(at),
                text(event.actor),
                Cell::Text(event.what),
                text(event.subject),
                text(event.reason),
            ]
        });
        Ok(Export {
            of: "Audit".to_owned(),
            thing: "event",
            narrowed: narrowed(query),
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        })
    };
    file(services, actor, format, prove(services, actor), load).await
}
