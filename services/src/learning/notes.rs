//! What learners keep of a course for themselves: notes and bookmarks, and with them what they highlight. The SQL starts at their own enrolment, and nobody else reads it.

use domain::{
    Problem,
    learning::{CourseNotes, LONGEST_NOTE, Note, NotedPage, PageNote, SaidClear, Slug},
};
use sqlx::types::Json;

use super::{highlights, sql};
use crate::{Error, Result, Services, accounts::Actor, kit::moment::day_time, moment};

/// A page of a course.
#[derive(Debug, Clone, Copy)]
pub struct PageAddress<'a> {
    pub course: &'a Slug,
    pub module: &'a Slug,
    pub page: &'a Slug,
}

/// `/learn/{course}/{module}/{page}/note`: what the learner keeps of the page, and what they have said of its text. It does not count as an
/// opening of the page.
///
/// # Errors
/// [`Error::NotFound`] for a page of a course that is not open to the actor.
pub async fn note_page(services: &Services, actor: &Actor, at: PageAddress<'_>) -> Result<PageNote> {
    let mut db = services.db.acquire().await?;
    let now = services.clock.now();
    let page = sql::open_page(&mut db, actor.person(), at.course, at.module, at.page, false, now).await?;
    let page = page.ok_or(Error::NotFound)?;
    let course = sql::course(&mut db, actor.person(), at.course, now).await?;
    let module = course.progress.module(at.module.as_str());
    Ok(PageNote {
        module_title: module.map(|module| module.title.clone()).unwrap_or_default(),
        course_title: course.title,
        title: page.title,
        highlights: highlights::of_page(&page.html, page.highlights, page.highlights_version),
        note: Note { text: page.note, bookmarked: page.bookmarked, version: page.note_version },
        version: page.version,
        said: page.clear.map(|clear| SaidClear { clear, words: page.unclear_words.unwrap_or_default() }),
    })
}

/// `/learn/{course}/notes`, in the order of the course. It depends on the place on the course alone: what somebody wrote is theirs also when
/// the course is not open any more.
///
/// # Errors
/// [`Error::NotFound`] for who has no place on the course.
pub async fn notes_page(services: &Services, actor: &Actor, course: &Slug) -> Result<CourseNotes> {
    let row = sqlx::query!(
        r#"select c.title, (
            select coalesce(jsonb_agg(jsonb_build_object('module', m.slug, 'module_title', m.title, 'page', p.slug, 'title', v.title,
                    'gone', p.retired or m.retired, 'note', coalesce(n.text, ''), 'bookmarked', coalesce(n.bookmarked, false),
                    'version', coalesce(n.version, 0), 'highlights', coalesce(g.passages, '{}'),
                    'highlights_version', coalesce(g.version, 0),
                    'html', case when cardinality(g.passages) > 0 then v.html end,
                    'changed_at', greatest(n.changed_at, g.changed_at))
                order by m.retired, m.position, p.retired, p.position), '[]')
            from (
                select x.page_id as id from page_notes x where x.enrolment_id = e.id
                union select x.page_id from page_highlights x where x.enrolment_id = e.id
            ) kept
            join pages p on p.id = kept.id
            join modules m on m.id = p.module_id
            join page_versions v on v.page_id = p.id and v.version = p.version
            left join page_notes n on n.enrolment_id = e.id and n.page_id = p.id
            left join page_highlights g on g.enrolment_id = e.id and g.page_id = p.id
            where n.bookmarked or n.text <> '' or cardinality(g.passages) > 0
        ) as "notes!: Json<Vec<NoteRow>>"
        from enrolments e join courses c on c.id = e.course_id
        where e.learner_id = $1 and c.slug = $2"#,
        actor.person().0,
        course.as_str(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(CourseNotes { title: row.title, notes: row.notes.0.into_iter().map(NoteRow::noted).collect() })
}

#[derive(Debug, serde::Deserialize)]
struct NoteRow {
    module: String,
    module_title: String,
    page: String,
    title: String,
    gone: bool,
    note: String,
    bookmarked: bool,
    version: i32,
    highlights: Vec<String>,
    highlights_version: i32,
    /// The text of the page, where something of it is highlighted.
    html: Option<String>,
    changed_at: chrono::DateTime<chrono::Utc>,
}

impl NoteRow {
    fn noted(self) -> NotedPage {
        NotedPage {
            module: self.module,
            module_title: self.module_title,
            page: self.page,
            title: self.title,
            gone: self.gone,
            note: Note { text: self.note, bookmarked: self.bookmarked, version: self.version },
            highlights: highlights::listed(&self.html.unwrap_or_default(), self.highlights),
            highlights_version: self.highlights_version,
            changed: moment(self.changed_at),
        }
    }
}

/// Keeps the note and the bookmark of a page, as the form has them.
///
/// # Errors
/// - [`Error::NotFound`] for a page of a course that is not open to the actor
/// - [`Problem::LongTextTooLong`] on `note`
/// - [`Problem::ChangedMeanwhile`] on `changed` when they were changed since the form was drawn
pub async fn save_note(services: &Services, actor: &Actor, at: PageAddress<'_>, typed: Note) -> Result<()> {
    let text = domain::visible_lines(&typed.text.replace("\r\n", "\n"));
    if text.chars().count() > LONGEST_NOTE {
        return Err(Error::invalid("note", Problem::LongTextTooLong));
    }
    let now = services.clock.now();
    let row = sqlx::query!(
        r#"with here as (
            select e.id as enrolment_id, p.id as page_id
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id and not m.retired
            join pages p on p.module_id = m.id and not p.retired
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4
                and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $5))
        ), kept as (
            insert into page_notes as n (enrolment_id, page_id, text, bookmarked, version, changed_at)
            select enrolment_id, page_id, $6, $7, 1, $5 from here
            on conflict (enrolment_id, page_id) do update set
                text = excluded.text, bookmarked = excluded.bookmarked, changed_at = excluded.changed_at,
                -- A button that is pressed twice changes nothing the second time: what was drawn after the first is not old.
                version = n.version + ((n.text, n.bookmarked) is distinct from (excluded.text, excluded.bookmarked))::integer
            where n.version = $8 or (n.text, n.bookmarked) = (excluded.text, excluded.bookmarked)
            returning n.version
        )
        select k.version as "kept?", n.changed_at as "changed_at?"
        from here h
        left join kept k on true
        left join page_notes n on n.enrolment_id = h.enrolment_id and n.page_id = h.page_id"#,
        actor.person().0,
        at.course.as_str(),
        at.module.as_str(),
        at.page.as_str(),
        now,
        text,
        typed.bookmarked,
        typed.version,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    match row.kept {
        Some(_) => Ok(()),
        None => Err(changed(row.changed_at.unwrap_or(now))),
    }
}

/// Of what a form was drawn with: see [`NotedPage`].
#[derive(Debug, Clone, Copy)]
pub struct KeptVersions {
    pub note: i32,
    pub highlights: i32,
}

/// Removes all that the learner keeps of a page, also of one that is no longer in the course.
///
/// # Errors
/// - [`Error::NotFound`] when there is nothing to remove
/// - [`Problem::ChangedMeanwhile`] on `changed` when some of it was changed since the form was drawn
pub async fn remove_note(
    services: &Services,
    actor: &Actor,
    at: PageAddress<'_>,
    versions: KeptVersions,
) -> Result<()> {
    let mut db = services.begin().await?;
    let row = sqlx::query!(
        r#"with here as (
            select e.id as enrolment_id, p.id as page_id, n.version as note_version, g.version as highlights_version,
                greatest(n.changed_at, g.changed_at) as changed_at,
                coalesce(n.text, '') = '' and not coalesce(n.bookmarked, false) and cardinality(coalesce(g.passages, '{}')) = 0 as is_empty
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id
            join pages p on p.module_id = m.id
            left join page_notes n on n.enrolment_id = e.id and n.page_id = p.id
            left join page_highlights g on g.enrolment_id = e.id and g.page_id = p.id
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4 and (n.page_id is not null or g.page_id is not null)
        ), note as (
            update page_notes n set text = '', bookmarked = false, version = n.version + 1, changed_at = $5
            from here h where n.enrolment_id = h.enrolment_id and n.page_id = h.page_id and n.version = $6
            returning n.version
        ), highlights as (
            update page_highlights g set passages = '{}', version = g.version + 1, changed_at = $5
            from here h where g.enrolment_id = h.enrolment_id and g.page_id = h.page_id and g.version = $7
            returning g.version
        )
        select h.is_empty as "is_empty!", h.changed_at as "changed_at!",
            (h.note_version is null or n.version is not null) and (h.highlights_version is null or g.version is not null) as "removed!"
        from here h left join note n on true left join highlights g on true"#,
        actor.person().0,
        at.course.as_str(),
        at.module.as_str(),
        at.page.as_str(),
        services.clock.now(),
        versions.note,
        versions.highlights,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if row.removed {
        db.commit().await?;
        return Ok(());
    }
    // Pressed twice, or changed in another window, and then nothing of it is removed.
    if row.is_empty { Ok(()) } else { Err(changed(row.changed_at)) }
}

pub(super) fn changed(at: chrono::DateTime<chrono::Utc>) -> Error {
    Error::invalid("changed", Problem::ChangedMeanwhile { at: day_time(at) })
}
