//! A key that turns out to be wrong: mended, everybody marked again, and a record of what changed.

use domain::{
    Problem,
    assessment::{ItemId, Key, Question, SittingId, figures},
    quantity::bare_number,
};
use sqlx::types::Json;

use super::{PaperId, invigilation::reason, new_id, note, submission::mark_all};
use crate::{Error, Result, Services, accounts::Actor};

/// What is wrong with the key of a question, and what is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// The question cannot be mended: everybody gets its marks, at every attempt.
    Void,
    /// The question had been taken out by mistake: it is marked again as it was answered, at every attempt.
    PutBack,
    /// What is right at this attempt: a number in the question's unit, a text that is right too, or the letters of the right options.
    RightAnswer(String),
}

/// Mends one question and marks every submitted sitting that was asked it again.
///
/// # Errors
/// [`Problem::NothingTakenOut`] on `reason` for putting back what was not taken out; [`Problem::ReasonMissing`] on `reason`; [`Problem::KeyFaulty`] on `right` for what cannot be the answer of this question.
pub async fn correct_item(
    services: &Services,
    actor: &Actor,
    item: ItemId,
    why: &str,
    correction: &Correction,
) -> Result<()> {
    let mut db = services.begin().await?;
    let paper = sqlx::query_scalar!("select paper_id from paper_items where id = $1", item.0)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(Error::NotFound)?;
    let setter = actor.setter_of(services, &mut db, PaperId(paper)).await?;
    // One correction of a paper at a time, and no submission beside it, which would be marked by the old key. Answers are kept
    // meanwhile: they need no more than that the paper and its questions stay.
    sqlx::query!("select id from papers where id = $1 for no key update", setter.paper.0)
        .fetch_one(&mut *db)
        .await?;
    let row = sqlx::query!(
        r#"select paper_id, position, voided, question as "question: Json<Question>" from paper_items where id = $1 and paper_id = $2"#,
        item.0,
        setter.paper.0,
    )
    .fetch_one(&mut *db)
    .await?;
    let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
    if matches!(correction, Correction::PutBack) && !row.voided {
        return Err(Error::invalid("reason", Problem::NothingTakenOut));
    }
    let before = row.question.0;
    let after = match correction {
        Correction::Void | Correction::PutBack => before.clone(),
        Correction::RightAnswer(right) => {
            mended(&before, right).ok_or_else(|| Error::invalid("right", Problem::KeyFaulty))?
        }
    };
    let id = new_id();
    sqlx::query!(
        "insert into paper_corrections (id, item_id, at, corrected_by, reason, before, after, voided, restored)
        values ($1, $2, now(), $3, $4, $5, $6, $7, $8)",
        id,
        item.0,
        actor.person().0,
        why,
        Json(&before) as _,
        Json(&after) as _,
        matches!(correction, Correction::Void),
        matches!(correction, Correction::PutBack),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update paper_items set question = $2 where id = $1", item.0, Json(&after) as _)
        .execute(&mut *db)
        .await?;
    // The attempts share the template, and with it what cannot be mended.
    if !matches!(correction, Correction::RightAnswer(_)) {
        sqlx::query!(
            "update paper_items set voided = $3 where paper_id = $1 and position = $2",
            row.paper_id,
            row.position,
            matches!(correction, Correction::Void),
        )
        .execute(&mut *db)
        .await?;
    }
    let sittings = sqlx::query!(
        r#"select s.id, s.mark as "mark!", s.passed as "passed!" from sittings s
        join item_marks m on m.sitting_id = s.id join paper_items i on i.id = m.item_id
        where i.paper_id = $1 and i.position = $2 and s.submitted_at is not null order by s.id for update of s"#,
        row.paper_id,
        row.position,
    )
    .fetch_all(&mut *db)
    .await?;
    for sitting in sittings {
        let total = mark_all(&mut db, SittingId(sitting.id)).await?;
        let mark = i16::try_from(total.mark).map_err(Error::failed)?;
        if (mark, total.passed) == (sitting.mark, sitting.passed) {
            continue;
        }
        // Who passes now gets a code; a certificate that no longer stands is no longer verified.
        sqlx::query!(
            "update sittings set mark = $2, passed = $3, verification_code = case when $3 then coalesce(verification_code, $4) end
            where id = $1",
            sitting.id,
            mark,
            total.passed,
            super::submission::verification_code()?,
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into mark_changes (correction_id, sitting_id, mark_before, mark_after, passed_before, passed_after)
            values ($1, $2, $3, $4, $5, $6)",
            id,
            sitting.id,
            sitting.mark,
            mark,
            sitting.passed,
            total.passed,
        )
        .execute(&mut *db)
        .await?;
    }
    note(services, &mut db, actor.person(), None, "assessment.key_corrected", setter.paper).await?;
    db.commit().await?;
    Ok(())
}

/// The question with another right answer; `None` for what cannot be one.
fn mended(question: &Question, right: &str) -> Option<Question> {
    let right = right.trim();
    let mut mended = question.clone();
    match &mut mended.key {
        Key::Number(key) => {
            // Read as a candidate's number is: 2,5 is refused and not taken for 25.
            let number = bare_number(right)?;
            figures(number)?;
            (key.exact, key.answer) = (number, number);
            // What is right now is no mistake any more.
            key.errors.retain(|error| error.answer != number);
            if key.rounding.apply(number) != Some(number) {
                return None;
            }
        }
        Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
            let ids: Vec<_> = right.split([',', ' ']).map(str::trim).filter(|id| !id.is_empty()).collect();
            let known = ids.iter().all(|id| choices.iter().any(|choice| choice.id.eq_ignore_ascii_case(id)));
            if ids.is_empty() || !known {
                return None;
            }
            for choice in choices.iter_mut() {
                choice.right = ids.iter().any(|id| choice.id.eq_ignore_ascii_case(id));
                if choice.right {
                    choice.error = None;
                }
            }
        }
        Key::Ordering(key) => {
            let ids: Vec<String> = right
                .split([',', ' '])
                .map(str::trim)
                .filter(|id| !id.is_empty())
                .map(str::to_lowercase)
                .collect();
            let mut sorted = ids.clone();
            sorted.sort();
            let mut all: Vec<_> = key.items.iter().map(|item| item.id.clone()).collect();
            all.sort();
            if sorted != all {
                return None;
            }
            key.right = ids;
        }
        Key::TextEntry(key) => {
            if right.is_empty() || right.chars().count() > 200 {
                return None;
            }
            key.accepted.push(right.to_owned());
        }
    }
    if let Key::SingleChoice(choices) = &mended.key
        && choices.iter().filter(|choice| choice.right).count() != 1
    {
        return None;
    }
    Some(mended)
}
