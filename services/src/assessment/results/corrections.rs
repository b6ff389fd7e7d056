//! Corrects a key that turns out to be wrong, or takes a question out. A job then marks all candidates again: see `remarking.rs`.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    assessment::{
        ItemId, PaperId,
        question::{Key, Question, Response, figures, mark},
    },
    quantity::number_in,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services, access,
    accounts::Actor,
    assessment::new_id,
    kit::{
        audit,
        jobs::{Job, enqueue},
        moment::day_time,
        once::pressed_twice,
        reason::reason,
    },
};

/// The kind of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// The question cannot be mended. Every candidate gets its marks, at every attempt that has it in this place.
    Void,
    /// The question was taken out by mistake. It is marked again by the answers, at every such attempt.
    PutBack,
    /// The right answer at this attempt: a number in the question's unit, one more right text, or the letters of the right options.
    RightAnswer(String),
}

impl Correction {
    /// As kept in the audit. A word never changes.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Void => "taken-out",
            Self::PutBack => "put-back",
            Self::RightAnswer(_) => "right-answer",
        }
    }

    /// Whether the question is out from now on, or `None` where the correction leaves that as it is.
    fn takes_out(&self) -> Option<bool> {
        match self {
            Self::Void => Some(true),
            Self::PutBack => Some(false),
            Self::RightAnswer(_) => None,
        }
    }
}

/// A correction that a setter asks about before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub item: ItemId,
    pub correction: Correction,
}

/// Whether a correction can be made, before its effect is shown.
///
/// # Errors
/// [`Error::NotFound`] for a question of another paper; on `right`, as for [`correct_item`].
pub async fn look_at_correction(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    proposal: &Proposal,
) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let asked = actor.corrects(services, &mut db, paper, proposal.item).await?;
    let Correction::RightAnswer(right) = &proposal.correction else { return Ok(()) };
    let question = sqlx::query_scalar!(
        r#"select question as "question: Json<Question>" from paper_items where id = $1 and paper_id = $2"#,
        asked.item().0,
        asked.paper().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    mended(&question.0, right).map_err(|problem| Error::invalid("right", problem))?;
    Ok(())
}

/// Corrects one question, and queues the job that marks every submitted sitting that has it again. `seen` is the number of corrections that
/// the form showed. `None` skips this check.
///
/// # Errors
/// - [`Error::NotFound`] for a question of another paper
/// - [`Problem::ChangedMeanwhile`] on `changed` if the question has been corrected since the form was drawn
/// - [`Problem::BeingMarkedAgain`] on `changed` until everybody has been marked after the last correction of this paper, and
///   [`Problem::MarkingStopped`] when that has stopped
/// - [`Problem::NothingTakenOut`] on `reason` for putting back a question that was not taken out
/// - [`Problem::ReasonMissing`] on `reason`
/// - on `right`, the problem of a text that cannot be the answer of this question, or [`Problem::KeyStands`] for one that is its answer already:
///   nobody is marked again for nothing
pub async fn correct_item(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    item: ItemId,
    why: &str,
    correction: &Correction,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let asked = actor.corrects(services, &mut db, paper, item).await?;
    // The lock allows one correction of a paper at a time. It also waits for submissions, and holds back others: each is marked by the old
    // key and again by the job, or by the new key. Answers can still be saved, because they only need the paper and its questions to stay.
    sqlx::query!("select id from papers where id = $1 for no key update", asked.paper().0)
        .fetch_optional(&mut *db)
        .await?
        .ok_or(Error::NotFound)?;
    let row = sqlx::query_as!(
        Corrected,
        r#"select paper_id, position, voided, question as "question: Json<Question>" from paper_items where id = $1 and paper_id = $2"#,
        asked.item().0,
        asked.paper().0,
    )
    .fetch_optional(&mut *db)
    .await?
    // The paper was withdrawn while this waited for the lock.
    .ok_or(Error::NotFound)?;
    let takes_out = correction.takes_out();
    // This is a double press: the question is already taken out.
    if takes_out == Some(true) && row.voided {
        return Ok(());
    }
    if let Some(seen) = seen {
        // So is the same again from a page that showed the same, within a minute, if nobody has corrected the question since. Of what is
        // refused below nothing is kept.
        let words = format!("{correction:?} {seen} {why}");
        let act = ("assessment.key_corrected", words.as_str());
        let before = pressed_twice(services, &mut db, actor.person(), asked.item().0, act).await?;
        let stands = corrected(&mut db, &row).await?;
        match stands.times - i64::from(seen) {
            0 => {}
            1 if before => return Ok(()),
            _ => {
                let at = day_time(stands.last);
                return Err(Error::invalid("changed", Problem::ChangedMeanwhile { at }));
            }
        }
    }
    if let Some(problem) = still_marking(&mut db, asked.paper()).await? {
        return Err(Error::invalid("changed", problem));
    }
    let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
    if takes_out == Some(false) && !row.voided {
        return Err(Error::invalid("reason", Problem::NothingTakenOut));
    }
    let before = row.question.0.clone();
    let after = match correction {
        Correction::Void | Correction::PutBack => before.clone(),
        Correction::RightAnswer(right) => {
            mended(&before, right).map_err(|problem| Error::invalid("right", problem))?
        }
    };
    let id = new_id();
    sqlx::query!(
        "insert into paper_corrections (id, item_id, at, corrected_by, reason, before, after, voided, restored)
        values ($1, $2, now(), $3, $4, $5, $6, $7, $8)",
        id,
        asked.item().0,
        actor.person().0,
        why,
        Json(&before) as _,
        Json(&after) as _,
        takes_out == Some(true),
        takes_out == Some(false),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update paper_items set question = $2 where id = $1", asked.item().0, Json(&after) as _)
        .execute(&mut *db)
        .await?;
    // Attempts with the same template in this place have the same unmendable fault.
    if let Some(out) = takes_out {
        sqlx::query!(
            "update paper_items set voided = $3 where paper_id = $1 and position = $2 and question->>'template' = $4",
            row.paper_id,
            row.position,
            out,
            before.template,
        )
        .execute(&mut *db)
        .await?;
    }
    sqlx::query!(
        "insert into remarkings (paper_id, correction_id, sittings, released)
        values ($1, $2, (select count(*)::integer from sittings where paper_id = $1 and submitted_at is not null), results_released($1))",
        row.paper_id,
        id,
    )
    .execute(&mut *db)
    .await?;
    enqueue(&mut db, Job::MarkAgain { correction: id }).await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: "assessment.key_corrected",
    };
    let detail = serde_json::json!({ "paper": asked.paper(), "kind": correction.word() });
    let detail = access::by_support(&mut db, actor.person(), detail).await?;
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(())
}

/// The question to correct.
struct Corrected {
    paper_id: Uuid,
    position: i16,
    voided: bool,
    question: Json<Question>,
}

/// What to do first about a paper whose sittings are still to be marked again: wait, or let it go on. `None` when all are marked.
pub(in crate::assessment) async fn still_marking(
    db: &mut PgConnection,
    paper: PaperId,
) -> Result<Option<Problem>> {
    let failed = sqlx::query_scalar!("select failed from remarkings where paper_id = $1", paper.0);
    let failed = failed.fetch_optional(db).await?;
    Ok(failed.map(|failed| if failed { Problem::MarkingStopped } else { Problem::BeingMarkedAgain }))
}

/// The corrections of a question.
struct Corrections {
    times: i64,
    /// When the paper was made, for none.
    last: DateTime<Utc>,
}

/// The corrections of a question, at this attempt and at all others that have the template in this place.
async fn corrected(db: &mut PgConnection, item: &Corrected) -> Result<Corrections> {
    let corrections = sqlx::query_as!(
        Corrections,
        r#"select count(*) as "times!", coalesce(max(c.at), (select created_at from papers where id = $1)) as "last!"
        from paper_corrections c join paper_items i on i.id = c.item_id
        where i.paper_id = $1 and i.position = $2 and i.question->>'template' = $3"#,
        item.paper_id,
        item.position,
        item.question.template,
    );
    Ok(corrections.fetch_one(db).await?)
}

/// The question with the new right answer.
///
/// # Errors
/// The problem of a text that cannot be the right answer.
pub(super) fn mended(question: &Question, right: &str) -> std::result::Result<Question, Problem> {
    let right = right.trim();
    let mut mended = question.clone();
    match &mut mended.key {
        Key::Number(key) => {
            // The number is read like a candidate's number, so 2,5 is refused and not read as 25.
            let number = number_in(right, key.unit.as_ref())?;
            figures(number).ok_or(Problem::NumberTooLong)?;
            let stands = key.answer == number;
            (key.exact, key.answer) = (number, number);
            // The new right answer is no longer a known mistake.
            key.errors.retain(|error| error.answer != number);
            if !key.rounding.allows(number) {
                return Err(Problem::KeyRounding);
            }
            // The number before rounding may differ, and no answer that was right becomes wrong by that.
            if stands {
                return Err(Problem::KeyStands);
            }
        }
        Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
            let ids: Vec<_> = right.split([',', ' ']).map(str::trim).filter(|id| !id.is_empty()).collect();
            let known = ids.iter().all(|id| choices.iter().any(|choice| choice.id.eq_ignore_ascii_case(id)));
            if ids.is_empty() || !known {
                return Err(Problem::KeyLetters);
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
                return Err(Problem::OrderIncomplete);
            }
            key.right = ids;
        }
        Key::TextEntry(key) => {
            if right.is_empty() {
                return Err(Problem::AnswerMissing);
            }
            if right.chars().count() > 200 {
                return Err(Problem::TextTooLong);
            }
            // It is read like a candidate's text: capitals and spaces may not matter.
            if mark(question, &Response::Text(right.to_owned())).is_ok_and(|verdict| verdict.right) {
                return Err(Problem::KeyStands);
            }
            key.accepted.push(right.to_owned());
        }
    }
    if let Key::SingleChoice(choices) = &mended.key
        && choices.iter().filter(|choice| choice.right).count() != 1
    {
        return Err(Problem::KeyOneLetter);
    }
    if mended == *question {
        return Err(Problem::KeyStands);
    }
    Ok(mended)
}
