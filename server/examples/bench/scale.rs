//! Lists and statistics beside 20,000 papers, 60,000 sittings and 1.2 million marks of other people. Statements about
//! one paper are measured against the old ones that read the marks of all papers, on the indexes of that time;
//! statements that begin at a person, against the same person without the other data.

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use domain::assessment::{
    ItemId, PaperId, authoring::PapersQuery, invigilation::InvigilationQuery, results::ResultsQuery,
};
use services::{
    Services, accounts,
    assessment::{self, results::Correction},
    kit::jobs::run_ready,
};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::{Uuid, uuid};

use crate::{
    Targets, median,
    support::{Outcome, session_of},
};

const SETTER: Uuid = uuid!("5ca1e000-0000-7000-8000-000000000002");
const LEARNER: Uuid = uuid!("5ca1e000-0000-7000-8000-000000000003");
/// One of the setter's own papers, with twenty sittings going on.
const RUNNING: Uuid = uuid!("5ca1e001-0000-7000-8000-000000005208");
const PAPER: Uuid = uuid!("5ca1e004-0000-7000-8000-000000000001");

/// How often each statement runs; those that read all marks take seconds. Medians are compared.
const RUNS: usize = 15;
const RUNS_OF_A_PERSON: usize = 60;
const RUNS_BEFORE: usize = 5;

/// The old statements. They find one paper's sittings at the end, and read every mark on the way.
mod before {
    /// Indexes for today's statements: removed while the old ones are measured.
    pub const WITHOUT: &str =
        "drop index item_marks_item, answers_item, paper_items_section, mark_changes_sitting";

    pub const SHEET: [&str; 2] = [
        "select s.id, coalesce(h.full_name, 'Erased account'), coalesce(h.email, ''), s.attempt, s.submitted_at, s.submitted_by,
            s.mark, s.available, s.passed,
            (select count(*) from item_marks m where m.sitting_id = s.id and m.unreadable),
            (select count(*) from incidents x where x.sitting_id = s.id),
            array(select coalesce(sum(m.marks), 0)::bigint from paper_sections c
                left join paper_items i on i.section_id = c.id and i.attempt = s.attempt
                left join item_marks m on m.item_id = i.id and m.sitting_id = s.id
                where c.paper_id = s.paper_id group by c.id, c.position order by c.position, c.id)
        from sittings s left join people h on h.id = s.learner_id
        where s.paper_id = $1 and s.submitted_at is not null order by h.full_name, s.id",
        "select i.section_id, i.question->>'category', sum(m.marks), sum(i.marks)
        from item_marks m join paper_items i on i.id = m.item_id join sittings s on s.id = m.sitting_id
        where i.paper_id = $1 and s.submitted_at is not null group by 1, 2",
    ];

    pub const ANALYSIS: [&str; 1] =
        ["select m.sitting_id, i.id, i.position, m.marks, m.unreadable, m.verdict, a.response
        from item_marks m
        join sittings s on s.id = m.sitting_id and s.submitted_at is not null
        join paper_items i on i.id = m.item_id
        left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
        where i.paper_id = $1 order by m.sitting_id, i.position"];

    /// The sittings that a correction affects: some statements for each of them followed.
    pub const CORRECTION: [&str; 1] = [
        "select s.id, s.mark, s.passed from sittings s
        join item_marks m on m.sitting_id = s.id join paper_items i on i.id = m.item_id
        where i.paper_id = $1 and i.position = 1 and s.submitted_at is not null order by s.id for update of s",
    ];
}

/// The same two as they are today, from the files that the service uses.
mod now {
    pub const ANALYSIS: &str = include_str!("../../../services/src/assessment/results/item_marks.sql");
    pub const SUBMITTED: &str = include_str!("../../../services/src/assessment/results/submitted.sql");
    pub const ANSWERS: &str = include_str!("../../../services/src/assessment/results/answers_to.sql");
}

/// Measures, and prints the result.
pub async fn lists(services: &Services, targets: &mut Targets) -> Outcome<()> {
    run_file(services, include_str!("scale/mine.sql")).await?;
    let alone = of_a_person(services).await?;
    let made = Instant::now();
    run_file(services, include_str!("scale/others.sql")).await?;
    let made = made.elapsed();
    let beside = of_a_person(services).await?;

    let mut out = stdout().lock();
    writeln!(
        out,
        "\nLists beside 20,000 papers, 60,000 sittings and 1.2 million marks of others (made in {:.0} s), medians:",
        made.as_secs_f64()
    )?;
    for ((what, alone), (_, beside)) in alone.into_iter().zip(beside) {
        let ratio = beside / alone;
        let target = targets.at_most(&format!("{what} beside others against without them"), ratio, 1.5);
        writeln!(
            out,
            "  {what:<14} {alone:>7.2} ms without them, {beside:>7.2} ms with them: ratio {ratio:>5.2}  {target}"
        )?;
    }
    let actor = actor(services, SETTER).await?;
    let paper = PaperId(PAPER);
    let everybody = ResultsQuery::default();
    let results =
        time(
            RUNS,
            async || Ok(assessment::results::results_page(services, &actor, paper, &everybody).await?),
        )
        .await?;
    let analysis =
        time(RUNS, async || Ok(assessment::results::items_page(services, &actor, paper).await?)).await?;
    let items: Vec<Uuid> =
        sqlx::query_scalar("select id from paper_items where paper_id = $1 order by position")
            .bind(PAPER)
            .fetch_all(&services.db)
            .await?;
    let first = items.first().copied().ok_or("the paper has no questions")?;
    let statements = [
        (
            "item analysis, its statement",
            statement(services, now::ANALYSIS, PAPER).await?,
            &before::ANALYSIS[..],
        ),
        ("correction, the sittings it affects", portion(services, first).await?, &before::CORRECTION[..]),
    ];
    let mut next = items.into_iter();
    let correction = time(RUNS, async || {
        let item = ItemId(next.next().ok_or("the paper has no more questions")?);
        let void = &Correction::Void;
        assessment::results::correct_item(services, &actor, paper, item, "Measured", void, None).await?;
        run_ready(services).await?;
        Ok(())
    })
    .await?;
    // A statement against the one that it replaces; and all the work of the page or the correction against that one
    // statement.
    let whole = [
        ("results, the page", results, &before::SHEET[..], Some(40.0)),
        ("item analysis, the page", analysis, &before::ANALYSIS[..], None),
        ("correction, from end to end", correction, &before::CORRECTION[..], None),
    ];
    let alone = statements.map(|(what, now, before)| (what, now, before, Some(40.0)));
    for (what, now, statements, target) in alone.into_iter().chain(whole) {
        let then = as_before(services, statements).await?;
        let ratio = then / now;
        let target = target.map_or_else(String::new, |target| {
            targets.at_least(&format!("{what} against the statement of before"), ratio, target)
        });
        writeln!(
            out,
            "  {what:<28} {then:>7.2} ms as before, {now:>7.2} ms now: ratio {ratio:>6.1}  {target}"
        )?;
    }
    Ok(())
}

/// The learner's start page, and the setter's list with a running paper, in milliseconds.
async fn of_a_person(services: &Services) -> Outcome<[(&'static str, f64); 3]> {
    let (learner, setter) = (actor(services, LEARNER).await?, actor(services, SETTER).await?);
    let home = time(RUNS_OF_A_PERSON, async || {
        let home = assessment::delivery::candidate_home(services, &learner).await?;
        if home.papers.len() == 5 { Ok(()) } else { Err("the start page has other papers".into()) }
    })
    .await?;
    let papers = time(RUNS_OF_A_PERSON, async || {
        let query = PapersQuery::default();
        let page = assessment::authoring::papers_page(services, &setter, &query, None).await?;
        let papers = page.papers.rows;
        if papers.len() == 30 { Ok(()) } else { Err("the list has other papers".into()) }
    })
    .await?;
    let running = time(RUNS_OF_A_PERSON, async || {
        let (paper, first) = (PaperId(RUNNING), InvigilationQuery::default());
        let running = assessment::invigilation::invigilation(services, &setter, paper, &first).await?;
        if running.sitting == 20 { Ok(()) } else { Err("others are sitting the paper".into()) }
    })
    .await?;
    Ok([("start page", home), ("my papers", papers), ("invigilation", running)])
}

async fn actor(services: &Services, person: Uuid) -> Outcome<accounts::Actor> {
    let token = session_of(&services.db, person).await?;
    Ok(accounts::actor_for(services, &token).await?.ok_or("nobody is signed in")?)
}

/// One of today's statements, run as the service does: prepared, and repeated.
async fn statement<'q, V>(services: &Services, text: &'static str, of: V) -> Outcome<f64>
where
    V: Clone + Send + sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'q,
{
    let mut db = services.db.acquire().await?;
    time(RUNS, async || {
        let rows = sqlx::query(text).bind(of.clone()).fetch_all(&mut *db).await?;
        if rows.is_empty() { Err("the statement of today found nothing".into()) } else { Ok(()) }
    })
    .await
}

/// What a correction reads of the sittings that it affects: the first portion of them, and their answers to the question.
async fn portion(services: &Services, item: Uuid) -> Outcome<f64> {
    let mut db = services.db.acquire().await?;
    time(RUNS, async || {
        let next = sqlx::query_scalar(now::SUBMITTED).bind(PAPER).bind(Uuid::nil()).bind(200_i64);
        let sittings: Vec<Uuid> = next.fetch_all(&mut *db).await?;
        let answers = sqlx::query(now::ANSWERS).bind(vec![item]).bind(sittings).fetch_all(&mut *db).await?;
        if answers.is_empty() { Err("the statement of today found nothing".into()) } else { Ok(()) }
    })
    .await
}

/// A file of statements, all or nothing; then the work that an idle server does by itself.
pub(crate) async fn run_file(services: &Services, sql: &'static str) -> Outcome<()> {
    let mut db = services.db.acquire().await?;
    sqlx::raw_sql(AssertSqlSafe(format!("begin; {sql} commit"))).execute(&mut *db).await?;
    sqlx::raw_sql("vacuum analyze").execute(&mut *db).await?;
    Ok(())
}

/// The old statements, on the old indexes: a transaction removes the later ones and is rolled back.
async fn as_before(services: &Services, statements: &[&'static str]) -> Outcome<f64> {
    let mut db = services.db.acquire().await?;
    sqlx::raw_sql("begin").execute(&mut *db).await?;
    sqlx::raw_sql(before::WITHOUT).execute(&mut *db).await?;
    let mut times = Vec::with_capacity(RUNS_BEFORE);
    for _ in 0..RUNS_BEFORE {
        let start = Instant::now();
        for statement in statements {
            ask(&mut db, statement).await?;
        }
        times.push(milliseconds(start.elapsed()));
    }
    sqlx::raw_sql("rollback").execute(&mut *db).await?;
    Ok(median(&mut times))
}

async fn ask(db: &mut PgConnection, statement: &'static str) -> Outcome<()> {
    let rows = sqlx::query(statement).bind(PAPER).fetch_all(db).await?;
    if rows.is_empty() { Err("the statement of before found nothing".into()) } else { Ok(()) }
}

/// The median of several runs, in milliseconds. The first is discarded, because it makes the plans.
async fn time<T>(runs: usize, mut of: impl AsyncFnMut() -> Outcome<T>) -> Outcome<f64> {
    of().await?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        of().await?;
        times.push(milliseconds(start.elapsed()));
    }
    Ok(median(&mut times))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
