use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId,
    learning::{CheckProgress, CourseProgress, ModuleProgress, PageProgress, Slug},
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{Error, Result, number};

/// A course as one enrolled learner sees it.
pub(super) struct Course {
    pub title: String,
    pub intro_html: String,
    /// One for each module, like `progress.modules`.
    pub summaries: Vec<String>,
    pub minutes: Vec<u16>,
    /// Module and page.
    pub last_page: Option<(String, String)>,
    pub progress: CourseProgress,
}

#[derive(Debug, Deserialize)]
struct PageRow {
    slug: String,
    title: String,
    opened: bool,
}

/// One query: a row for each module, with its pages folded into JSON.
pub(super) async fn course(db: &mut PgConnection, learner: PersonId, slug: &Slug) -> Result<Course> {
    let rows = sqlx::query!(
        r#"select c.title as course_title, c.intro_html, m.slug, m.title, m.summary, m.minutes, m.pass_mark,
            mp.best_percent as "best_percent?", coalesce(mp.passed, false) as "passed!",
            coalesce(mp.entered, false) as "entered!", coalesce(mp.completed, false) as "completed!",
            lm.slug as "last_module?", lp.slug as "last_page?",
            (select coalesce(json_agg(json_build_object('slug', p.slug, 'title', v.title, 'opened', o.page_id is not null)
                    order by p.position), '[]')
                from pages p join page_versions v on v.page_id = p.id and v.version = p.version
                left join page_openings o on o.page_id = p.id and o.enrolment_id = e.id
                where p.module_id = m.id and not p.retired) as "pages!: Json<Vec<PageRow>>"
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        left join module_progress mp on mp.enrolment_id = e.id and mp.module_id = m.id
        left join pages lp on lp.id = e.last_page_id
        left join modules lm on lm.id = lp.module_id
        where e.learner_id = $1 and c.slug = $2
        order by m.position"#,
        learner.0,
        slug.as_str(),
    )
    .fetch_all(db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let mut course = Course {
        title: first.course_title.clone(),
        intro_html: first.intro_html.clone(),
        summaries: Vec::with_capacity(rows.len()),
        minutes: Vec::with_capacity(rows.len()),
        last_page: first.last_module.clone().zip(first.last_page.clone()),
        progress: CourseProgress { course: slug.to_string(), modules: Vec::with_capacity(rows.len()) },
    };
    for row in rows {
        let page = |page: PageRow| PageProgress { slug: page.slug, title: page.title, opened: page.opened };
        course.summaries.push(row.summary);
        course.minutes.push(number(row.minutes)?);
        course.progress.modules.push(ModuleProgress {
            slug: row.slug,
            title: row.title,
            pages: row.pages.0.into_iter().map(page).collect(),
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

pub(super) struct OpenedPage {
    pub title: String,
    pub html: String,
}

/// Records the opening and gives the page, in one statement; the trigger on `page_openings` does the counting.
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
        "with here as (
            select e.id as enrolment_id, p.id as page_id, p.version, v.title, v.html
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id and not m.retired
            join pages p on p.module_id = m.id and not p.retired
            join page_versions v on v.page_id = p.id and v.version = p.version
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4
        ), seen as (
            update enrolments set last_seen_at = $5, last_page_id = here.page_id from here where id = here.enrolment_id and $6
        ), opened as (
            insert into page_openings as o
                (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
            select enrolment_id, page_id, $5, version, $5, version from here where $6
            on conflict (enrolment_id, page_id) do update set
                last_opened_at = excluded.last_opened_at, last_version = excluded.last_version, times = o.times + 1
        )
        select title, html from here",
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
