//! The words that a course explains.

use domain::learning::{ExplainedTerm, Glossary, Slug};
use sqlx::types::Json;

use crate::{Error, Result, Services, accounts::Actor};

/// `/learn/{course}/glossary`.
///
/// # Errors
/// [`Error::NotFound`] for who is not on the course, and for whom it is not open.
pub async fn glossary(services: &Services, actor: &Actor, course: &Slug) -> Result<Glossary> {
    let row = sqlx::query!(
        r#"select c.title, (
            select coalesce(jsonb_agg(jsonb_build_object('slug', t.slug, 'word', t.word, 'definition', t.definition_html,
                    'module', m.slug, 'page', p.slug, 'title', v.title, 'gone', p.retired or m.retired) order by t.position), '[]')
            from course_terms t
            join pages p on p.id = t.page_id
            join modules m on m.id = p.module_id
            join page_versions v on v.page_id = p.id and v.version = p.version
            where t.course_id = c.id
        ) as "terms!: Json<Vec<ExplainedTerm>>"
        from enrolments e join courses c on c.id = e.course_id
        where e.learner_id = $1 and c.slug = $2
            and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $3))"#,
        actor.person().0,
        course.as_str(),
        services.clock.now(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Glossary { title: row.title, terms: row.terms.0 })
}
