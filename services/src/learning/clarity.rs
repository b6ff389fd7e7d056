//! Whether a page was clear, as its learner says.

use domain::{Problem, learning::LONGEST_UNCLEAR};

use super::PageAddress;
use crate::{Error, Result, Services, accounts::Actor};

/// Keeps what the learner says of a text of a page, in place of what they said of it before.
///
/// # Errors
/// - [`Error::NotFound`] for a page of a course that is not open to the actor, and for a text that it never had
/// - [`Problem::AnswerMissing`] on `was_clear`, [`Problem::TextTooLong`] on `unclear_words`
pub async fn say_clear(
    services: &Services,
    actor: &Actor,
    at: PageAddress<'_>,
    version: i32,
    clear: &str,
    words: &str,
) -> Result<()> {
    let clear = match clear {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::invalid("was_clear", Problem::AnswerMissing)),
    };
    let words = domain::visible(words);
    if words.chars().count() > LONGEST_UNCLEAR {
        return Err(Error::invalid("unclear_words", Problem::TextTooLong));
    }
    let said = sqlx::query!(
        "insert into page_clarity as s (enrolment_id, page_id, version, clear, words, said_at)
        select e.id, p.id, v.version, $6, $7, $8
        from enrolments e
        join courses c on c.id = e.course_id
        join modules m on m.course_id = c.id and not m.retired
        join pages p on p.module_id = m.id and not p.retired
        join page_versions v on v.page_id = p.id and v.version = $5
        where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4
            and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $8))
        on conflict (enrolment_id, page_id, version) do update set
            clear = excluded.clear, words = excluded.words, said_at = excluded.said_at",
        actor.person().0,
        at.course.as_str(),
        at.module.as_str(),
        at.page.as_str(),
        version,
        clear,
        words,
        services.clock.now(),
    )
    .execute(&services.db)
    .await?;
    if said.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}
