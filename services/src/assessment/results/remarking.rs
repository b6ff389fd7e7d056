//! The job that marks the sittings of a paper again after a correction. Each portion is a transaction, and its own job: a killed job goes on
//! after the last portion that it has committed, with all its attempts. A sitting that cannot be marked is set aside, and comes last.

use std::collections::HashMap;

use domain::assessment::{
    PaperId, SectionId,
    question::{Question, Response},
    results::{ItemMark, Outcome, Remarking, outcome},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{PaperAccess, since},
    accounts::Actor,
    assessment::{
        delivery::submission::{PassMarks, pass_marks, to_store},
        number,
    },
    kit::{
        jobs::{self, Attempt, Job, JobError, enqueue},
        verification::verification_code,
    },
};

/// How many sittings are marked in one transaction: few in tests, so that those of several portions are small.
const SITTINGS: i64 = if cfg!(test) { 4 } else { 200 };
/// How many sittings are set aside. If there are more, no single one of them is the cause: the marking stops.
pub(in crate::assessment) const MOST_ASIDE: usize = 10;

/// Marks one place of the paper again for the next submitted sittings, and records the results that change. Those that are left get a job
/// of their own, so that an attempt that has marked any is no attempt less for them.
pub(crate) async fn mark_again(services: &Services, attempt: &Attempt, correction: Uuid) -> jobs::Outcome {
    if !next_sittings(services, correction).await? {
        return Ok(());
    }
    let mut db = services.begin().await?;
    // Otherwise another worker now has the job, and queues the next.
    if attempt.complete_in(&mut db).await? {
        enqueue(&mut db, Job::MarkAgain { correction }).await?;
        db.commit().await.map_err(Error::from)?;
    }
    Ok(())
}

/// Marks the next sittings, half as many each time that they cannot be marked, and sets a single one aside that cannot. `false` when none is
/// left.
///
/// # Errors
/// When the database is away, which a later attempt may find mended; for good when a sitting fails that cannot be set aside.
async fn next_sittings(services: &Services, correction: Uuid) -> std::result::Result<bool, JobError> {
    let mut most = SITTINGS;
    loop {
        // In a task of its own, because a panic is one more way in which a sitting cannot be marked.
        let marking = tokio::spawn({
            let services = services.clone();
            async move { portion(&services, correction, most).await }
        });
        let error = match marking.await.unwrap_or_else(|_| Err(Error::failed("the marking panicked"))) {
            Ok(more) => return Ok(more),
            Err(error @ Error::Unavailable(_)) => return Err(error.into()),
            Err(error) => error,
        };
        tracing::warn!(%correction, most, %error, "sittings cannot be marked again");
        if most > 1 {
            most /= 2;
        } else if set_aside(services, correction).await? {
            return Ok(true);
        } else {
            return Err(JobError { permanent: true, ..JobError::from(error) });
        }
    }
}

/// Sets the next sitting aside. `false` when it was set aside before, or when there is no room for it: then the marking stops.
async fn set_aside(services: &Services, correction: Uuid) -> Result<bool> {
    let mut db = services.begin().await?;
    // Another worker may have marked it meanwhile.
    let Some(at) = hold(&mut db, correction).await? else { return Ok(true) };
    let Some(sitting) = at.next(&mut db, 1).await?.pop() else { return Ok(true) };
    let before = at.aside.contains(&sitting);
    if !before && at.aside.len() >= MOST_ASIDE {
        return Ok(false);
    }
    tracing::error!(%sitting, "a sitting cannot be marked again, and is set aside");
    // Behind the others there, so that the next attempt begins with another one.
    sqlx::query!(
        "update remarkings set marked_to = greatest(marked_to, $2), aside = array_append(array_remove(aside, $2), $2)
        where correction_id = $1",
        correction,
        sitting,
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(!before)
}

/// In the transaction that fails the job for good: its page says so.
pub(crate) async fn mark_again_failed(db: &mut PgConnection, correction: Uuid) -> Result<()> {
    sqlx::query!("update remarkings set failed = true where correction_id = $1", correction)
        .execute(db)
        .await?;
    Ok(())
}

/// How far the correction of a paper is; `None` when everybody has been marked.
pub async fn remarking(services: &Services, actor: &Actor, paper: PaperId) -> Result<Option<Remarking>> {
    let row = sqlx::query!(
        r#"select proof as "proof!: Json<PaperAccess>", remarking_of($1) as "remarking?: Json<Remarking>" from paper_access($1, $2, $3)"#,
        paper.0,
        actor.person().0,
        since(services),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    row.proof.0.admit()?;
    Ok(row.remarking.map(|remarking| remarking.0))
}

/// Queues the job again after it has failed. Doing it twice is fine.
pub async fn go_on_marking(services: &Services, actor: &Actor, paper: PaperId) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    let failed = sqlx::query_scalar!(
        "update remarkings set failed = false where paper_id = $1 and failed returning correction_id",
        setter.paper().0,
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(correction) = failed {
        enqueue(&mut db, Job::MarkAgain { correction }).await?;
    }
    db.commit().await?;
    Ok(())
}

/// A correction after which not everybody is marked yet.
struct UnderWay {
    paper_id: Uuid,
    /// The place of the corrected question.
    position: i16,
    marked_to: Uuid,
    aside: Vec<Uuid>,
}

impl UnderWay {
    /// The next sittings, at most so many. Those that were set aside come last, one at a time.
    async fn next(&self, db: &mut PgConnection, most: i64) -> Result<Vec<Uuid>> {
        let next = sqlx::query_file_scalar!(
            "src/assessment/results/submitted.sql",
            self.paper_id,
            self.marked_to,
            most
        )
        .fetch_all(db)
        .await?;
        Ok(if next.is_empty() { self.aside.first().copied().into_iter().collect() } else { next })
    }
}

/// The lock lets one worker at a time mark a portion, if a second one has the job. `None` when another worker has marked everybody, or the
/// paper was withdrawn.
async fn hold(db: &mut PgConnection, correction: Uuid) -> Result<Option<UnderWay>> {
    let under_way = sqlx::query_as!(
        UnderWay,
        "select r.paper_id, i.position, r.marked_to, r.aside
        from remarkings r join paper_corrections c on c.id = r.correction_id join paper_items i on i.id = c.item_id
        where r.correction_id = $1 for no key update of r",
        correction,
    );
    Ok(under_way.fetch_optional(db).await?)
}

/// Marks the next sittings, at most so many, and remembers how far it came. `false` when none is left. It takes the same number of
/// statements for one sitting as for all of them.
pub(in crate::assessment) async fn portion(services: &Services, correction: Uuid, most: i64) -> Result<bool> {
    let mut db = services.begin().await?;
    let Some(at) = hold(&mut db, correction).await? else { return Ok(false) };
    let next = at.next(&mut db, most).await?;
    mark(&mut db, correction, at.paper_id, at.position, &next).await?;
    let count = i64::try_from(next.len()).map_err(Error::failed)?;
    let aside: Vec<Uuid> = at.aside.into_iter().filter(|sitting| !next.contains(sitting)).collect();
    let more = count == most || !aside.is_empty();
    if more {
        sqlx::query!(
            "update remarkings set marked_to = greatest(marked_to, $2), aside = $3, marked = marked + $4, failed = false
            where correction_id = $1",
            correction,
            next.last().copied(),
            &aside,
            i32::try_from(count).map_err(Error::failed)?,
        )
        .execute(&mut *db)
        .await?;
    } else {
        sqlx::query!("delete from remarkings where correction_id = $1", correction).execute(&mut *db).await?;
    }
    db.commit().await?;
    Ok(more)
}

/// Marks one place of the paper again in these sittings.
async fn mark(
    db: &mut PgConnection,
    correction: Uuid,
    paper: Uuid,
    position: i16,
    sittings: &[Uuid],
) -> Result<()> {
    if sittings.is_empty() {
        return Ok(());
    }
    // The rows are locked, so that no sitting is reopened meanwhile. One that has been reopened is marked when it is submitted again.
    let sittings = sqlx::query!(
        r#"select id, mark as "mark!", passed as "passed!" from sittings
        where id = any($1) and submitted_at is not null order by id for no key update"#,
        sittings,
    )
    .fetch_all(&mut *db)
    .await?;
    let ids: Vec<Uuid> = sittings.iter().map(|sitting| sitting.id).collect();
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
        &ids,
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
    let totals = totals(db, paper, &ids).await?;
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

/// The outcome of these sittings of a paper, by their current marks.
async fn totals(db: &mut PgConnection, paper: Uuid, sittings: &[Uuid]) -> Result<HashMap<Uuid, Outcome>> {
    let PassMarks { percent, sections } = pass_marks(db, paper).await?;
    let sums = sqlx::query!(
        // The statement reads the questions once, not once for each mark.
        r#"with i as materialized (select id, section_id, marks from paper_items where paper_id = $1)
        select m.sitting_id, i.section_id, sum(m.marks) as "mark!", sum(i.marks) as "available!"
        from sittings s join item_marks m on m.sitting_id = s.id join i on i.id = m.item_id
        where s.id = any($2) group by 1, 2"#,
        paper,
        sittings,
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
