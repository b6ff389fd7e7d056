//! A module to print.

use domain::learning::{PrintedModule, PrintedPage, Slug};
use serde::Deserialize;
use sqlx::types::Json;

use super::{
    passages::{marked, on_paper},
    record::in_words,
};
use crate::{Error, Result, Services, accounts::Actor};

#[derive(Debug, Deserialize)]
struct PageRow {
    slug: String,
    title: String,
    html: String,
    highlights: Vec<String>,
}

/// `/learn/{course}/{module}/print`: all pages of the module, with what the learner has highlighted. It does not count as an opening of them.
///
/// # Errors
/// [`Error::NotFound`] for a module of a course that is not open to the actor.
pub async fn printed_module(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
) -> Result<PrintedModule> {
    let now = services.clock.now();
    let row = sqlx::query!(
        r#"select c.title as course_title, m.title, m.intro_html, (
            select coalesce(jsonb_agg(jsonb_build_object('slug', p.slug, 'title', v.title, 'html', coalesce(p.shown_html, v.html),
                    'highlights', coalesce(g.passages, '{}')) order by p.position), '[]')
            from pages p
            join page_versions v on v.page_id = p.id and v.version = p.version
            left join page_highlights g on g.enrolment_id = e.id and g.page_id = p.id
            where p.module_id = m.id and not p.retired
        ) as "pages!: Json<Vec<PageRow>>"
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        where e.learner_id = $1 and c.slug = $2 and m.slug = $3
            and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $4))"#,
        actor.person().0,
        course.as_str(),
        module.as_str(),
        now,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let pages = row.pages.0.into_iter().map(|page| PrintedPage {
        slug: page.slug,
        title: page.title,
        html: on_paper(&marked(&page.html, &page.highlights)),
    });
    Ok(PrintedModule {
        course_title: row.course_title,
        title: row.title,
        intro_html: row.intro_html,
        pages: pages.collect(),
        made: in_words(now),
    })
}
