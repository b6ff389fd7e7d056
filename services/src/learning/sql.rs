use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    learning::{CheckProgress, CourseProgress, Kept, ModuleProgress, PageProgress, Slug},
};
use sqlx::{PgConnection, types::Json};

use super::cards::due;
use crate::{Error, Result, number};

/// A course as one enrolled learner sees it.
pub(super) struct Course {
    pub title: String,
    pub intro_html: String,
    /// One for each module, like `progress.modules`.
    pub summaries: Vec<String>,
    pub minutes: Vec<u16>,
    /// What is said of the target date of each, or nothing.
    pub due: Vec<String>,
    /// Module and page.
    pub last_page: Option<(String, String)>,
    /// Both parts of what is asked at its end.
    pub answered: bool,
    /// The module that was completed at this moment.
    pub completed_now: Option<String>,
    pub progress: CourseProgress,
}

/// One query: a row for each module, with its pages folded into JSON. Nothing of a course that is not open to the learner.
pub(super) async fn course(
    db: &mut PgConnection,
    learner: PersonId,
    slug: &Slug,
    now: DateTime<Utc>,
) -> Result<Course> {
    let rows = sqlx::query!(
        r#"select c.title as course_title, c.intro_html, m.slug, m.title, m.summary, m.minutes, m.pass_mark,
            mp.best_percent as "best_percent?", coalesce(mp.passed, false) as "passed!",
            coalesce(mp.entered, false) as "entered!", coalesce(mp.completed, false) as "completed!",
            lm.slug as "last_module?", lp.slug as "last_page?", du.due_on as "due_on?",
            exists (select from course_wishes w join course_feedback f on f.enrolment_id = w.enrolment_id
                where w.enrolment_id = e.id) as "answered!",
            exists (select from module_completions d where d.enrolment_id = e.id and d.module_id = m.id and d.completed_at = $3) as "completed_now!",
            (select coalesce(json_agg(json_build_object('slug', p.slug, 'title', v.title, 'opened', o.page_id is not null)
                    order by p.position), '[]')
                from pages p join page_versions v on v.page_id = p.id and v.version = p.version
                left join page_openings o on o.page_id = p.id and o.enrolment_id = e.id
                where p.module_id = m.id and not p.retired) as "pages!: Json<Vec<PageProgress>>"
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        left join module_progress mp on mp.enrolment_id = e.id and mp.module_id = m.id
        left join pages lp on lp.id = e.last_page_id
        left join modules lm on lm.id = lp.module_id
        left join modules_due(e.id, $3) du on du.module_id = m.id
        where e.learner_id = $1 and c.slug = $2 and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $3))
        order by m.position"#,
        learner.0,
        slug.as_str(),
        now,
    )
    .fetch_all(db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let mut course = Course {
        title: first.course_title.clone(),
        intro_html: first.intro_html.clone(),
        summaries: Vec::with_capacity(rows.len()),
        minutes: Vec::with_capacity(rows.len()),
        due: Vec::with_capacity(rows.len()),
        last_page: first.last_module.clone().zip(first.last_page.clone()),
        answered: first.answered,
        completed_now: rows.iter().find(|row| row.completed_now).map(|row| row.slug.clone()),
        progress: CourseProgress {
            course: slug.to_string(),
            modules: Vec::with_capacity(rows.len()),
            fresh: None,
        },
    };
    for row in rows {
        course.summaries.push(row.summary);
        course.minutes.push(number(row.minutes)?);
        course.due.push(row.due_on.map(|on| due(on, now).in_words()).unwrap_or_default());
        course.progress.modules.push(ModuleProgress {
            slug: row.slug,
            title: row.title,
            pages: row.pages.0,
            check: CheckProgress {
                pass_mark: number(row.pass_mark)?,
                best: row.best_percent.map(number).transpose()?,
                passed: row.passed,
            },
            entered: row.entered,
            completed: row.completed,
        });
    }
    Ok(course)
}

/// A module, and one learner's result at its check.
pub(super) struct Module {
    pub title: String,
    pub intro_html: String,
    pub minutes: i16,
    pub framework: String,
    pub competencies: Vec<String>,
    /// Of the first passed try, otherwise of the last.
    pub taken_at: Option<DateTime<Utc>>,
    pub passed: Option<bool>,
    pub right: Option<i16>,
    pub of: Option<i16>,
    pub nth: i64,
    pub answers: Option<Json<Kept>>,
}

/// Nothing if there is no such module. It is there for every person, on the course or not.
pub(super) async fn module(
    db: &mut PgConnection,
    learner: PersonId,
    course: &Slug,
    module: &Slug,
) -> Result<Option<Module>> {
    let row = sqlx::query_as!(
        Module,
        r#"select m.title, m.intro_html, m.minutes,
            f.title || ' (' || f.publisher || ', ' || f.year || ')' as "framework!",
            array(select k.id || ' ' || k.title from competencies k
                where k.framework_id = f.id and k.id = any(m.competencies) order by k.position) as "competencies!",
            a.taken_at as "taken_at?", a.passed as "passed?", a.right_answers as "right?", a.questions as "of?",
            (select count(*) from check_attempts b where b.enrolment_id = e.id and b.module_id = m.id
                and (b.taken_at, b.id) <= (a.taken_at, a.id)) as "nth!",
            t.answers as "answers?: Json<Kept>"
        from courses c join modules m on m.course_id = c.id join frameworks f on f.id = c.framework_id
        left join enrolments e on e.course_id = c.id and e.learner_id = $3
        left join check_tries t on t.enrolment_id = e.id and t.module_id = m.id
        left join lateral (
            -- The first that was passed, otherwise the last.
            select id, taken_at, passed, right_answers, questions from check_attempts
            where enrolment_id = e.id and module_id = m.id
            order by passed desc, case when passed then taken_at end, case when passed then id end, taken_at desc, id desc limit 1
        ) a on true
        where c.slug = $1 and m.slug = $2 and not m.retired"#,
        course.as_str(),
        module.as_str(),
        learner.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row)
}

pub(super) struct OpenedPage {
    pub title: String,
    pub html: String,
    pub note: String,
    pub bookmarked: bool,
    /// 0 when nothing is kept of the page.
    pub note_version: i32,
    /// The words of each.
    pub highlights: Vec<String>,
    pub highlights_version: i32,
    pub version: i32,
    /// What the learner has said of this text.
    pub clear: Option<bool>,
    pub unclear_words: Option<String>,
}

/// Records the opening and returns the page, in one statement; the trigger on `page_openings` does the counting.
pub(super) async fn open_page(
    db: &mut PgConnection,
    learner: PersonId,
    course: &Slug,
    module: &Slug,
    page: &Slug,
    looked_at: bool,
    now: DateTime<Utc>,
) -> Result<Option<OpenedPage>> {
    let opened = sqlx::query_as!(
        OpenedPage,
        r#"with here as (
            select e.id as enrolment_id, p.id as page_id, p.version, v.title, coalesce(p.shown_html, v.html) as html
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id and not m.retired
            join pages p on p.module_id = m.id and not p.retired
            join page_versions v on v.page_id = p.id and v.version = p.version
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4
                and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $5))
        ), seen as (
            update enrolments set last_seen_at = $5, last_page_id = here.page_id from here where id = here.enrolment_id and $6
        ), opened as (
            insert into page_openings as o
                (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
            select enrolment_id, page_id, $5, version, $5, version from here where $6
            on conflict (enrolment_id, page_id) do update set
                last_opened_at = excluded.last_opened_at, last_version = excluded.last_version, times = o.times + 1
        )
        select h.title as "title!", h.html as "html!", coalesce(n.text, '') as "note!", coalesce(n.bookmarked, false) as "bookmarked!",
            coalesce(n.version, 0) as "note_version!", coalesce(g.passages, '{}') as "highlights!", coalesce(g.version, 0) as "highlights_version!",
            h.version as "version!", s.clear as "clear?", s.words as "unclear_words?"
        from here h
        left join page_notes n on n.enrolment_id = h.enrolment_id and n.page_id = h.page_id
        left join page_highlights g on g.enrolment_id = h.enrolment_id and g.page_id = h.page_id
        left join page_clarity s on s.enrolment_id = h.enrolment_id and s.page_id = h.page_id and s.version = h.version"#,
        learner.0,
        course.as_str(),
        module.as_str(),
        page.as_str(),
        now,
        looked_at,
    )
    .fetch_optional(db)
    .await?;
    Ok(opened)
}
