//! The certificate of a completed course. It is made when its learner asks for it, and says what stood then.

use domain::{
    Problem, count,
    learning::{CourseVerification, Slug, in_hours},
};

use super::in_words;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit,
        pdf::certificate::{Certificate, can_show, latin_name, pdf},
        verification::{code_of, initials, verification_code},
    },
    number,
};

/// Makes the certificate of a course whose modules are all completed; one that is made keeps its code and what it says of the course. `typed`
/// is the name in Latin letters, which counts only where the certificate cannot show the learner's own. Given again, it replaces the last one.
///
/// # Errors
/// - [`Error::NotFound`] for a course that is not completed
/// - [`Problem::LatinNameMissing`] on `certificate_name-{course}`
pub async fn make_certificate(services: &Services, actor: &Actor, course: &Slug, typed: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let row = sqlx::query!(
        r#"select e.id, c.title, n.full_name as "name!", all_of.modules as "modules!", all_of.minutes as "minutes!",
            all_of.completed_at as "completed_at?",
            (select t.latin_name from course_certificates t where t.enrolment_id = e.id) as "latin_name?"
        from enrolments e
        join courses c on c.id = e.course_id
        join people_named n on n.id = e.learner_id
        cross join lateral (
            select count(*) as modules, coalesce(sum(d.minutes), 0)::integer as minutes, max(d.completed_at) as completed_at,
                count(*) = count(d.module_id) as complete
            from modules m left join module_completions d on d.module_id = m.id and d.enrolment_id = e.id
            where m.course_id = c.id and not m.retired
        ) all_of
        where e.learner_id = $1 and c.slug = $2
            and (all_of.complete and all_of.modules > 0 or exists (select from course_certificates t where t.enrolment_id = e.id))
        for no key update of e"#,
        actor.person().0,
        course.as_str(),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let name = if can_show(&row.name) {
        None
    } else {
        let missing = || Error::invalid(&format!("certificate_name-{course}"), Problem::LatinNameMissing);
        Some(latin_name(typed).ok_or_else(missing)?)
    };
    let now = services.clock.now();
    sqlx::query!(
        "insert into course_certificates (enrolment_id, code, latin_name, title, modules, minutes, completed_at, made_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (enrolment_id) do update set latin_name = coalesce(excluded.latin_name, course_certificates.latin_name)",
        row.id,
        verification_code()?,
        name.as_deref(),
        row.title,
        number::<i16>(row.modules)?,
        row.minutes,
        row.completed_at.unwrap_or(now),
        now,
    )
    .execute(&mut *db)
    .await?;
    if name.is_some() && name != row.latin_name {
        let learner = Some(actor.person());
        let event =
            audit::Event { at: now, actor: learner, subject: learner, action: "learning.certificate_named" };
        audit::record_with(&mut db, event, serde_json::json!({ "enrolment": row.id })).await?;
    }
    db.commit().await?;
    Ok(())
}

/// A certificate as it is stored, with the name of its holder now.
struct Stored {
    name: String,
    latin_name: Option<String>,
    code: String,
    title: String,
    modules: i16,
    minutes: i32,
    completed_at: chrono::DateTime<chrono::Utc>,
}

impl Stored {
    /// Nothing for a name that cannot be shown, until another one is given.
    fn printed_name(&self) -> Option<&str> {
        if can_show(&self.name) { Some(&self.name) } else { self.latin_name.as_deref() }
    }
}

/// The certificate as a PDF file, for its holder. The same one gives the same bytes each time.
///
/// # Errors
/// [`Error::NotFound`] until it is made.
pub async fn course_certificate(services: &Services, actor: &Actor, course: &Slug) -> Result<Vec<u8>> {
    let stored = sqlx::query_as!(
        Stored,
        r#"select n.full_name as "name!", t.latin_name, t.code, t.title, t.modules, t.minutes, t.completed_at
        from course_certificates t
        join enrolments e on e.id = t.enrolment_id
        join courses c on c.id = e.course_id
        join people_named n on n.id = e.learner_id
        where e.learner_id = $1 and c.slug = $2"#,
        actor.person().0,
        course.as_str(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let name = stored.printed_name().ok_or(Error::NotFound)?.to_owned();
    let (modules, minutes): (u16, u32) = (number(stored.modules)?, number(stored.minutes)?);
    pdf(&Certificate {
        name,
        did: "has completed the course",
        subject: stored.title,
        facts: [
            ("Modules", count(modules, "module")),
            ("Date", in_words(stored.completed_at)),
            ("Time", in_hours(minutes)),
        ],
        verify_url: format!("{}/verify/{}", services.public_url, stored.code),
        code: stored.code,
        until: "It can be checked as long as the account of its holder is open.".to_owned(),
    })
}

/// What the certificate with this code says, with initials in place of the name, for anybody.
///
/// # Errors
/// [`Error::NotFound`] for a code without a certificate, and for that of somebody who has closed their account.
pub(crate) async fn verify_course(services: &Services, code: &str) -> Result<CourseVerification> {
    let stored = sqlx::query_as!(
        Stored,
        r#"select n.full_name as "name!", t.latin_name, t.code, t.title, t.modules, t.minutes, t.completed_at
        from course_certificates t
        join enrolments e on e.id = t.enrolment_id
        join people_named n on n.id = e.learner_id
        where t.code = $1 and not exists (select from people_withdrawn w where w.person_id = e.learner_id)"#,
        code_of(code),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(CourseVerification {
        initials: stored.printed_name().map(initials).unwrap_or_default(),
        modules: number(stored.modules)?,
        minutes: number(stored.minutes)?,
        date: in_words(stored.completed_at),
        course: stored.title,
    })
}
