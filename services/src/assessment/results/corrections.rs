//! Corrects a key that turns out to be wrong, marks all candidates again, and records the changes.

use std::collections::HashMap;

use domain::{
    Problem,
    assessment::{
        ItemId, PaperId, SectionId,
        question::{Key, Question, Response, figures},
        results::{ItemMark, Outcome, outcome},
    },
    quantity::number_in,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{
        delivery::submission::{PassMarks, pass_marks, to_store, verification_code},
        new_id, note, number,
    },
    kit::{moment::day_time, reason::reason},
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

/// Corrects one question, and marks every submitted sitting that has it again. `seen` is the number of corrections that the form showed.
/// `None` skips this check.
///
/// # Errors
/// - [`Error::NotFound`] for a question of another paper
/// - [`Problem::ChangedMeanwhile`] on `changed` if the question has been corrected since the form was drawn
/// - [`Problem::NothingTakenOut`] on `reason` for putting back a question that was not taken out
/// - [`Problem::ReasonMissing`] on `reason`
/// - on `right`, the problem of a text that cannot be the answer of this question
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
    // The lock allows one correction of a paper at a time. It also holds back submissions, which would be marked by the old key. Answers
    // can still be saved, because they only need the paper and its questions to stay.
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
    // This is a double press: the question is already taken out.
    if matches!(correction, Correction::Void) && row.voided {
        return Ok(());
    }
    as_seen(&mut db, &row, seen).await?;
    let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
    if matches!(correction, Correction::PutBack) && !row.voided {
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
        matches!(correction, Correction::Void),
        matches!(correction, Correction::PutBack),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update paper_items set question = $2 where id = $1", asked.item().0, Json(&after) as _)
        .execute(&mut *db)
        .await?;
    // Attempts with the same template in this place have the same unmendable fault.
    if !matches!(correction, Correction::RightAnswer(_)) {
        sqlx::query!(
            "update paper_items set voided = $3 where paper_id = $1 and position = $2 and question->>'template' = $4",
            row.paper_id,
            row.position,
            matches!(correction, Correction::Void),
            before.template,
        )
        .execute(&mut *db)
        .await?;
    }
    mark_again(&mut db, id, row.paper_id, row.position).await?;
    note(services, &mut db, actor.person(), None, "assessment.key_corrected", asked.paper()).await?;
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

/// Refuses a setter who has not seen the latest correction, at this attempt or at another that has the template in this place.
async fn as_seen(db: &mut PgConnection, item: &Corrected, seen: Option<u32>) -> Result<()> {
    let Some(seen) = seen else { return Ok(()) };
    let stands = sqlx::query!(
        r#"select count(*) as "times!", coalesce(max(c.at), (select created_at from papers where id = $1)) as "at!"
        from paper_corrections c join paper_items i on i.id = c.item_id
        where i.paper_id = $1 and i.position = $2 and i.question->>'template' = $3"#,
        item.paper_id,
        item.position,
        item.question.template,
    )
    .fetch_one(db)
    .await?;
    if i64::from(seen) == stands.times {
        return Ok(());
    }
    Err(Error::invalid("changed", Problem::ChangedMeanwhile { at: day_time(stands.at) }))
}

/// Marks one place of the paper again for every submitted sitting, and records the results that change. It takes the same number of
/// statements for one sitting as for a thousand.
async fn mark_again(db: &mut PgConnection, correction: Uuid, paper: Uuid, position: i16) -> Result<()> {
    // The rows are locked, so that no sitting is reopened meanwhile.
    let sittings =
        sqlx::query_file!("src/assessment/results/submitted.sql", paper).fetch_all(&mut *db).await?;
    let items = sqlx::query!(
        r#"select id, marks, voided, question as "question: Json<Question>" from paper_items
        where paper_id = $1 and position = $2"#,
        paper,
        position,
    )
    .fetch_all(&mut *db)
    .await?;
    let items: HashMap<Uuid, _> = items.into_iter().map(|item| (item.id, item)).collect();
    let answers = sqlx::query_file!(
        "src/assessment/results/answers_to.sql",
        &items.keys().copied().collect::<Vec<_>>(),
    )
    .fetch_all(&mut *db)
    .await?;
    let (mut of, mut asked, mut marks, mut verdicts, mut unreadable) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for answer in &answers {
        let Some(item) = items.get(&answer.item_id) else { continue };
        let response = answer.response.as_ref().map(|response| &response.0);
        let stored = to_store(&item.question, response, item.marks, item.voided)?;
        of.push(answer.sitting_id);
        asked.push(answer.item_id);
        marks.push(stored.marks);
        verdicts.push(stored.verdict);
        unreadable.push(stored.unreadable);
    }
    sqlx::query!(
        "update item_marks m set marks = n.marks, verdict = n.verdict, unreadable = n.unreadable
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::jsonb[], $5::boolean[])
            as n (sitting, item, marks, verdict, unreadable)
        where m.sitting_id = n.sitting and m.item_id = n.item",
        &of,
        &asked,
        &marks,
        &verdicts as &[Option<serde_json::Value>],
        &unreadable,
    )
    .execute(&mut *db)
    .await?;
    let totals = totals(db, paper).await?;
    let mut changed = Changed::default();
    for sitting in sittings {
        let total =
            totals.get(&sitting.id).ok_or_else(|| Error::failed("a submitted sitting has no marks"))?;
        let mark = i16::try_from(total.mark).map_err(Error::failed)?;
        if (mark, total.passed) != (sitting.mark, sitting.passed) {
            changed.sittings.push(sitting.id);
            changed.before.push((sitting.mark, sitting.passed));
            changed.after.push((mark, total.passed));
            changed.codes.push(if total.passed { Some(verification_code()?) } else { None });
        }
    }
    changed.write(db, correction).await
}

/// The outcome of every submitted sitting of a paper, by its current marks.
async fn totals(db: &mut PgConnection, paper: Uuid) -> Result<HashMap<Uuid, Outcome>> {
    let PassMarks { percent, sections } = pass_marks(db, paper).await?;
    let sums = sqlx::query!(
        // The statement reads the questions once, not once for each mark.
        r#"with i as materialized (select id, section_id, marks from paper_items where paper_id = $1)
        select m.sitting_id, i.section_id, sum(m.marks) as "mark!", sum(i.marks) as "available!"
        from sittings s join item_marks m on m.sitting_id = s.id join i on i.id = m.item_id
        where s.paper_id = $1 and s.submitted_at is not null group by 1, 2"#,
        paper,
    )
    .fetch_all(db)
    .await?;
    let mut marks: HashMap<Uuid, Vec<ItemMark>> = HashMap::new();
    for row in sums {
        let section = SectionId(row.section_id);
        let sum = ItemMark { section, marks: number(row.mark)?, available: number(row.available)? };
        marks.entry(row.sitting_id).or_default().push(sum);
    }
    let total = |(sitting, marks): (Uuid, Vec<ItemMark>)| (sitting, outcome(&marks, percent, &sections));
    Ok(marks.into_iter().map(total).collect())
}

/// The sittings whose result a correction changes: mark and pass before and after, and a code for each one that passes now.
#[derive(Default)]
struct Changed {
    sittings: Vec<Uuid>,
    before: Vec<(i16, bool)>,
    after: Vec<(i16, bool)>,
    codes: Vec<Option<String>>,
}

impl Changed {
    async fn write(self, db: &mut PgConnection, correction: Uuid) -> Result<()> {
        let (marks_before, passed_before): (Vec<_>, Vec<_>) = self.before.into_iter().unzip();
        let (marks, passed): (Vec<_>, Vec<_>) = self.after.into_iter().unzip();
        // A sitting that no longer passes loses its code. One that had a certificate before and passes again gets the same code back: see
        // the trigger sitting_certificate.
        sqlx::query!(
            "update sittings s set mark = n.mark, passed = n.passed,
                verification_code = case when n.passed then coalesce(s.verification_code, n.code) end
            from unnest($1::uuid[], $2::smallint[], $3::boolean[], $4::text[]) as n (sitting, mark, passed, code)
            where s.id = n.sitting",
            &self.sittings,
            &marks,
            &passed,
            &self.codes as &[Option<String>],
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into mark_changes (correction_id, sitting_id, mark_before, mark_after, passed_before, passed_after)
            select $1, * from unnest($2::uuid[], $3::smallint[], $4::smallint[], $5::boolean[], $6::boolean[])",
            correction,
            &self.sittings,
            &marks_before,
            &marks,
            &passed_before,
            &passed,
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// The question with the new right answer.
///
/// # Errors
/// The problem of a text that cannot be the right answer.
fn mended(question: &Question, right: &str) -> std::result::Result<Question, Problem> {
    let right = right.trim();
    let mut mended = question.clone();
    match &mut mended.key {
        Key::Number(key) => {
            // The number is read like a candidate's number, so 2,5 is refused and not read as 25.
            let number = number_in(right, key.unit.as_ref())?;
            figures(number).ok_or(Problem::NumberTooLong)?;
            (key.exact, key.answer) = (number, number);
            // The new right answer is no longer a known mistake.
            key.errors.retain(|error| error.answer != number);
            if !key.rounding.allows(number) {
                return Err(Problem::KeyRounding);
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
            key.accepted.push(right.to_owned());
        }
    }
    if let Key::SingleChoice(choices) = &mended.key
        && choices.iter().filter(|choice| choice.right).count() != 1
    {
        return Err(Problem::KeyOneLetter);
    }
    Ok(mended)
}
