//! A paper as the pages around it show it.

use chrono::{DateTime, Utc};
use domain::{
    FormToken,
    assessment::{
        Category, PaperId, PaperKind, PaperState, Release,
        authoring::{
            ChangeKind, ListChoice, MOST_CARDS, PaperChange, PaperPage, PaperSettings, PaperVersions,
            PublicationPage, SectionView, SectionsPage, Window, asked_again,
        },
        bank::{CategoryStock, TemplateCard},
    },
};
use sqlx::{PgConnection, types::Json};

use super::{
    papers::state,
    times::{comes_twice, local, years},
};
use crate::{
    Error, Result, Services,
    access::{PaperAccess, PaperSetter, since},
    accounts::Actor,
    assessment::{
        bank::{StoredCard, cards},
        count_of, known, new_id, number,
    },
    moment,
};

/// Everything about a paper, for its setter.
pub async fn paper_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<PaperPage> {
    let mut db = services.db.acquire().await?;
    Ok(load(services, &mut db, actor, paper).await?.1)
}

/// The same with the sources of a draft, for the page that edits it: the categories, and the questions of one of them.
pub async fn sections_page(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    category: Option<Category>,
) -> Result<SectionsPage> {
    let mut db = services.db.acquire().await?;
    let (setter, paper) = load(services, &mut db, actor, paper).await?;
    let Templates { all, chosen } = templates(&mut db, setter, &paper, category).await?;
    drop(db);
    let asked_again = asked_again(&paper.sections, &all, paper.settings.attempts);
    let mut stock = Vec::new();
    for category in Category::all() {
        let questions = count_of(all.iter().filter(|template| template.category == category))?;
        if questions > 0 {
            stock.push(CategoryStock { category, questions });
        }
    }
    let category = category.filter(|_| !chosen.is_empty());
    let cards = cards(services, chosen).await?;
    Ok(SectionsPage { paper, stock, category, cards, asked_again })
}

/// The same with what a draft would repeat, for the page that publishes it.
pub async fn publication_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<PublicationPage> {
    let SectionsPage { paper, asked_again, .. } = sections_page(services, actor, paper, None).await?;
    Ok(PublicationPage { paper, asked_again })
}

/// The templates that a draft may use.
#[derive(Default)]
struct Templates {
    all: Vec<TemplateCard>,
    /// Those of one category, with their texts.
    chosen: Vec<StoredCard>,
}

/// A bank may hold thousands of templates: only the pages that need them read them.
async fn templates(
    db: &mut PgConnection,
    setter: PaperSetter,
    paper: &PaperPage,
    category: Option<Category>,
) -> Result<Templates> {
    if paper.state != PaperState::Draft {
        return Ok(Templates::default());
    }
    let found = sqlx::query!(
        r#"select coalesce((
                select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'category', t.category,
                    'difficulty', t.difficulty, 'own', t.organisation_id is not null) order by t.category, t.difficulty, t.name)
                from question_templates t where not t.retired and (t.organisation_id is null or t.organisation_id = $1)
            ), '[]') as "all!: Json<Vec<TemplateCard>>",
            coalesce((
                select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'category', c.category, 'difficulty', c.difficulty,
                    'kind', c.kind, 'source', c.source, 'organisation',
                    (select o.name from organisations_named o where o.id = c.organisation_id)) order by c.difficulty, c.name)
                from (
                    select t.* from question_templates t
                    where t.category = $2 and not t.retired and (t.organisation_id is null or t.organisation_id = $1)
                    order by t.difficulty, t.name limit $3
                ) c
            ), '[]') as "chosen!: Json<Vec<StoredCard>>""#,
        setter.organisation().0,
        category.map(Category::as_str),
        i64::try_from(MOST_CARDS).map_err(Error::failed)?,
    )
    .fetch_one(db)
    .await?;
    Ok(Templates { all: found.all.0, chosen: found.chosen.0 })
}

/// Checks whether the actor is a [`PaperSetter`] in the statement that reads the paper.
pub(super) async fn load(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<(PaperSetter, PaperPage)> {
    let row = sqlx::query!(
        r#"select p.*, a.proof as "proof!: Json<PaperAccess>", o.name as "organisation!", now() as "now!",
            coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'label', c.name, 'chosen', pc.cohort_id is not null) order by c.name)
                from cohorts_named c left join paper_cohorts pc on pc.cohort_id = c.id and pc.paper_id = p.id
                where c.organisation_id = p.organisation_id), '[]') as "cohorts!: Json<Vec<ListChoice>>",
            (select count(*) from paper_learners l where l.paper_id = p.id) as "named!",
            coalesce((select jsonb_object_agg(v.part, v.version) from paper_versions v where v.paper_id = p.id), '{}')
                as "versions!: Json<PaperVersions>",
            least(extract(epoch from p.closes_at - p.opens_at) / 60, 2147483647)::integer as "window_minutes!",
            greatest(p.limit_minutes, (select max(ceil(p.limit_minutes * (100 + a.extra_percent) / 100.0) + a.extra_minutes + a.break_minutes)
                -- It begins at the candidates: an organisation gives time to many more people than sit one paper.
                from (
                    select e.learner_id as person, null as email, h.email as waiting
                    from paper_cohorts c join cohort_students e on e.cohort_id = c.cohort_id
                    cross join lateral (select x.email from people_named x where x.id = e.learner_id offset 0) h where c.paper_id = p.id
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
                    'closes_after', c.closes_after, 'title_before', c.title_before, 'title_after', c.title_after) order by c.at desc, c.id desc)
                from paper_changes c left join people_named h on h.id = c.changed_by where c.paper_id = p.id), '[]') as "changes!: Json<Vec<ChangeRow>>",
            coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'title', s.title, 'pass_percent', s.pass_percent, 'rules', coalesce((
                    select jsonb_agg(jsonb_build_object('id', l.id, 'category', l.category, 'difficulty', l.difficulty, 'template', t.name,
                        'questions', l.questions, 'marks', l.marks) order by l.position, l.id)
                    from selection_rules l left join question_templates t on t.id = l.template_id where l.section_id = s.id), '[]'))
                    order by s.position, s.id)
                from paper_sections s where s.paper_id = p.id), '[]') as "sections!: Json<Vec<SectionView>>"
        from paper_access($1, $2, $3) a, papers p join organisations_named o on o.id = p.organisation_id where p.id = $1"#,
        paper.0,
        actor.person().0,
        since(services),
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = row.proof.0.admit()?;
    let paper_state = state(row.published_at, row.opens_at, row.closes_at, row.now);
    let page = PaperPage {
        id: setter.paper(),
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
        put_away: row.put_away_at.is_some(),
        started: row.started,
        results_out: row.results_out,
        changes: row.changes.0.into_iter().map(ChangeRow::into_change).collect::<Result<_>>()?,
    };
    Ok((setter, page))
}

/// One change as the query above builds it.
#[derive(Debug, serde::Deserialize)]
struct ChangeRow {
    at: DateTime<Utc>,
    what: String,
    reason: String,
    by: String,
    opens_before: DateTime<Utc>,
    closes_before: DateTime<Utc>,
    opens_after: Option<DateTime<Utc>>,
    closes_after: Option<DateTime<Utc>>,
    title_before: Option<String>,
    title_after: Option<String>,
}

impl ChangeRow {
    fn into_change(self) -> Result<PaperChange> {
        let window = |opens, closes| Window { opens: moment(opens), closes: moment(closes) };
        let before = window(self.opens_before, self.closes_before);
        let after = self.opens_after.zip(self.closes_after).map(|(opens, closes)| window(opens, closes));
        let titles = self.title_before.zip(self.title_after);
        let kind =
            known("change of a paper", &self.what, |what| ChangeKind::read(what, before, after, titles))?;
        Ok(PaperChange { at: moment(self.at), kind, reason: self.reason, by: self.by })
    }
}

/// Proof of [`Actor::setter_of`] for a paper that no candidate has seen yet, with its row locked until the transaction
/// ends. A transaction that writes a row that refers to the paper does not wait for it: it may hold a part of the paper
/// that this one waits for next.
pub(crate) async fn draft(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
) -> Result<PaperSetter> {
    let setter = actor.setter_of(services, db, paper).await?;
    let published = sqlx::query_scalar!(
        "select published_at from papers where id = $1 for no key update",
        setter.paper().0
    )
    .fetch_optional(db)
    .await?
    // It was removed while this transaction waited for its row.
    .ok_or(Error::NotFound)?;
    if published.is_some() { Err(Error::NotFound) } else { Ok(setter) }
}
