//! The list of papers, a new paper, and the removal of a draft.

use chrono::{DateTime, Utc};
use domain::{
    FieldProblem, FormToken, Problem,
    assessment::{
        PaperId, PaperKind, PaperState, Release,
        authoring::{ListChoice, MyPapers, PaperCard},
    },
    organisations::OrganisationId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::paper::draft;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{known, new_id, note, number, shown},
    kit::once::once,
    moment,
};

/// How many papers one page of the list shows.
const PAPERS_A_PAGE: usize = 30;

/// How many organisations support is shown at once: there are thousands.
const ORGANISATIONS_LISTED: usize = 50;

/// `/assessments/papers`: the actor's own papers; for administrators all of their organisation; for support all papers.
///
/// `after` is [`MyPapers::next`] of the previous page.
pub async fn my_papers(services: &Services, actor: &Actor, after: Option<&str>) -> Result<MyPapers> {
    papers_page(services, actor, after, "").await
}

/// The same, for support with the organisations whose names contain `search`.
pub async fn papers_page(
    services: &Services,
    actor: &Actor,
    after: Option<&str>,
    search: &str,
) -> Result<MyPapers> {
    let search = search.trim().replace('\0', "");
    let mut db = services.db.acquire().await?;
    let mut organisations = sqlx::query!(
        // It begins at the actor. Support may set papers everywhere, and finds an organisation by a part of its name:
        // one more than are listed, as a plain number, so that the planner knows how few.
        r#"select h.everywhere as "support!", o.id as "id?", o.name as "name?"
        from (select bool_or(everywhere) as everywhere from sets_papers($1)) h
        left join lateral (
            select x.id, x.name from (select distinct organisation_id as id from sets_papers($1)) mine
            cross join lateral (select y.id, y.name from organisations_named y where y.id = mine.id offset 0) x
            where not h.everywhere
            union all
            (select x.id, x.name from organisations_named x where h.everywhere and strpos(lower(x.name), lower($2)) > 0
            order by x.name limit 51)
        ) o on true
        where h.everywhere is not null order by o.name"#,
        actor.person().0,
        search,
    )
    .fetch_all(&mut *db)
    .await?;
    let support = organisations.first().ok_or(Error::NotFound)?.support;
    let more_organisations = support && organisations.len() > ORGANISATIONS_LISTED;
    if more_organisations {
        organisations.truncate(ORGANISATIONS_LISTED);
    }
    // Ids are version 7: newest first is also the order of the ids.
    let after = after.and_then(|id| id.parse::<Uuid>().ok()).unwrap_or(Uuid::max());
    let rows = sqlx::query!(
        // It begins at the actor: their own papers, those of their organisations, for support all papers. Of each no
        // more than fit: one more than a page, as a plain number, so that the planner knows how few. The name of
        // another paper's setter is data about a person, which support sees only after giving a reason.
        r#"with mine as (
            select paper_id as id, bool_or(own) as own from papers_seen($1, $2, 31) group by paper_id order by paper_id desc limit 31
        )
        select p.id, p.title, p.kind, o.name as "organisation!", coalesce(s.full_name, '') as "set_by!", p.opens_at, p.closes_at,
            p.published_at, now() as "now!",
            (select count(*) from sittings t where t.paper_id = p.id) as "sittings!",
            (select count(*) from sittings t where t.paper_id = p.id and t.submitted_at is not null) as "submitted!"
        from mine join papers p on p.id = mine.id
        join organisations_named o on o.id = p.organisation_id
        left join people_named s on s.id = p.set_by and mine.own
        order by p.id desc limit 31"#,
        actor.person().0,
        after,
    )
    .fetch_all(&mut *db)
    .await?;
    let next =
        rows.get(PAPERS_A_PAGE).and_then(|_| rows.get(PAPERS_A_PAGE - 1)).map(|row| row.id.to_string());
    let papers = rows.into_iter().take(PAPERS_A_PAGE).map(|row| {
        Ok(PaperCard {
            id: PaperId(row.id),
            title: row.title,
            kind: known("kind", &row.kind, PaperKind::parse)?,
            organisation: row.organisation,
            set_by: row.set_by,
            state: state(row.published_at, row.opens_at, row.closes_at, row.now),
            opens: moment(row.opens_at),
            closes: moment(row.closes_at),
            sittings: number(row.sittings)?,
            submitted: number(row.submitted)?,
        })
    });
    let (papers, not_shown) = shown(papers)?;
    Ok(MyPapers {
        papers,
        form: FormToken(new_id()),
        not_shown,
        next,
        organisations: organisations
            .into_iter()
            .filter_map(|row| Some(ListChoice { id: row.id?.to_string(), label: row.name?, chosen: false }))
            .collect(),
        more_organisations,
        search: if support { search } else { String::new() },
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

/// Makes a draft with the usual settings: half an hour, the calculator off, open for a week from tomorrow.
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
    let (opens, closes) = usual_window(services, &mut db).await?;
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

/// When a new draft opens and closes until the setter changes that: at nine tomorrow and at five a week later, by the
/// clock on the wall, even when the clocks change in between. It is a proposal; during a sitting the database's time
/// counts.
pub(super) async fn usual_window(
    services: &Services,
    db: &mut PgConnection,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let window = sqlx::query!(
        r#"select in_london($1, '33 hours') as "opens!", in_london($1, '8 days 17 hours') as "closes!""#,
        services.clock.now(),
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
    sqlx::query!("delete from papers where id = $1", setter.paper().0).execute(&mut *db).await?;
    note(services, &mut db, actor.person(), None, "assessment.draft_removed", paper).await?;
    db.commit().await?;
    Ok(())
}
