//! Writes a course into the database, in one transaction; afterwards it recounts the affected learners.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    glossary, recount,
    source::{Course, Framework, Module},
};
use crate::{Error, Result, Services};

/// The changes of an import. All zeros when the content was already there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    pub pages_added: usize,
    pub pages_changed: usize,
    pub pages_retired: usize,
    pub checks_changed: usize,
    pub modules_retired: usize,
}

/// Imports the course: all of it or nothing. Unchanged content stays as it is, a changed page or check gets a new
/// version, missing content is retired, and the counters of all learners on a module whose number of pages has changed
/// are computed again after the commit, together with the rest of an earlier import's recount. Facts are never touched.
///
/// # Errors
/// Either nothing was imported, or the error says that everything was and the counting has to be finished.
pub async fn import(services: &Services, course: &Course) -> Result<Imported> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let mut done = Imported::default();
    // Two imports at once would both find a page missing.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('learning.import', 0))")
        .execute(&mut *db)
        .await?;

    framework(&mut db, &course.framework).await?;
    for (hash, picture) in &course.pictures {
        sqlx::query!(
            "insert into media (hash, content_type, body) values ($1, $2, $3) on conflict do nothing",
            hash,
            picture.content_type,
            picture.body,
        )
        .execute(&mut *db)
        .await?;
    }
    let course_id = sqlx::query_scalar!(
        "insert into courses (id, slug, title, summary, intro_html, framework_id) values ($1, $2, $3, $4, $5, $6)
        on conflict (slug) do update set title = $3, summary = $4, intro_html = $5, framework_id = $6 returning id",
        Uuid::now_v7(),
        course.slug.as_str(),
        course.title,
        course.summary,
        course.intro_html,
        course.framework.id,
    )
    .fetch_one(&mut *db)
    .await?;
    // A restored module counts again for the learners who were into it.
    let slugs: Vec<_> = course.modules.iter().map(|module| module.slug.to_string()).collect();
    let mut changed = sqlx::query_scalar!(
        "select id from modules where course_id = $1 and retired and slug = any($2)",
        course_id,
        &slugs,
    )
    .fetch_all(&mut *db)
    .await?;
    for (position, module) in (1_i16..).zip(&course.modules) {
        let id = module_row(&mut db, course_id, position, module).await?;
        let before = done;
        pages(&mut db, course, id, module, now, &mut done).await?;
        questions(&mut db, id, module, now, &mut done).await?;
        if (before.pages_added, before.pages_retired) != (done.pages_added, done.pages_retired) {
            changed.push(id);
        }
    }
    let retired = sqlx::query_scalar!(
        "update modules set retired = true where course_id = $1 and not retired and not slug = any($2) returning id",
        course_id,
        &slugs,
    )
    .fetch_all(&mut *db)
    .await?;
    done.modules_retired = retired.len();
    changed.extend(retired);
    terms(&mut db, course_id, course).await?;
    recount::owe(&mut db, &changed).await?;
    db.commit().await?;
    recount::finish_recount(services).await.map_err(|error| {
        Error::failed(format!(
            "the content is imported; import it again, because not all learners are recounted: {error}"
        ))
    })?;
    Ok(done)
}

async fn framework(db: &mut PgConnection, framework: &Framework) -> Result<()> {
    sqlx::query!(
        "insert into frameworks (id, title, publisher, year) values ($1, $2, $3, $4)
        on conflict (id) do nothing",
        framework.id,
        framework.title,
        framework.publisher,
        framework.year,
    )
    .execute(&mut *db)
    .await?;
    for (position, competency) in (1_i16..).zip(&framework.competency) {
        sqlx::query!(
            "insert into competencies (framework_id, id, position, domain, title) values ($1, $2, $3, $4, $5)
            on conflict (framework_id, id) do nothing",
            framework.id,
            competency.id,
            position,
            competency.domain,
            competency.title,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn module_row(db: &mut PgConnection, course_id: Uuid, position: i16, module: &Module) -> Result<Uuid> {
    let id = sqlx::query_scalar!(
        "insert into modules (id, course_id, slug, position, title, summary, intro_html, minutes, pass_mark, competencies)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (course_id, slug) do update set position = $4, title = $5, summary = $6, intro_html = $7, minutes = $8,
            pass_mark = $9, competencies = $10, retired = false
        returning id",
        Uuid::now_v7(),
        course_id,
        module.slug.as_str(),
        position,
        module.title,
        module.summary,
        module.intro_html,
        module.minutes,
        module.pass_mark,
        &module.competencies,
    )
    .fetch_one(db)
    .await?;
    Ok(id)
}

async fn pages(
    db: &mut PgConnection,
    course: &Course,
    id_of_module: Uuid,
    module: &Module,
    now: DateTime<Utc>,
    done: &mut Imported,
) -> Result<()> {
    let pages = &module.pages;
    let rows = sqlx::query!(
        "select p.id, p.slug, p.retired, p.version, v.title, v.html from pages p
        join page_versions v on v.page_id = p.id and v.version = p.version where p.module_id = $1",
        id_of_module,
    )
    .fetch_all(&mut *db)
    .await?;
    let there: BTreeMap<_, _> = rows.iter().map(|row| (row.slug.as_str(), row)).collect();
    for (position, page) in (1_i16..).zip(pages) {
        let slug = page.slug.as_str();
        let known = there.get(slug);
        let changed = known.is_none_or(|row| row.title != page.title || row.html != page.html);
        match known {
            None => done.pages_added += 1,
            Some(row) if row.retired => done.pages_added += 1,
            Some(_) if changed => done.pages_changed += 1,
            Some(_) => {}
        }
        let version = known.map_or(0, |row| row.version) + i32::from(changed);
        let id = known.map_or_else(Uuid::now_v7, |row| row.id);
        sqlx::query!(
            "insert into pages (id, module_id, slug, position, version, shown_html) values ($1, $2, $3, $4, $5, $6)
            on conflict (id) do update set position = $4, version = $5, shown_html = $6, retired = false",
            id,
            id_of_module,
            slug,
            position,
            version,
            glossary::shown(course.slug.as_str(), &course.terms, module.slug.as_str(), page),
        )
        .execute(&mut *db)
        .await?;
        if changed {
            sqlx::query!(
                "insert into page_versions (page_id, version, title, html, imported_at) values ($1, $2, $3, $4, $5)",
                id,
                version,
                page.title,
                page.html,
                now,
            )
            .execute(&mut *db)
            .await?;
        }
    }
    let slugs: Vec<_> = pages.iter().map(|page| page.slug.to_string()).collect();
    let retired = sqlx::query!(
        "update pages set retired = true where module_id = $1 and not retired and not slug = any($2)",
        id_of_module,
        &slugs,
    )
    .execute(&mut *db)
    .await?;
    done.pages_retired += usize::try_from(retired.rows_affected()).map_err(Error::failed)?;
    let count = i16::try_from(pages.len()).map_err(Error::failed)?;
    sqlx::query!("update modules set page_count = $2 where id = $1", id_of_module, count).execute(db).await?;
    Ok(())
}

/// The words that the course explains, in place of those of before.
async fn terms(db: &mut PgConnection, course_id: Uuid, course: &Course) -> Result<()> {
    sqlx::query!("delete from course_terms where course_id = $1", course_id).execute(&mut *db).await?;
    for (position, term) in (1_i16..).zip(&course.terms) {
        let (module, page) = &term.explained;
        sqlx::query!(
            "insert into course_terms (course_id, slug, position, word, definition_html, page_id)
            select $1, $2, $3, $4, $5, p.id from pages p join modules m on m.id = p.module_id
            where m.course_id = $1 and m.slug = $6 and p.slug = $7",
            course_id,
            term.slug,
            position,
            term.word,
            term.definition_html,
            module,
            page,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn questions(
    db: &mut PgConnection,
    id: Uuid,
    module: &Module,
    now: DateTime<Utc>,
    done: &mut Imported,
) -> Result<()> {
    let new = serde_json::to_value(&module.questions).map_err(Error::failed)?;
    let there = sqlx::query!(
        "select m.check_version, v.questions as \"questions?\", v.asked as \"asked?\" from modules m
        left join check_versions v on v.module_id = m.id and v.version = m.check_version where m.id = $1",
        id,
    )
    .fetch_one(&mut *db)
    .await?;
    if there.questions.as_ref() == Some(&new) && there.asked == module.asked {
        return Ok(());
    }
    done.checks_changed += 1;
    let version = there.check_version + 1;
    sqlx::query!(
        "insert into check_versions (module_id, version, questions, imported_at, asked) values ($1, $2, $3, $4, $5)",
        id,
        version,
        new,
        now,
        module.asked,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update modules set check_version = $2 where id = $1", id, version).execute(db).await?;
    Ok(())
}
