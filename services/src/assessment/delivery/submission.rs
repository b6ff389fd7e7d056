//! Submission: by the candidate, by an invigilator, or by the sweeper when the time is up and the browser is gone.

use std::fmt::Write as _;

use domain::assessment::{
    Release, SectionId,
    delivery::{GRACE_SECONDS, Receipt, Save, SittingId, SubmittedBy},
    question::{Question, Response, Verdict, mark},
    results::{ItemMark, outcome},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{order, receipt_mail::mail_receipt, save_answers};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{known, number},
    kit::{
        portions::{PORTION, in_portions},
        random,
        verification::verification_code,
    },
    moment,
};

/// Keeps the answers that were still on their way, then submits and marks. Doing it twice is fine.
pub async fn submit_sitting(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    last: &[Save],
) -> Result<()> {
    hand_in(services, actor, sitting, last, false).await
}

/// The same, if the time is up by the database's clock. The browser may not have heard of added time. The receipt then
/// says that the clock, not the candidate, ended the sitting.
pub async fn submit_if_over(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    last: &[Save],
) -> Result<()> {
    hand_in(services, actor, sitting, last, true).await
}

async fn hand_in(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    last: &[Save],
    only_if_over: bool,
) -> Result<()> {
    if !last.is_empty() {
        save_answers(services, actor, sitting, last).await?;
    }
    let mut db = services.begin().await?;
    let candidate = actor.candidate_in(&mut db, sitting).await?;
    hold_paper(&mut db, candidate.sitting()).await?;
    // Locked before it is read: no time is added in between.
    let over = sqlx::query_scalar!(
        r#"select deadline_at <= clock_timestamp() as "over!" from sittings where id = $1 for update"#,
        candidate.sitting().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if over || !only_if_over {
        let by = if only_if_over { SubmittedBy::Clock } else { SubmittedBy::Candidate };
        if submit(&mut db, candidate.sitting(), by).await? {
            mail_receipt(services, &mut db, candidate.sitting()).await?;
        }
    }
    db.commit().await?;
    Ok(())
}

/// How many sittings one sweep submits at most. A whole cohort may be due at one moment: no sweep must take so long
/// that it looks stuck.
pub const SWEPT_AT_ONCE: u64 = 200;

/// Submits sittings past their deadline and the grace after it, up to [`SWEPT_AT_ONCE`]. Every server may sweep: each
/// takes sittings that no other server has taken. Returns how many it submitted.
pub async fn sweep(services: &Services) -> Result<u64> {
    // A second more than the grace: an answer that was accepted as in time has been written by then.
    let over = f64::from(GRACE_SECONDS) + 1.0;
    let due = sqlx::query_scalar!(
        // By the statement's time, which is constant: an index cannot be used with a volatile clock.
        "select id from sittings where submitted_at is null and deadline_at < now() - make_interval(secs => $1)
        order by deadline_at",
        over,
    )
    .fetch_all(&services.db)
    .await?;
    let mut swept = 0;
    for sitting in due {
        // Each alone: one that cannot be submitted must not hold up the others.
        match sweep_one(services, SittingId(sitting), over).await {
            Ok(done) => swept += u64::from(done),
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => tracing::error!(%error, %sitting, "cannot submit a sitting whose time is up"),
        }
        if swept == SWEPT_AT_ONCE {
            break;
        }
    }
    Ok(swept)
}

async fn sweep_one(services: &Services, sitting: SittingId, over: f64) -> Result<bool> {
    let mut db = services.begin().await?;
    hold_paper(&mut db, sitting).await?;
    let due = sqlx::query_scalar!(
        "select id from sittings where id = $1 and submitted_at is null
            and deadline_at < clock_timestamp() - make_interval(secs => $2) for update skip locked",
        sitting.0,
        over,
    )
    .fetch_optional(&mut *db)
    .await?;
    let done = due.is_some() && submit(&mut db, sitting, SubmittedBy::Clock).await?;
    if done {
        mail_receipt(services, &mut db, sitting).await?;
    }
    db.commit().await?;
    Ok(done)
}

/// Locks the sitting, so that no answer can come in between, marks every question, and writes the receipt. Says whether
/// it did: a sitting that is already submitted stays unchanged.
pub(crate) async fn submit(db: &mut PgConnection, sitting: SittingId, by: SubmittedBy) -> Result<bool> {
    let paper = hold_paper(db, sitting).await?;
    let open = sqlx::query_scalar!(
        "select id from sittings where id = $1 and submitted_at is null for update",
        sitting.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    if open.is_none() {
        return Ok(false);
    }
    let total = mark_all(db, sitting, paper).await?;
    let hash = random::hash(receipt_text(db, sitting).await?.as_seen);
    sqlx::query!(
        // The rest of a break is not used up: it is there if the sitting is reopened.
        "update sittings set submitted_at = clock_timestamp(), submitted_by = $2, paused_at = null,
            break_seconds = case when paused_at is null then break_seconds else least(break_allowed_seconds,
                break_before_seconds + ceil(extract(epoch from clock_timestamp() - paused_at))::integer) end,
            mark = $3, available = $4, passed = $5, receipt_hash = $6, verification_code = case when $5 then coalesce(verification_code, $7) end
        where id = $1",
        sitting.0,
        by.as_str(),
        i16::try_from(total.mark).map_err(Error::failed)?,
        i16::try_from(total.available).map_err(Error::failed)?,
        total.passed,
        hash,
        verification_code()?,
    )
    .execute(db)
    .await?;
    Ok(true)
}

/// Waits for a key that is being corrected and a close that is being moved, and keeps the paper as it is. Always before
/// the sitting is locked: a change to a paper also locks the paper first, and then the sittings.
async fn hold_paper(db: &mut PgConnection, sitting: SittingId) -> Result<Uuid> {
    let paper = sqlx::query_scalar!(
        "select id from papers where id = (select paper_id from sittings where id = $1) for share",
        sitting.0
    )
    .fetch_optional(db)
    .await?;
    paper.ok_or(Error::NotFound)
}

/// A verdict to store: an unreadable answer is neither right nor wrong.
pub(super) enum Marked {
    Blank,
    Unreadable,
    Judged(Verdict),
}

pub(super) fn judge(question: &Question, response: Option<&Response>) -> Marked {
    match response.filter(|response| !response.is_blank()) {
        None => Marked::Blank,
        Some(response) => match mark(question, response) {
            Ok(verdict) => Marked::Judged(verdict),
            Err(_) => Marked::Unreadable,
        },
    }
}

/// The result of an answer, as in `item_marks`.
pub(crate) struct ToStore {
    pub marks: i16,
    pub verdict: Option<serde_json::Value>,
    pub unreadable: bool,
}

/// Every candidate has the marks of a voided question.
pub(crate) fn to_store(
    question: &Question,
    response: Option<&Response>,
    marks: i16,
    voided: bool,
) -> Result<ToStore> {
    let marked = judge(question, response);
    let right = voided || matches!(&marked, Marked::Judged(verdict) if verdict.right);
    Ok(ToStore {
        marks: if right { marks } else { 0 },
        unreadable: matches!(marked, Marked::Unreadable),
        verdict: match marked {
            Marked::Judged(verdict) => Some(serde_json::to_value(verdict).map_err(Error::failed)?),
            Marked::Blank | Marked::Unreadable => None,
        },
    })
}

/// Marks every question of a sitting again from its answers, writes the marks, and returns their totals.
async fn mark_all(
    db: &mut PgConnection,
    sitting: SittingId,
    paper: Uuid,
) -> Result<domain::assessment::results::Outcome> {
    let rows = sqlx::query!(
        r#"select i.id, i.section_id, i.marks, i.voided, i.question as "question: Json<Question>",
            a.response as "response?: Json<Response>"
        from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
        left join answers a on a.sitting_id = t.id and a.item_id = i.id
        where t.id = $1 order by i.position"#,
        sitting.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut item_marks = Vec::with_capacity(rows.len());
    let (mut ids, mut marks, mut verdicts, mut unreadable) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        let response = row.response.as_ref().map(|response| &response.0);
        let ToStore { marks: got, verdict, unreadable: is_unreadable } =
            to_store(&row.question, response, row.marks, row.voided)?;
        ids.push(row.id);
        marks.push(got);
        unreadable.push(is_unreadable);
        verdicts.push(verdict);
        item_marks.push(ItemMark {
            section: SectionId(row.section_id),
            marks: number(got)?,
            available: number(row.marks)?,
        });
    }
    sqlx::query!(
        "insert into item_marks (sitting_id, item_id, marks, verdict, unreadable)
        select $1, item, marks, verdict, unreadable
        from unnest($2::uuid[], $3::smallint[], $4::jsonb[], $5::boolean[]) as m (item, marks, verdict, unreadable)
        on conflict (sitting_id, item_id) do update set marks = excluded.marks, verdict = excluded.verdict,
            unreadable = excluded.unreadable",
        sitting.0,
        &ids,
        &marks,
        &verdicts as &[Option<serde_json::Value>],
        &unreadable,
    )
    .execute(&mut *db)
    .await?;
    let PassMarks { percent, sections } = pass_marks(db, paper).await?;
    Ok(outcome(&item_marks, percent, &sections))
}

/// The pass marks, in per cent: of the whole paper, and of the sections that can fail it.
pub(crate) struct PassMarks {
    pub percent: u8,
    pub sections: Vec<(SectionId, Option<u8>)>,
}

pub(crate) async fn pass_marks(db: &mut PgConnection, paper: Uuid) -> Result<PassMarks> {
    let rows = sqlx::query!(
        "select s.id, s.pass_percent, p.pass_percent as paper_percent
        from papers p join paper_sections s on s.paper_id = p.id where p.id = $1",
        paper,
    )
    .fetch_all(db)
    .await?;
    let percent = rows.first().map_or(Ok(100), |row| number(row.paper_percent))?;
    let sections =
        rows.iter().map(|row| Ok((SectionId(row.id), row.pass_percent.map(number::<u8>).transpose()?)));
    Ok(PassMarks { percent, sections: sections.collect::<Result<_>>()? })
}

/// Every stored answer on a line of its own: the text that the receipt's hash is taken of.
struct ReceiptText {
    /// Numbered as the candidate saw the questions.
    as_seen: String,
    /// Numbered in the order of the paper, as in older receipts, of which candidates have some.
    as_set: String,
}

impl ReceiptText {
    /// The text that this hash was taken of.
    fn of(self, hash: &[u8]) -> String {
        if random::hash(&self.as_set) == hash { self.as_set } else { self.as_seen }
    }
}

async fn receipt_text(db: &mut PgConnection, sitting: SittingId) -> Result<ReceiptText> {
    let rows = sqlx::query!(
        r#"select t.shuffle_seed, i.section_id, i.position, i.id, a.sequence as "sequence?", a.response::text as response
        from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
        left join answers a on a.sitting_id = t.id and a.item_id = i.id
        where t.id = $1 order by i.position"#,
        sitting.0,
    )
    .fetch_all(db)
    .await?;
    let seed = rows.first().and_then(|row| row.shuffle_seed);
    let lines = rows.into_iter().map(|row| {
        let line = match (row.sequence, row.response) {
            (Some(sequence), Some(response)) => format!("{} {sequence} {response}", row.id),
            _ => format!("{} no answer", row.id),
        };
        (row.section_id, row.position, line)
    });
    let lines: Vec<_> = lines.collect();
    let (mut as_set, mut as_seen) = (format!("sitting {sitting}\n"), format!("sitting {sitting}\n"));
    for (_, position, line) in &lines {
        let _ = writeln!(as_set, "{position} {line}");
    }
    for (n, (_, _, line)) in (1..).zip(order::as_seen(lines, |(section, _, _)| *section, seed)?) {
        let _ = writeln!(as_seen, "{n} {line}");
    }
    Ok(ReceiptText { as_seen, as_set })
}

/// `/assessments/sittings/{sitting}/receipt`.
///
/// # Errors
/// [`Error::NotFound`] before submission.
pub async fn receipt(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Receipt> {
    own_receipt(&mut *services.db.acquire().await?, actor, sitting).await
}

pub(super) async fn own_receipt(db: &mut PgConnection, actor: &Actor, sitting: SittingId) -> Result<Receipt> {
    let row = sqlx::query!(
        r#"select p.title, t.submitted_at as "submitted_at!", t.submitted_by as "submitted_by!", t.receipt_hash as "hash!",
            p.release, results_released(p.id) as "released!",
            (select count(*) from answers a where a.sitting_id = t.id and a.response is not null and not a.unreadable) as "answered!",
            (select count(*) from answers a where a.sitting_id = t.id and a.response is not null and a.unreadable) as "unreadable!",
            (select count(*) from item_marks m where m.sitting_id = t.id) as "questions!",
            (select count(*) from late_answers l where l.sitting_id = t.id
                -- An answer that was saved in time after all counts: it was sent again, or answered again, when the
                -- sitting went on.
                and not exists (select from answers a where a.sitting_id = t.id and a.item_id = l.item_id and a.sequence >= l.sequence)) as "late!"
        from sittings t join papers p on p.id = t.paper_id where t.id = $1 and t.learner_id = $2 and t.submitted_at is not null"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Receipt {
        sitting,
        title: row.title,
        submitted: moment(row.submitted_at),
        submitted_by: known("submitted by", &row.submitted_by, SubmittedBy::parse)?,
        answered: number(row.answered)?,
        unreadable: number(row.unreadable)?,
        questions: number(row.questions)?,
        late: number(row.late)?,
        hash: hexadecimal(&row.hash),
        text: receipt_text(db, sitting).await?.of(&row.hash),
        release: known("release", &row.release, Release::parse)?,
        released: row.released,
    })
}

/// Whether the sitting is the actor's own and goes on: then there is a room, and neither receipt nor result.
pub async fn goes_on(services: &Services, actor: &Actor, sitting: SittingId) -> Result<bool> {
    let open = sqlx::query_scalar!(
        r#"select exists (select from sittings where id = $1 and learner_id = $2 and submitted_at is null) as "open!""#,
        sitting.0,
        actor.person().0,
    );
    Ok(open.fetch_one(&services.db).await?)
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Removes sittings that have been kept for seven years, with everything that belongs to them (P20). Returns how many.
pub async fn remove_old_sittings(services: &Services) -> Result<u64> {
    in_portions(|| {
        sqlx::query!(
            "delete from sittings where ctid = any(array(
                select ctid from sittings where removed_on <= (now() at time zone 'Europe/London')::date and submitted_at is not null
                order by removed_on limit $1 for update skip locked))",
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
