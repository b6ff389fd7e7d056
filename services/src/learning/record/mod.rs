//! The record of a learner's professional development: what they have completed, what they write about it, and the certificate of a course.
//! The SQL starts at their own enrolments, and nobody else reads it. It depends on these places alone: what somebody has done is theirs also
//! when a course is not open any more.
//!
//! | what | where |
//! |---|---|
//! | the record as a page, and reflections | here |
//! | the record as a file | `files.rs` |
//! | the certificate of a completed course | `certificates.rs` |

mod certificates;
mod files;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use domain::{
    Moment, Problem,
    learning::{
        Competency, CourseCertificate, CpdRecord, LONGEST_REFLECTION, RecordedCourse, RecordedModule,
        Reflection, ReflectionPage, Slug,
    },
};
use serde::Deserialize;
use sqlx::types::Json;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{moment::day_time, pdf::certificate::can_show},
    moment,
};

pub(crate) use certificates::verify_course;
pub use certificates::{course_certificate, make_certificate};
pub(super) use files::paragraph;
pub use files::{record_file, record_pdf};

/// A course as the statement below reads it.
#[derive(Debug, Deserialize)]
struct CourseRow {
    slug: String,
    title: String,
    framework: String,
    competencies: Vec<Competency>,
    modules: Vec<ModuleRow>,
    complete: bool,
    code: Option<String>,
    latin_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ModuleRow {
    slug: String,
    title: String,
    minutes: u16,
    completed_at: DateTime<Utc>,
    competencies: Vec<String>,
    /// All of these, or none.
    learnt: Option<String>,
    used: Option<String>,
    /// Ids, or words for those of an earlier edition of the framework.
    about: Option<Vec<String>>,
    version: Option<i32>,
}

/// `/learn/record`, in one statement.
///
/// # Errors
/// When the database fails.
pub async fn record_page(services: &Services, actor: &Actor) -> Result<CpdRecord> {
    Ok(own_record(services, actor).await?.record)
}

struct OwnRecord {
    record: CpdRecord,
    email: String,
}

async fn own_record(services: &Services, actor: &Actor) -> Result<OwnRecord> {
    let row = sqlx::query!(
        r#"select n.full_name as "name!", n.email as "email!", (
            select coalesce(jsonb_agg(jsonb_build_object(
                    'slug', c.slug, 'title', c.title,
                    'framework', f.title || ' (' || f.publisher || ', ' || f.year || ')',
                    'competencies', (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'title', k.title) order by k.position), '[]')
                        from competencies k where k.framework_id = f.id),
                    'complete', exists (select from modules m where m.course_id = c.id and not m.retired)
                        and not exists (select from modules m where m.course_id = c.id and not m.retired
                            and not exists (select from module_completions d where d.enrolment_id = e.id and d.module_id = m.id)),
                    'code', t.code, 'latin_name', t.latin_name,
                    'modules', (
                        select coalesce(jsonb_agg(jsonb_build_object(
                                'slug', m.slug, 'title', m.title, 'minutes', d.minutes, 'completed_at', d.completed_at,
                                'competencies', to_jsonb(m.competencies), 'learnt', r.learnt, 'used', r.used,
                                'about', case when r.framework_id = c.framework_id then to_jsonb(r.competencies) else (
                                    select coalesce(jsonb_agg(k.id || ' ' || k.title || ' (' || g.title || ', ' || g.year || ')' order by k.position), '[]')
                                    from competencies k join frameworks g on g.id = k.framework_id
                                    where k.framework_id = r.framework_id and k.id = any(r.competencies)) end,
                                'version', r.version
                            ) order by d.completed_at, m.position, m.id), '[]')
                        from module_completions d
                        join modules m on m.id = d.module_id
                        left join module_reflections r on r.enrolment_id = d.enrolment_id and r.module_id = d.module_id
                        where d.enrolment_id = e.id)
                ) order by e.enrolled_at, c.slug), '[]')
            from enrolments e
            join courses c on c.id = e.course_id
            join frameworks f on f.id = c.framework_id
            left join course_certificates t on t.enrolment_id = e.id
            where e.learner_id = n.id
        ) as "courses!: Json<Vec<CourseRow>>"
        from people_named n where n.id = $1"#,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let begun = row.courses.0.into_iter().filter(|course| !course.modules.is_empty());
    let courses = begun.map(|course| course.recorded(&row.name)).collect();
    Ok(OwnRecord { record: CpdRecord { courses, name: row.name }, email: row.email })
}

impl CourseRow {
    /// `name` is the learner's.
    fn recorded(self, name: &str) -> RecordedCourse {
        let nameless = !can_show(name);
        let certificate = match self.code {
            Some(code) if !nameless => CourseCertificate::Made { code, latin: None },
            Some(code) if self.latin_name.is_some() => {
                CourseCertificate::Made { code, latin: self.latin_name }
            }
            None if !self.complete => CourseCertificate::NotYet,
            _ => CourseCertificate::Ready { asks_name: nameless },
        };
        RecordedCourse {
            slug: self.slug,
            title: self.title,
            framework: self.framework,
            competencies: self.competencies,
            modules: self.modules.into_iter().map(ModuleRow::recorded).collect(),
            certificate,
        }
    }
}

impl ModuleRow {
    fn recorded(self) -> RecordedModule {
        let reflection = match (self.learnt, self.used, self.about, self.version) {
            (Some(learnt), Some(used), Some(competencies), Some(version)) => {
                Some(Reflection { learnt, used, competencies, version })
            }
            _ => None,
        };
        RecordedModule {
            slug: self.slug,
            title: self.title,
            minutes: self.minutes,
            completed: day_of(self.completed_at),
            competencies: self.competencies,
            reflection: reflection.filter(|reflection| !reflection.is_empty()),
        }
    }
}

/// "22 November 2026": a record is kept for years.
pub(super) fn in_words(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-d %B %Y").to_string()
}

/// The day alone, in words.
fn day_of(time: DateTime<Utc>) -> Moment {
    Moment { london: in_words(time), ..moment(time) }
}

/// `/learn/record/{course}/{module}`: what the learner writes about a completed module.
///
/// # Errors
/// [`Error::NotFound`] for a module that they have not completed.
pub async fn reflection_page(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
) -> Result<ReflectionPage> {
    let row = sqlx::query!(
        r#"select c.title as course_title, m.title, d.completed_at,
            f.title || ' (' || f.publisher || ', ' || f.year || ')' as "framework!",
            (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'title', k.title) order by k.position), '[]')
                from competencies k
                where k.framework_id = f.id
                    and (k.id = any(m.competencies) or (r.framework_id = f.id and k.id = any(r.competencies))))
                as "competencies!: Json<Vec<Competency>>",
            r.learnt as "learnt?", r.used as "used?",
            case when r.framework_id = f.id then r.competencies end as "about?", r.version as "version?"
        from enrolments e
        join courses c on c.id = e.course_id
        join frameworks f on f.id = c.framework_id
        join modules m on m.course_id = c.id
        join module_completions d on d.enrolment_id = e.id and d.module_id = m.id
        left join module_reflections r on r.enrolment_id = e.id and r.module_id = m.id
        where e.learner_id = $1 and c.slug = $2 and m.slug = $3"#,
        actor.person().0,
        course.as_str(),
        module.as_str(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(ReflectionPage {
        course_title: row.course_title,
        title: row.title,
        completed: day_of(row.completed_at),
        framework: row.framework,
        competencies: row.competencies.0,
        reflection: Reflection {
            learnt: row.learnt.unwrap_or_default(),
            used: row.used.unwrap_or_default(),
            competencies: row.about.unwrap_or_default(),
            version: row.version.unwrap_or_default(),
        },
    })
}

/// Keeps what the learner writes about a completed module, in place of what they wrote before. Nothing in both texts removes it. Of the
/// competencies those count that the framework of the course has.
///
/// # Errors
/// - [`Error::NotFound`] for a module that they have not completed
/// - [`Problem::LongTextTooLong`] on `learnt` and `used`
/// - [`Problem::ChangedMeanwhile`] on `changed` when it was changed since the form was drawn
pub async fn save_reflection(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    typed: Reflection,
) -> Result<()> {
    let text = |typed: &str| domain::visible_lines(&typed.replace("\r\n", "\n"));
    let (learnt, used) = (text(&typed.learnt), text(&typed.used));
    let long = |text: &str| text.chars().count() > LONGEST_REFLECTION;
    let problems: Vec<_> = [("learnt", &learnt), ("used", &used)]
        .into_iter()
        .filter(|(_, text)| long(text))
        .map(|(field, _)| domain::FieldProblem::new(field, Problem::LongTextTooLong))
        .collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let now = services.clock.now();
    let row = sqlx::query!(
        r#"with here as (
            select d.enrolment_id, d.module_id, c.framework_id, array(select k.id from competencies k
                where k.framework_id = c.framework_id and k.id = any($6) and ($4 <> '' or $5 <> '') order by k.position) as about
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id
            join module_completions d on d.enrolment_id = e.id and d.module_id = m.id
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3
        ), kept as (
            insert into module_reflections as r (enrolment_id, module_id, learnt, used, competencies, framework_id, version, changed_at)
            select enrolment_id, module_id, $4, $5, about, framework_id, 1, $7 from here
            on conflict (enrolment_id, module_id) do update set learnt = excluded.learnt, used = excluded.used,
                competencies = excluded.competencies, framework_id = excluded.framework_id, changed_at = excluded.changed_at,
                -- A button that is pressed twice changes nothing the second time: what was drawn after the first is not old.
                version = r.version + ((r.learnt, r.used, r.competencies, r.framework_id)
                    is distinct from (excluded.learnt, excluded.used, excluded.competencies, excluded.framework_id))::integer
            where r.version = $8 or (r.learnt, r.used, r.competencies, r.framework_id)
                = (excluded.learnt, excluded.used, excluded.competencies, excluded.framework_id)
            returning r.version
        )
        select k.version as "kept?", r.changed_at as "changed_at?"
        from here h
        left join kept k on true
        left join module_reflections r on r.enrolment_id = h.enrolment_id and r.module_id = h.module_id"#,
        actor.person().0,
        course.as_str(),
        module.as_str(),
        learnt,
        used,
        &typed.competencies,
        now,
        typed.version,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    match row.kept {
        Some(_) => Ok(()),
        None => {
            let at = day_time(row.changed_at.unwrap_or(now));
            Err(Error::invalid("changed", Problem::ChangedMeanwhile { at }))
        }
    }
}
