//! Papers as whoever sets them has them: the list, the draft and its settings, and who sits it.

use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use domain::{
    FieldProblem, FormToken, Problem, Years,
    accounts::{AddressFault, AddressList},
    assessment::{
        CandidatesPage, InvitedLearner, ListChoice, MyPapers, PaperCard, PaperChange, PaperId, PaperKind,
        PaperPage, PaperSettings, PaperState, PaperVersions, PublicationPage, Release, SectionView,
        SectionsPage, TemplateCard, asked_again,
    },
    cohorts::{CohortId, OrganisationId},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    PaperSetter,
    code_tries::Try,
    known, new_id, note, number, shown,
    support::since,
    versions::{Part, next_version},
};
use crate::{Error, Result, Services, accounts::Actor, moment, once::once};

/// How many papers one page of the list shows.
const PAPERS_A_PAGE: usize = 30;
/// How many organisations support is shown at once: there are thousands.
const ORGANISATIONS_LISTED: usize = 50;
/// The longest list of learners by address.
const MOST_NAMED: usize = 2000;
/// How many faults of a list are named at once: mending these shows the next.
const FAULTS_NAMED: usize = 10;

/// `/assessments/papers`: the actor's own papers; for administrators all of their organisation; for support every one.
///
/// `after` is [`MyPapers::next`] of the page before.
pub async fn my_papers(services: &Services, actor: &Actor, after: Option<&str>) -> Result<MyPapers> {
    papers_page(services, actor, after, "").await
}

/// The same, for support with the organisations whose name has `search` in it.
pub async fn papers_page(
    services: &Services,
    actor: &Actor,
    after: Option<&str>,
    search: &str,
) -> Result<MyPapers> {
    let search = search.trim().replace('\0', "");
    let mut db = services.db.acquire().await?;
    let mut organisations = sqlx::query!(
        // It begins at who asks. Support may do it everywhere, and finds the place by a part of its name: one more than are listed, as a
        // plain number, so that the plan is for so few.
        r#"select h.support, o.id as "id?", o.name as "name?" from people h
        left join lateral (
            select x.id, x.name from (
                select organisation_id as id from paper_setters where person_id = h.id
                union
                select organisation_id from organisation_administrators where person_id = h.id
            ) mine
            cross join lateral (select y.id, y.name from organisations y where y.id = mine.id offset 0) x
            where not h.support
            union all
            (select x.id, x.name from organisations x where h.support and strpos(lower(x.name), lower($2)) > 0
            order by x.name limit 51)
        ) o on true
        where h.id = $1 order by o.name"#,
        actor.person().0,
        search,
    )
    .fetch_all(&mut *db)
    .await?;
    let support = organisations.first().is_some_and(|row| row.support);
    if !support && organisations.iter().all(|row| row.id.is_none()) {
        return Err(Error::NotFound);
    }
    let more_organisations = support && organisations.len() > ORGANISATIONS_LISTED;
    if more_organisations {
        organisations.truncate(ORGANISATIONS_LISTED);
    }
    // Ids are version 7: newest first is also the order of the ids.
    let after = after.and_then(|id| id.parse::<Uuid>().ok()).unwrap_or(Uuid::max());
    let rows = sqlx::query!(
        // It begins at who asks: their own papers, those of their organisations, for support every one. Of each no more than fit: one
        // more than a page, as a plain number, so that the plan is for so few.
        // Who sets the papers of others is data about a person, which support sees where it has given a reason.
        r#"with mine as (select id, bool_or(own) as own from (
            select x.id, true as own from paper_setters r cross join lateral (
                select p.id from papers p where p.set_by = $1 and p.organisation_id = r.organisation_id and p.id < $2
                order by p.id desc limit 31) x where r.person_id = $1
            union all
            select x.id, true from organisation_administrators a cross join lateral (
                select p.id from papers p where p.organisation_id = a.organisation_id and p.id < $2
                order by p.id desc limit 31) x where a.person_id = $1
            union all
            select x.id, false from people h cross join lateral (
                select p.id from papers p where p.id < $2 order by p.id desc limit 31) x where h.id = $1 and h.support
        ) every group by id order by id desc limit 31)
        select p.id, p.title, p.kind, o.name as organisation, coalesce(s.full_name, '') as "set_by!", p.opens_at, p.closes_at,
            p.published_at, now() as "now!",
            (select count(*) from sittings t where t.paper_id = p.id) as "sittings!",
            (select count(*) from sittings t where t.paper_id = p.id and t.submitted_at is not null) as "submitted!"
        from mine join papers p on p.id = mine.id
        join organisations o on o.id = p.organisation_id
        left join people s on s.id = p.set_by and mine.own
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

pub(super) fn state(
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

/// Makes a draft with settings that are usual: half an hour, the calculator off, open for a week from tomorrow.
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
        setter.organisation.0,
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

/// When a new draft opens and closes until somebody says otherwise: at nine tomorrow and at five a week later, by the clock on the
/// wall, also when the clocks change in between. It proposes; what counts while somebody sits is the database's time.
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

/// Everything about a paper, for whoever set it.
pub async fn paper_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<PaperPage> {
    let mut db = services.db.acquire().await?;
    Ok(load(services, &mut db, actor, paper).await?.1)
}

/// The same with what a draft can be made of, for the page on which it is made.
pub async fn sections_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<SectionsPage> {
    let mut db = services.db.acquire().await?;
    let (setter, paper) = load(services, &mut db, actor, paper).await?;
    let templates = templates(&mut db, setter, &paper).await?;
    let asked_again = asked_again(&paper.sections, &templates, paper.settings.attempts);
    Ok(SectionsPage { paper, templates, asked_again })
}

/// The same with what a draft would ask again, for the page on which it is published.
pub async fn publication_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<PublicationPage> {
    let SectionsPage { paper, asked_again, .. } = sections_page(services, actor, paper).await?;
    Ok(PublicationPage { paper, asked_again })
}

/// A bank may hold thousands: only the pages that need them read them.
async fn templates(
    db: &mut PgConnection,
    setter: PaperSetter,
    paper: &PaperPage,
) -> Result<Vec<TemplateCard>> {
    if paper.state != PaperState::Draft {
        return Ok(Vec::new());
    }
    let templates = sqlx::query_scalar!(
        r#"select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'category', t.category,
                'difficulty', t.difficulty, 'own', t.organisation_id is not null)
                order by t.category, t.difficulty, t.name), '[]') as "templates!: Json<Vec<TemplateCard>>"
        from question_templates t where not t.retired and (t.organisation_id is null or t.organisation_id = $1)"#,
        setter.organisation.0,
    )
    .fetch_one(db)
    .await?;
    Ok(templates.0)
}

/// The same with who is named for it, for the page that lists them.
pub async fn candidates_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<CandidatesPage> {
    let mut db = services.db.acquire().await?;
    let (setter, paper) = load(services, &mut db, actor, paper).await?;
    let learners = sqlx::query_as!(
        InvitedLearner,
        r#"with named as materialized (
            select l.email, coalesce(l.person_id, h.id) as person
            from paper_learners l left join people h on h.email = l.email where l.paper_id = $1
        )
        select n.email as "email!", p.full_name as "name?" from named n
        left join known_to_organisation($2, array(select person from named where person is not null)) k on k.person = n.person
        -- Each by the key: a join could read everybody there is.
        left join lateral (select h.full_name from people h where h.id = k.person offset 0) p on true
        order by n.email"#,
        setter.paper.0,
        setter.organisation.0,
    )
    .fetch_all(&mut *db)
    .await?;
    Ok(CandidatesPage { paper, learners })
}

/// Asks whether the actor is a [`PaperSetter`] in the statement that reads the paper.
pub(super) async fn load(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<(PaperSetter, PaperPage)> {
    let row = sqlx::query!(
        r#"select p.*, a.allowed as "allowed!", o.name as organisation, now() as "now!",
            coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'label', c.name, 'chosen', pc.cohort_id is not null) order by c.name)
                from cohorts c left join paper_cohorts pc on pc.cohort_id = c.id and pc.paper_id = p.id
                where c.organisation_id = p.organisation_id), '[]') as "cohorts!: Json<Vec<ListChoice>>",
            (select count(*) from paper_learners l where l.paper_id = p.id) as "named!",
            coalesce((select jsonb_object_agg(v.part, v.version) from paper_versions v where v.paper_id = p.id), '{}')
                as "versions!: Json<PaperVersions>",
            least(extract(epoch from p.closes_at - p.opens_at) / 60, 2147483647)::integer as "window_minutes!",
            greatest(p.limit_minutes, (select max(ceil(p.limit_minutes * (100 + a.extra_percent) / 100.0) + a.extra_minutes + a.break_minutes)
                -- It begins at the candidates: an organisation gives time to many more than sit one paper.
                from (
                    select e.learner_id as person, null as email, h.email as waiting
                    from paper_cohorts c join enrolments e on e.cohort_id = c.cohort_id
                    cross join lateral (select x.email from people x where x.id = e.learner_id offset 0) h where c.paper_id = p.id
                    union all
                    select l.person_id, l.email, null from paper_learners l where l.paper_id = p.id
                ) l
                cross join lateral (
                    select x.* from exam_adjustments x where x.person_id = l.person and x.organisation_id = p.organisation_id
                    union all
                    select x.* from exam_adjustments x where x.email = l.email and x.organisation_id = p.organisation_id
                    union all
                    select x.* from exam_adjustments x where x.email = l.waiting and x.person_id is null and x.organisation_id = p.organisation_id
                    offset 0
                ) a))::integer as "longest_minutes!",
            exists (select from sittings s where s.paper_id = p.id) as "started!",
            exists (select from sittings s where s.paper_id = p.id and s.submitted_at is not null) and results_released(p.id) as "results_out!",
            coalesce((select jsonb_agg(jsonb_build_object('at', c.at, 'what', c.what, 'reason', c.reason, 'by', coalesce(h.full_name, ''),
                    'opens_before', c.opens_before, 'closes_before', c.closes_before, 'opens_after', c.opens_after,
                    'closes_after', c.closes_after) order by c.at desc, c.id desc)
                from paper_changes c left join people h on h.id = c.changed_by where c.paper_id = p.id), '[]') as "changes!: Json<Vec<ChangeRow>>",
            coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'title', s.title, 'pass_percent', s.pass_percent, 'lines', coalesce((
                    select jsonb_agg(jsonb_build_object('id', l.id, 'category', l.category, 'difficulty', l.difficulty, 'template', t.name,
                        'questions', l.questions, 'marks', l.marks) order by l.position, l.id)
                    from paper_lines l left join question_templates t on t.id = l.template_id where l.section_id = s.id), '[]'))
                    order by s.position, s.id)
                from paper_sections s where s.paper_id = p.id), '[]') as "sections!: Json<Vec<SectionView>>"
        from paper_access($1, $2, $3) a, papers p join organisations o on o.id = p.organisation_id where p.id = $1"#,
        paper.0,
        actor.person().0,
        since(services),
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = PaperSetter::admitted(paper, row.organisation_id, row.allowed)?;
    let paper_state = state(row.published_at, row.opens_at, row.closes_at, row.now);
    let page = PaperPage {
        id: setter.paper,
        organisation: row.organisation,
        state: paper_state,
        versions: row.versions.0,
        form: FormToken(new_id()),
        opens: moment(row.opens_at),
        closes: moment(row.closes_at),
        years: years(row.now),
        time_notes: [comes_twice("opens", row.opens_at), comes_twice("closes", row.closes_at)]
            .into_iter()
            .flatten()
            .collect(),
        settings: PaperSettings {
            title: row.title,
            kind: known("kind", &row.kind, PaperKind::parse)?,
            instructions: row.instructions,
            limit_minutes: number(row.limit_minutes)?,
            pass_percent: number(row.pass_percent)?,
            calculator: row.calculator,
            shuffle: row.shuffle,
            hints: row.hints,
            attempts: number(row.attempts)?,
            opens: local(row.opens_at),
            closes: local(row.closes_at),
            access_code: row.access_code.unwrap_or_default(),
            release: known("release", &row.release, Release::parse)?,
        },
        sections: row.sections.0,
        cohorts: row.cohorts.0,
        named: number(row.named)?,
        released: row.released_at.zip(row.published_at).is_some_and(|(released, since)| released >= since),
        window_minutes: number(row.window_minutes)?,
        longest_minutes: number(row.longest_minutes)?,
        started: row.started,
        results_out: row.results_out,
        changes: row.changes.0.into_iter().map(ChangeRow::into_change).collect(),
    };
    Ok((setter, page))
}

/// One change as the query above builds it.
#[derive(Debug, serde::Deserialize)]
struct ChangeRow {
    at: DateTime<Utc>,
    what: ChangeKind,
    reason: String,
    by: String,
    opens_before: DateTime<Utc>,
    closes_before: DateTime<Utc>,
    opens_after: Option<DateTime<Utc>>,
    closes_after: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ChangeKind {
    Moved,
    Extended,
    Withdrawn,
}

impl ChangeRow {
    fn into_change(self) -> PaperChange {
        let words = |time: DateTime<Utc>| moment(time).london;
        let window = |opens, closes| format!("{} to {}", words(opens), words(closes));
        let before = window(self.opens_before, self.closes_before);
        let after = self.opens_after.zip(self.closes_after).map(|(opens, closes)| window(opens, closes));
        let verb = match self.what {
            ChangeKind::Moved => "Moved",
            ChangeKind::Extended => "Extended",
            ChangeKind::Withdrawn => "Withdrawn",
        };
        PaperChange {
            at: moment(self.at),
            what: match after {
                Some(after) => format!("{verb} from {before} (UK time) to {after}"),
                None => format!("{verb}; it was open from {before} (UK time)"),
            },
            reason: self.reason,
            by: self.by,
        }
    }
}

/// As an input of type `datetime-local` has it, in Europe/London.
pub(super) fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%Y-%m-%dT%H:%M").to_string()
}

/// Reads `2026-11-22T10:00` and `22/11/2026 10:00` as times in Europe/London. A time that the clocks skip is none; of a time
/// that comes twice the earlier is meant, and [`comes_twice`] says so. A year far from `now` is a slip.
pub(super) fn read_local(text: &str, now: DateTime<Utc>) -> std::result::Result<DateTime<Utc>, Problem> {
    let (text, years) = (text.trim(), years(now));
    let naive = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    if naive.is_some_and(|naive| !years.contains(naive.year())) {
        return Err(Problem::YearFarAway { years });
    }
    match naive.map(|naive| London.from_local_datetime(&naive)) {
        Some(LocalResult::Single(time) | LocalResult::Ambiguous(time, _)) => Ok(time.with_timezone(&Utc)),
        Some(LocalResult::None) => Err(Problem::TimeSkipped),
        None => Err(Problem::TimeInvalid),
    }
}

fn years(now: DateTime<Utc>) -> Years {
    Years::around(now.with_timezone(&London).year())
}

/// What is to be said of a time that comes twice, because the clocks go back that night.
fn comes_twice(what: &str, time: DateTime<Utc>) -> Option<String> {
    match London.from_local_datetime(&time.with_timezone(&London).naive_local()) {
        LocalResult::Ambiguous(first, _) => {
            let which = if first == time { "first" } else { "second" };
            Some(format!(
                "The time at which it {what} comes twice, because the clocks go back that night. The {which} of the two is meant."
            ))
        }
        _ => None,
    }
}

/// Proof of [`Actor::setter_of`] for a paper that nobody has seen yet, with its row locked until the transaction ends. Whoever writes
/// a row that refers to the paper does not wait for it: they may hold a part of the paper that is waited for here next.
pub(super) async fn draft(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<PaperSetter> {
    let setter = actor.setter_of(services, db, paper).await?;
    let published = sqlx::query_scalar!(
        "select published_at from papers where id = $1 for no key update",
        setter.paper.0
    )
    .fetch_one(db)
    .await?;
    if published.is_some() { Err(Error::NotFound) } else { Ok(setter) }
}

/// What is wrong with settings, without saving them: for a form in which something cannot be read at all.
pub fn settings_problems(services: &Services, settings: &PaperSettings) -> Vec<FieldProblem> {
    checked(settings, services.clock.now()).err().unwrap_or_default()
}

pub fn title_problem(title: &str) -> Option<FieldProblem> {
    checked_title(title).err().map(|problem| FieldProblem::new("title", problem))
}

/// Settings as they are stored.
struct Checked {
    title: String,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    code: String,
}

fn checked(settings: &PaperSettings, now: DateTime<Utc>) -> std::result::Result<Checked, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let title = checked_title(&settings.title).map_err(|problem| wrong("title", problem)).ok();
    for (field, value, range) in [
        ("limit_minutes", settings.limit_minutes, 1..=600),
        ("pass_percent", u16::from(settings.pass_percent), 0..=100),
        ("attempts", u16::from(settings.attempts), 1..=10),
    ] {
        if !range.contains(&value) {
            wrong(field, Problem::NumberOutOfRange);
        }
    }
    if settings.instructions.chars().count() > 4000 {
        wrong("instructions", Problem::InstructionsTooLong);
    }
    let opens = read_local(&settings.opens, now).map_err(|problem| wrong("opens", problem)).ok();
    let closes = read_local(&settings.closes, now).map_err(|problem| wrong("closes", problem)).ok();
    if let (Some(opens), Some(closes)) = (opens, closes)
        && closes <= opens
    {
        wrong("closes", Problem::ClosesBeforeItOpens);
    }
    let code = settings.access_code.trim().to_uppercase();
    let code_fits =
        code.is_empty() || (6..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !code_fits {
        wrong("access_code", Problem::CodeInvalid);
    }
    let (Some(title), Some(opens), Some(closes), true) = (title, opens, closes, problems.is_empty()) else {
        return Err(problems);
    };
    Ok(Checked { title, opens, closes, code })
}

/// `seen` is the version that the form showed: see [`PaperVersions`]. A code that the paper does not have yet is tried, as
/// [`super::paper_by_code`] would: that it is taken tells of another paper's.
///
/// # Errors
/// [`Error::Invalid`] with every field that is wrong; [`Problem::CodeWait`] on `access_code`.
pub async fn save_settings(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    settings: &PaperSettings,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let tried = try_code(services, &mut db, actor, paper, settings).await?;
    let written = write_settings(services, actor, paper, settings, seen).await;
    if let Some(tried) = tried {
        let taken = |problem: &FieldProblem| problem.problem == Problem::CodeTaken;
        match &written {
            Err(Error::Invalid(problems)) if problems.iter().any(taken) => {
                tried.was_wrong(services, &mut db, actor).await?;
            }
            _ => tried.was_right(&mut db, actor).await?,
        }
    }
    written
}

async fn try_code(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    settings: &PaperSettings,
) -> Result<Option<Try>> {
    let setter = actor.setter_of(services, db, paper).await?;
    let Ok(Checked { code, .. }) = checked(settings, services.clock.now()) else { return Ok(None) };
    let own = sqlx::query_scalar!("select access_code from papers where id = $1", setter.paper.0)
        .fetch_optional(&mut *db)
        .await?
        .flatten();
    if code.is_empty() || own.as_ref() == Some(&code) {
        return Ok(None);
    }
    match Try::begin(services, db, actor, &code).await {
        Err(Error::Invalid(problems)) => {
            let there = |problem: FieldProblem| FieldProblem::new("access_code", problem.problem);
            Err(Error::Invalid(problems.into_iter().map(there).collect()))
        }
        other => other.map(Some),
    }
}

async fn write_settings(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    settings: &PaperSettings,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    next_version(&mut db, actor, setter, Part::Settings, seen).await?;
    let Checked { title, opens, closes, code } =
        checked(settings, services.clock.now()).map_err(Error::Invalid)?;
    let written = sqlx::query!(
        "update papers set title = $2, kind = $3, instructions = $4, limit_minutes = $5, pass_percent = $6, calculator = $7,
            shuffle = $8, hints = $9, attempts = $10, opens_at = $11, closes_at = $12, access_code = nullif($13, ''), release = $14
        where id = $1",
        setter.paper.0,
        title,
        settings.kind.as_str(),
        settings.instructions.trim(),
        i16::try_from(settings.limit_minutes).map_err(Error::failed)?,
        i16::from(settings.pass_percent),
        settings.calculator,
        settings.shuffle,
        settings.hints,
        i16::from(settings.attempts),
        opens,
        closes,
        code,
        settings.release.as_str(),
    )
    .execute(&mut *db)
    .await;
    match written {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("papers_access_code_key") => {
            return Err(Error::invalid("access_code", Problem::CodeTaken));
        }
        other => other?,
    };
    db.commit().await?;
    Ok(())
}

/// Says who sits the paper: cohorts of the setter's own organisation, and learners by address. Both lists replace what was
/// there. Works for published papers too: somebody always comes late.
///
/// # Errors
/// What is no address, each with its place in the list, or [`Problem::AddressesTooMany`], on `emails`.
pub async fn save_candidates(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    cohorts: &[CohortId],
    emails: &str,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    next_version(&mut db, actor, setter, Part::Candidates, seen).await?;
    let addresses = named(emails)?;
    let cohorts: Vec<Uuid> = cohorts.iter().map(|cohort| cohort.0).collect();
    sqlx::query!("delete from paper_cohorts where paper_id = $1", setter.paper.0).execute(&mut *db).await?;
    sqlx::query!(
        "insert into paper_cohorts (paper_id, cohort_id) select $1, id from cohorts where organisation_id = $2 and id = any($3)",
        setter.paper.0,
        setter.organisation.0,
        &cohorts,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from paper_learners l
        where l.paper_id = $1 and not exists (select from unnest($2::text[]) kept where kept = l.email)",
        setter.paper.0,
        &addresses
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into paper_learners (paper_id, email, person_id)
        select $1, address, p.id from unnest($2::text[]) address left join people p on p.email = address
        on conflict (paper_id, email) do update set person_id = coalesce(paper_learners.person_id, excluded.person_id)",
        setter.paper.0,
        &addresses,
    )
    .execute(&mut *db)
    .await?;
    let published = sqlx::query_scalar!(
        r#"select published_at is not null as "published!" from papers where id = $1"#,
        setter.paper.0,
    )
    .fetch_one(&mut *db)
    .await?;
    if published {
        note(services, &mut db, actor.person(), None, "assessment.candidates_changed", setter.paper).await?;
    }
    db.commit().await?;
    Ok(())
}

/// The addresses of a list, each once.
fn named(list: &str) -> Result<Vec<String>> {
    let list = AddressList::read(list);
    if !list.faults.is_empty() {
        let problem = |fault: &AddressFault| Problem::AddressInvalid {
            line: fault.line,
            entry: if fault.alone { 0 } else { fault.entry },
        };
        let faults = list.faults.iter().take(FAULTS_NAMED);
        return Err(Error::Invalid(
            faults.map(|fault| FieldProblem::new("emails", problem(fault))).collect(),
        ));
    }
    if list.addresses.len() > MOST_NAMED {
        return Err(Error::invalid("emails", Problem::AddressesTooMany));
    }
    Ok(list.addresses.iter().map(|address| address.as_str().to_owned()).collect())
}

/// Throws a draft away. A published paper stays: people may have sat it. `form` as [`once`] has it.
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
    sqlx::query!("delete from papers where id = $1", setter.paper.0).execute(&mut *db).await?;
    note(services, &mut db, actor.person(), None, "assessment.draft_removed", paper).await?;
    db.commit().await?;
    Ok(())
}
