//! The list of papers, a new paper, and the removal of a draft.

use chrono::{DateTime, Utc};
use domain::{
    FieldProblem, FormToken, Problem,
    assessment::{
        PaperId, PaperKind, PaperState, Release,
        authoring::{ListChoice, MyPapers, PaperCard, PapersQuery},
    },
    kit::list::{Choice, Page},
    organisations::OrganisationId,
};
use sqlx::PgConnection;

use super::paper::draft;
use crate::{
    Error, Result, Services,
    access::{LookedAt, keep_all_leaving},
    accounts::Actor,
    assessment::{known, new_id, note, number, shown},
    kit::{export::in_turn_if_whole, list::Asked, once::once},
    moment,
};

/// `/assessments/papers`: the actor's own papers; for administrators all of their organisation; for support all papers. Of
/// these the ones that `query` finds. Support also gets the organisation that it has chosen, and everybody else their own.
pub async fn papers_page(
    services: &Services,
    actor: &Actor,
    query: &PapersQuery,
    chosen: Option<OrganisationId>,
) -> Result<MyPapers> {
    let prove = async {
        let sets = sqlx::query_scalar!(
            r#"select exists (select from sets_papers($1)) as "sets_papers!""#,
            actor.person().0,
        );
        if sets.fetch_one(&services.db).await? { Ok(()) } else { Err(Error::NotFound) }
    };
    in_turn_if_whole(services, actor, query.whole, prove, load(services, actor, query, chosen)).await
}

async fn load(
    services: &Services,
    actor: &Actor,
    query: &PapersQuery,
    chosen: Option<OrganisationId>,
) -> Result<MyPapers> {
    let mut db = services.db.acquire().await?;
    let organisations = sqlx::query!(
        // The statement starts from the actor. Support may set papers everywhere: `organisations` lists where.
        r#"select h.everywhere as "everywhere!", o.id as "id?", o.name as "name?"
        from (select bool_or(everywhere) as everywhere from sets_papers($1)) h
        left join lateral (
            select x.id, x.name from (select distinct organisation_id as id from sets_papers($1)) mine
            cross join lateral (select y.id, y.name from organisations_named y where y.id = mine.id offset 0) x
            where not h.everywhere
            union all
            select x.id, x.name from organisations_named x where h.everywhere and x.id = $2
        ) o on true
        where h.everywhere is not null order by lower(o.name) collate "und-x-icu", o.id"#,
        actor.person().0,
        chosen.map(|organisation| organisation.0),
    )
    .fetch_all(&mut *db)
    .await?;
    let everywhere = organisations.first().ok_or(Error::NotFound)?.everywhere;
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        // The statement starts from the actor: their own papers, those of their organisations, and for support all papers. The
        // name of another paper's setter is data about a person, which support sees only after giving a reason.
        // Support sees the papers of everybody: the list has the newest 5,000, and says when there are more. One more is read to tell.
        // The limits are plain numbers, so that the planner knows how few rows there are.
        r#"with seen as materialized (
            select paper_id as id, bool_or(own) as own from papers_seen($1, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 5001)
            group by paper_id order by paper_id desc limit 5001
        ), mine as materialized (select * from seen order by id desc limit 5000),
        here as materialized (
            select p.id, p.title, p.kind, p.organisation_id, p.set_by, p.opens_at, p.closes_at, p.published_at, m.own
            -- Each by the key: a join could read the whole table.
            from mine m cross join lateral (select x.* from papers x where x.id = m.id offset 0) p
            where (p.put_away_at is not null and (p.published_at is null or now() >= p.closes_at)) = ($4 = 'put-away')
        ), listed as (
            select p.*,
                case $2
                    when 'title' then lower(p.title)
                    when 'opens' then to_char(p.opens_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    when 'closes' then to_char(p.closes_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                    -- Ids are version 7: in the order of creation.
                    else ''
                end collate "und-x-icu" as key
            from here p
            where found_by(p.title, $3, (select searchable($3)))
                and case $4
                    when 'draft' then p.published_at is null
                    when 'waiting' then p.published_at is not null and now() < p.opens_at
                    when 'open' then p.published_at is not null and now() >= p.opens_at and now() < p.closes_at
                    when 'closed' then p.published_at is not null and now() >= p.closes_at
                    else true
                end
        ), shown as (
            select * from listed
            where $5::text is null
                or case when $7 then (key, id) < ($5 collate "und-x-icu", $6) else (key, id) > ($5 collate "und-x-icu", $6) end
            order by case when $7 then key end desc, case when not $7 then key end, case when $7 then id end desc, id
            limit $8
        ), head as materialized (
            select (select count(*) from here) as in_all, (select count(*) from listed) as found, (select count(*) from seen) > 5000 as more
        )
        select h.in_all as "in_all!", h.found as "found!", h.more as "more!", now() as "now!", s.id as "id?", s.title as "title?", s.kind as "kind?",
            s.key as "key?", (select o.name from organisations_named o where o.id = s.organisation_id) as organisation,
            case when s.own then (select x.full_name from people_named x where x.id = s.set_by) end as set_by,
            s.opens_at as "opens_at?", s.closes_at as "closes_at?", s.published_at as "published_at?",
            (select count(*) from sittings t where t.paper_id = s.id) as "sittings!",
            (select count(*) from sittings t where t.paper_id = s.id and t.submitted_at is not null) as "submitted!"
        from head h left join shown s on true
        order by case when $7 then s.key end desc, case when not $7 then s.key end, case when $7 then s.id end desc, s.id"#,
        actor.person().0,
        query.sort.as_str(),
        asked.search,
        query.filters.as_str(),
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(&mut *db)
    .await?;
    let counts = rows.first().map(|row| (row.found, row.in_all)).unwrap_or_default();
    let more_papers = rows.first().is_some_and(|row| row.more);
    // When no paper is found, the only row has no paper.
    rows.retain(|row| row.id.is_some());
    let page = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let card = || -> Result<PaperCard> {
                let missing = || Error::failed("a paper without its window");
                let opens = row.opens_at.ok_or_else(missing)?;
                let closes = row.closes_at.ok_or_else(missing)?;
                Ok(PaperCard {
                    id: PaperId(row.id.unwrap_or_default()),
                    title: row.title.unwrap_or_default(),
                    kind: known("kind", &row.kind.unwrap_or_default(), PaperKind::parse)?,
                    organisation: row.organisation.unwrap_or_default(),
                    set_by: row.set_by.unwrap_or_default(),
                    state: state(row.published_at, opens, closes, row.now),
                    opens: moment(opens),
                    closes: moment(closes),
                    sittings: number(row.sittings)?,
                    submitted: number(row.submitted)?,
                })
            };
            Ok(card())
        },
    )?;
    let (papers, not_shown) = shown(page.rows.into_iter())?;
    Ok(MyPapers {
        papers: Page {
            rows: papers,
            found: page.found,
            in_all: page.in_all,
            next: page.next,
            anew: page.anew,
        },
        more_papers,
        form: FormToken(new_id()),
        not_shown,
        everywhere,
        organisations: organisations
            .into_iter()
            .filter_map(|row| Some(ListChoice { id: row.id?.to_string(), label: row.name?, chosen: false }))
            .collect(),
    })
}

pub(crate) fn state(
    published: Option<DateTime<Utc>>,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    now: DateTime<Utc>,
) -> PaperState {
    match published {
        None => PaperState::Draft,
        Some(_) if now < opens => PaperState::Waiting,
        Some(_) if now < closes => PaperState::Open,
        Some(_) => PaperState::Closed,
    }
}

/// Creates a draft with the usual settings: half an hour, the calculator off, open for a week from tomorrow.
pub async fn create_paper(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    title: &str,
    kind: PaperKind,
    form: Option<FormToken>,
) -> Result<PaperId> {
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let title = checked_title(title).map_err(|problem| Error::invalid("title", problem))?;
    let id = PaperId(new_id());
    let what = format!("create {organisation} {} {title}", kind.as_str());
    if let Some(made) = once(services, &mut db, actor, form, &what, id.0).await? {
        return Ok(PaperId(made));
    }
    let release = if kind == PaperKind::Mock { Release::AtOnce } else { Release::AtClose };
    let (opens, closes) = usual_window(&mut db, None).await?;
    sqlx::query!(
        "insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints,
            attempts, opens_at, closes_at, release, created_at)
        values ($1, $2, $3, $4, $5, 30, 80, false, $6, $7, $8, $9, $10, $11, now())",
        id.0,
        setter.organisation().0,
        actor.person().0,
        kind.as_str(),
        title,
        kind == PaperKind::Examination,
        kind == PaperKind::Mock,
        if kind == PaperKind::Mock { 3 } else { 1 },
        opens,
        closes,
        release.as_str(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_created", id).await?;
    db.commit().await?;
    Ok(id)
}

/// The proposed opening and closing times of a new draft: nine tomorrow and five a week later. Both are local time, even
/// when the clocks change in between. The setter may change them. The time is the database's, as wherever a paper's window is compared
/// with it, unless `now` says another.
pub(crate) async fn usual_window(
    db: &mut PgConnection,
    now: Option<DateTime<Utc>>,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let window = sqlx::query!(
        r#"select in_london(coalesce($1, now()), '33 hours') as "opens!", in_london(coalesce($1, now()), '8 days 17 hours') as "closes!""#,
        now,
    )
    .fetch_one(db)
    .await?;
    Ok((window.opens, window.closes))
}

pub(super) fn checked_title(title: &str) -> std::result::Result<String, Problem> {
    let title = domain::visible(title);
    if (1..=200).contains(&title.chars().count()) { Ok(title) } else { Err(Problem::TitleMissing) }
}

pub fn title_problem(title: &str) -> Option<FieldProblem> {
    checked_title(title).err().map(|problem| FieldProblem::new("title", problem))
}

/// Deletes a draft. A published paper stays, because candidates may have sat it. `form` as for [`once`].
pub async fn remove_draft(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    form: Option<FormToken>,
) -> Result<()> {
    let mut db = services.begin().await?;
    if once(services, &mut db, actor, form, &format!("remove {paper}"), paper.0).await?.is_some() {
        return Ok(());
    }
    let setter = draft(services, &mut db, actor, paper).await?;
    keep_all_leaving(services, &mut db, LookedAt::Paper(setter.paper())).await?;
    sqlx::query!("delete from papers where id = $1", setter.paper().0).execute(&mut *db).await?;
    note(services, &mut db, actor.person(), None, "assessment.draft_removed", paper).await?;
    db.commit().await?;
    Ok(())
}

/// Puts a draft or a closed paper away, or brings it back: the list of papers leaves out what is put away. It changes nothing else. A button
/// pressed twice is answered as the first time.
///
/// # Errors
/// [`Error::NotFound`] for a paper that waits or is open.
pub async fn put_away(services: &Services, actor: &Actor, paper: PaperId, away: bool) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let stands = sqlx::query!(
        r#"select put_away_at is not null as "away!", published_at is null or closes_at <= now() as "over!"
        from papers where id = $1 for update"#,
        setter.paper().0,
    )
    .fetch_one(&mut *db)
    .await?;
    if away && !stands.over {
        return Err(Error::NotFound);
    }
    if stands.away != away {
        sqlx::query!(
            "update papers set put_away_at = case when $2 then now() end where id = $1",
            setter.paper().0,
            away,
        )
        .execute(&mut *db)
        .await?;
        let action = if away { "assessment.paper_put_away" } else { "assessment.paper_brought_back" };
        note(services, &mut db, actor.person(), None, action, setter.paper()).await?;
    }
    db.commit().await?;
    Ok(())
}
