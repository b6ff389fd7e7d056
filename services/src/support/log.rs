use chrono::{DateTime, Datelike, Duration, SecondsFormat, Utc};
use domain::{
    accounts::PersonId,
    kit::list::{Choice, Filter},
    support::{AuditLog, AuditRow, LogPeriod, LogQuery, LogShown},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::words::what;
use crate::{
    Result, Services,
    access::{AuditReader, since},
    accounts::Actor,
    kit::{
        audit,
        export::{Cell, Export, File, Format, file, in_turn_if_whole, too_long},
        list::{Asked, cursor, narrowed},
    },
    moment,
};

const SEARCHED: &str = "support.log_searched";
const DOWNLOADED: &str = "support.log_downloaded";
/// The most events of a file.
const MOST: usize = 100_000;
/// In place of the name of somebody for whom the reader has given no reason.
const A_PERSON: &str = "A person";

/// `/support/log`: the audit, newest first, without a count: it grows with everything that anybody does. It names who acts as support, also
/// where another area keeps the event, and otherwise only people for whom the reader has given a reason too. The search is for these names and
/// addresses.
///
/// # Errors
/// As [`Actor::reads_audit`].
pub async fn audit_log(services: &Services, actor: &Actor, query: &LogQuery) -> Result<AuditLog> {
    let load = async {
        let mut db = services.db.acquire().await?;
        let reader = actor.reads_audit(services, &mut db).await?;
        let asked = Asked::of(query);
        let noted = actor.looks() && !asked.search.is_empty();
        let mut events = events(services, &mut db, reader, query, &asked, (asked.limit, noted)).await?;
        let most = usize::try_from(asked.limit).unwrap_or(usize::MAX).saturating_sub(1);
        let more = events.len() > most;
        events.truncate(most);
        let last = events.last().filter(|_| more);
        let next = last.map(|last| cursor(&last.at.to_rfc3339_opts(SecondsFormat::Micros, true), last.id));
        let events = events.into_iter().map(|event| event.row).collect();
        Ok(AuditLog { events, next: next.transpose()?, anew: query.after.is_some() && end(&asked).is_none() })
    };
    in_turn_if_whole(services, actor, query.whole, prove(services, actor), load).await
}

async fn prove(services: &Services, actor: &Actor) -> Result<()> {
    let mut db = services.db.acquire().await?;
    actor.reads_audit(services, &mut db).await.map(drop)
}

struct Event {
    id: Uuid,
    at: DateTime<Utc>,
    row: AuditRow,
}

/// The last event of the page before.
fn end(asked: &Asked) -> Option<(DateTime<Utc>, Uuid)> {
    let at = asked.key.as_deref().and_then(|key| key.parse::<DateTime<Utc>>().ok());
    // The database knows no times far beyond.
    let at = at.filter(|at| (2000..=9999).contains(&at.year()));
    at.zip(asked.id)
}

/// The area to which a filter leads, and with it to a part of the index of areas. Empty when it leads to none: everything, or what support did,
/// which is in several areas.
fn area(shown: LogShown) -> &'static str {
    match shown {
        LogShown::All | LogShown::Support => "",
        // The looks are those at the people of organisations, at papers and at question templates, all recorded there.
        LogShown::Looks | LogShown::Assessments => "assessment",
        LogShown::Roles => "access",
        LogShown::Accounts => "accounts",
        LogShown::Organisations => "organisations",
        LogShown::Cohorts => "cohorts",
        LogShown::Courses => "learning",
        LogShown::Zone => "zone",
    }
}

/// The events of a page or of a file, at most `limit`. `noted` is whether the search is recorded, which is never with its text.
async fn events(
    services: &Services,
    db: &mut PgConnection,
    reader: AuditReader,
    query: &LogQuery,
    asked: &Asked,
    (limit, noted): (i64, bool),
) -> Result<Vec<Event>> {
    let now = services.clock.now();
    let (shown, period) = query.filters;
    let from = period.days().map_or(DateTime::UNIX_EPOCH, |days| now - Duration::days(days));
    // Without one, a time that no event has.
    let (after_at, after_id) = end(asked).unwrap_or((now + Duration::days(1), Uuid::max()));
    let rows = sqlx::query!(
        r#"with opened as materialized (
            select l.subject_id as id
            from audit_log l
            cross join lateral (select from support_reason($1, 'person', l.subject_id, $2) limit 1) r
            where l.actor_id = $1 and l.at > $2 and l.subject_id is not null
            group by l.subject_id
        ), named as materialized (
            select p.id, p.full_name, p.email from opened o join people_named p on p.id = o.id
        ), found as materialized (
            select n.id from named n where found_by(n.full_name, $7, (select searchable($7))) or found_by(n.email, $7, (select searchable($7)))
        ), staff as materialized (
            -- Also who has left support.
            select p.id from acted_as_support h join people_named p on p.id = h.person_id
            where $7 <> '' and (found_by(p.full_name, $7, (select searchable($7))) or found_by(p.email, $7, (select searchable($7))))
        ), sought as materialized (
            -- Of those of staff what they did as support, of the others everything.
            select f.id, true as every from found f where $7 <> ''
            union all
            select f.id, false from staff f
        ), in_time as not materialized (
            select e.id, e.at, e.action, e.detail, e.actor_id, e.subject_id, k.did, k.looked
            from audit_log e
            -- What support did, and its looks.
            cross join lateral (
                select audit_by_support(e.action, e.actor_id, e.subject_id, e.detail) as did,
                    e.action like '%seen\_by\_support' as looked
            ) k
            where e.at >= $3 and (e.at, e.id) < ($4, $5)
        ), met as (
            -- Each of these reads an index of its own from where the page begins, and stops when it is full; the others are not read.
            (select w.* from in_time w where $7 = '' and $12::text = 'all' order by w.at desc, w.id desc limit $8)
            union all
            -- Of a filter, the area stands in each comparison, for the planner to choose the index of areas, which begins with it.
            (select e.id, e.at, e.action, e.detail, e.actor_id, e.subject_id,
                audit_by_support(e.action, e.actor_id, e.subject_id, e.detail), e.action like '%seen\_by\_support'
            from audit_log e
            where $7 = '' and $15::text <> '' and e.action like $6
                and (audit_area(e.action), e.at, e.id) < ($15, $4, $5) and (audit_area(e.action), e.at) >= ($15, $3)
            order by audit_area(e.action) desc, e.at desc, e.id desc limit $8)
            union all
            (select w.* from in_time w where $7 = '' and $12::text = 'support' and w.did order by w.at desc, w.id desc limit $8)
            union all
            select x.* from sought s cross join lateral (
                (select w.* from in_time w
                where w.actor_id = s.id and (s.every or w.did or w.looked) and (w.action like $6 or $12::text = 'support' and w.did)
                order by w.at desc, w.id desc limit $8)
                union all
                (select w.* from in_time w
                where s.every and w.subject_id = s.id and (w.action like $6 or $12::text = 'support' and w.did)
                order by w.at desc, w.id desc limit $8)
            ) x
        ), shown as materialized (
            -- One who did something to themselves is met twice.
            select distinct on (m.at, m.id) m.* from met m order by m.at desc, m.id desc limit $8
        ), noted as materialized (
            select audit_once($9, $10, $1, $11, jsonb_build_object('show', $12::text, 'days', $13::text, 'shown', (select count(*) from shown)), $10)
            where $14
        )
        select e.id as "id?", e.at as "at?", e.action as "action?", e.detail as "detail?", e.actor_id as "actor_id?",
            e.subject_id as "subject_id?", coalesce(a.full_name, h.full_name) as actor, s.full_name as "subject?", s.id as "person?",
            coalesce(o.name, c.name, z.name) as scope,
            -- The reason for a paper is not about who set it.
            case when e.subject_id is null or s.id is not null or e.detail->>'paper' is not null then e.detail->>'reason' end as reason
        from (select) head
        left join noted n on true
        left join shown e on true
        left join named a on a.id = e.actor_id
        -- Who acted as support stays named after they have left it.
        left join people_named h on h.id = case when e.did or e.looked then e.actor_id end
        left join named s on s.id = e.subject_id
        left join organisations_named o on o.id = case
            when e.action like 'access.%' then (e.detail->>'scope')::uuid
            when e.action = 'assessment.seen_by_support' then coalesce(e.detail->>'members', e.detail->>'organisation')::uuid
        end
        left join cohorts_named c on c.id = case when e.action like 'access.%' then (e.detail->>'scope')::uuid end
        left join zone_areas z on z.id = case when e.action like 'access.%' then (e.detail->>'scope')::uuid end
        order by e.at desc, e.id desc"#,
        reader.support().0,
        since(services),
        from,
        after_at,
        after_id,
        shown.pattern(),
        asked.search,
        limit,
        Uuid::now_v7(),
        now,
        SEARCHED,
        shown.as_str(),
        period.as_str(),
        noted,
        area(shown),
    )
    .fetch_all(db)
    .await?;
    // When no event is found, the only row has none.
    let found = rows.into_iter().filter_map(|row| {
        let (id, at) = row.id.zip(row.at)?;
        let detail = row.detail.unwrap_or_default();
        let or_person = |name: Option<String>, id: Option<Uuid>| name.or(id.map(|_| A_PERSON.to_owned()));
        let what = what(row.action.as_deref().unwrap_or_default(), &detail, row.scope.as_deref());
        let row = AuditRow {
            at: moment(at),
            actor: or_person(row.actor, row.actor_id),
            subject: or_person(row.subject, row.subject_id),
            person: row.person.map(PersonId),
            what,
            reason: row.reason,
        };
        Some(Event { id, at, row })
    });
    Ok(found.collect())
}

const COLUMNS: [&str; 5] = ["Time (UK time)", "Who", "What", "To whom", "Reason"];

/// A file of the events that `query` finds, which is recorded with its filters and without the text of its search.
///
/// # Errors
/// As [`Actor::reads_audit`]; [`domain::Problem::InWords`] for very many events.
pub async fn audit_file(
    services: &Services,
    actor: &Actor,
    query: &LogQuery,
    format: Format,
) -> Result<File> {
    let load = async {
        let mut db = services.begin().await?;
        let reader = actor.reads_audit(services, &mut db).await?;
        let asked = Asked::of(&query.first());
        let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
        let events = events(services, &mut db, reader, query, &asked, (limit, false)).await?;
        if events.len() > MOST {
            return Err(too_long("event", MOST));
        }
        let (shown, period) = query.filters;
        // Who asks for the size of the file alone does not read it.
        if actor.looks() {
            let event = audit::Event {
                at: services.clock.now(),
                actor: Some(reader.support()),
                subject: None,
                action: DOWNLOADED,
            };
            let detail = serde_json::json!({
                "show": shown.as_str(),
                "days": period.as_str(),
                "searched": !asked.search.is_empty(),
                "format": format.extension(),
                "events": events.len(),
            });
            audit::record_with(&mut db, event, detail).await?;
        }
        db.commit().await?;
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
        let rows = events.into_iter().map(|Event { at, row, .. }| {
            vec![Cell::Time(at), text(row.actor), Cell::Text(row.what), text(row.subject), text(row.reason)]
        });
        let rows = rows.collect();
        let mut narrowed = narrowed(query);
        narrowed.retain(|(label, _)| *label != LogPeriod::LABEL);
        narrowed.push((LogPeriod::LABEL, period.label().to_owned()));
        Ok(Export {
            of: "Audit".to_owned(),
            thing: "event",
            narrowed,
            headings: COLUMNS.map(str::to_owned).to_vec(),
            rows,
        })
    };
    file(services, actor, format, prove(services, actor), load).await
}
