//! The current try at a check: its questions, and the answers so far.

use chrono::{DateTime, Utc};
use domain::{
    Problem,
    assessment::delivery::EPOCH_SPAN,
    learning::{
        Answers, AttemptId, CheckSave, CheckSaved, EarlierTry, Kept, NotKept, Question, Slug, done_in_form,
        draw, draw_on, take_in,
    },
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::marked;
use crate::{Error, Result, Services, accounts::Actor, kit::random, moment};

/// A check of the actor's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub actor: &'a Actor,
    pub course: &'a Slug,
    pub module: &'a Slug,
}

pub(super) struct Try {
    pub id: AttemptId,
    pub enrolment: Uuid,
    pub module: Uuid,
    /// The newest version of the check: the try has been brought up to it.
    pub version: i32,
    pub seed: u64,
    pub epoch: i64,
    pub pass_mark: i16,
    /// In the order asked, with their options as written.
    pub questions: Vec<Question>,
    pub kept: Kept,
    /// The pool has more questions than a try asks.
    pub drawn: bool,
    pub earlier: Vec<EarlierTry>,
    /// The row's present values, if it is out of date.
    stale: Option<i32>,
}

/// A marked try, as the statement of [`open`] gives it.
#[derive(Debug, Deserialize)]
struct Marked {
    id: Uuid,
    taken_at: DateTime<Utc>,
    right: u16,
    of: u16,
    passed: bool,
}

impl From<Marked> for EarlierTry {
    fn from(Marked { id, taken_at, right, of, passed }: Marked) -> Self {
        Self { id: AttemptId(id), taken: moment(taken_at), right, of, passed }
    }
}

/// Opens the try, or begins one if there is none. One statement, so that two windows at once open the same.
///
/// A request that is not `looked_at` writes nothing: without a current try, it sees what a new one might be.
pub(super) async fn open(
    db: &mut PgConnection,
    services: &Services,
    place: Place<'_>,
    looked_at: bool,
) -> Result<Try> {
    let row = sqlx::query!(
        r#"with here as (
            select e.id as enrolment_id, m.id as module_id, m.check_version, m.pass_mark,
                (select a.asked from check_attempts a where a.enrolment_id = e.id and a.module_id = m.id
                    order by a.taken_at desc, a.id desc limit 1) as asked_before
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id and not m.retired
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3
                and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $6))
        ), open as (
            insert into check_tries as t
                (id, enrolment_id, module_id, version, seed, answers, epochs, begun_at, asked_before)
            select $4, enrolment_id, module_id, check_version, $5, '{}', 1, $6, asked_before from here where $7
            on conflict (enrolment_id, module_id) do update set epochs = t.epochs + 1
            returning t.id, t.enrolment_id, t.module_id, t.version, t.seed, t.asked, t.answers, t.epochs, t.asked_before
        ), seen as (
            select * from open
            union all
            select coalesce(t.id, $4), h.enrolment_id, h.module_id, coalesce(t.version, h.check_version),
                coalesce(t.seed, $5), t.asked, coalesce(t.answers, '{}'), coalesce(t.epochs, 0),
                case when t.id is null then h.asked_before else t.asked_before end
            from here h
            left join check_tries t on t.enrolment_id = h.enrolment_id and t.module_id = h.module_id
            where not $7
        )
        select o.id as "id!", o.enrolment_id as "enrolment_id!", o.module_id as "module_id!", o.version as "version!",
            o.seed as "seed!", o.asked as "asked?", o.answers as "answers!: Json<Kept>", o.epochs as "epochs!",
            o.asked_before as "asked_before?", h.check_version, h.pass_mark, now.questions as "pool: Json<Vec<Question>>", now.asked as "of?",
            was.questions as "was_pool?: Json<Vec<Question>>", was.asked as "was_of?",
            (select jsonb_agg(jsonb_build_object('id', a.id, 'taken_at', a.taken_at, 'right', a.right_answers, 'of', a.questions,
                    'passed', a.passed) order by a.taken_at desc, a.id desc)
                from (
                    select * from check_attempts m where m.enrolment_id = h.enrolment_id and m.module_id = h.module_id
                    order by m.taken_at desc, m.id desc limit 100
                ) a) as "earlier?: Json<Vec<Marked>>"
        from here h
        cross join seen o
        join check_versions now on now.module_id = h.module_id and now.version = h.check_version
        left join check_versions was on was.module_id = h.module_id and was.version = o.version
            and o.version <> h.check_version"#,
        place.actor.person().0,
        place.course.as_str(),
        place.module.as_str(),
        Uuid::now_v7(),
        random::seed()?,
        services.clock.now(),
        looked_at,
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    let seed = u64::try_from(row.seed).map_err(Error::failed)?;
    let count = |of: Option<i16>| of.map(u16::try_from).transpose().map_err(Error::failed);
    let (pool, of) = (row.pool.0, count(row.of)?);
    let asked_before = row.asked_before.unwrap_or_default();
    let drawn = |pool: &[Question], of| draw(pool, of, seed, &asked_before);
    let (stale, asked, kept) = match row.was_pool {
        None => (None, row.asked.unwrap_or_else(|| drawn(&pool, of)), row.answers.0),
        Some(was) => {
            let was_of = count(row.was_of)?;
            let asked = row.asked.unwrap_or_else(|| drawn(&was, was_of));
            let asked = draw_on(asked, &pool, of, seed, &asked_before);
            let mut kept = row.answers.0;
            kept.retain(|id, _| asked.contains(id) && is_same(find(&was, id), find(&pool, id)));
            (Some(row.version), asked, kept)
        }
    };
    Ok(Try {
        id: AttemptId(row.id),
        enrolment: row.enrolment_id,
        module: row.module_id,
        version: row.check_version,
        seed,
        epoch: row.epochs.into(),
        pass_mark: row.pass_mark,
        drawn: asked.len() < pool.len(),
        earlier: row
            .earlier
            .map(|earlier| earlier.0)
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect(),
        questions: asked.iter().filter_map(|id| find(&pool, id)).cloned().collect(),
        kept,
        stale,
    })
}

pub(super) fn find<'a>(pool: &'a [Question], id: &str) -> Option<&'a Question> {
    pool.iter().find(|question| question.id == id)
}

/// Whether an answer to the one is an answer to the other.
fn is_same(one: Option<&Question>, other: Option<&Question>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.text == other.text && one.kind == other.kind)
}

impl Try {
    pub(super) fn asked(&self) -> Vec<String> {
        self.questions.iter().map(|question| question.id.clone()).collect()
    }

    /// Brings the row up to the newest version of the check. If a call saves at this moment it does nothing, and the
    /// next opening does it.
    pub(super) async fn bring_up(&self, db: &mut PgConnection) -> Result<()> {
        let Some(stale) = self.stale else { return Ok(()) };
        sqlx::query!(
            "update check_tries set version = $3, asked = $4, answers = $5 where id = $1 and version = $2 and epochs = $6",
            self.id.0,
            stale,
            self.version,
            &self.asked(),
            Json(&self.kept) as _,
            i32::try_from(self.epoch).map_err(Error::failed)?,
        )
        .execute(db)
        .await?;
        Ok(())
    }

    /// The questions that differ from those on the page of this version.
    pub(super) async fn changed_since(&self, db: &mut PgConnection, version: i32) -> Result<Vec<String>> {
        if version == self.version {
            return Ok(Vec::new());
        }
        let shown = sqlx::query_scalar!(
            r#"select questions as "questions: Json<Vec<Question>>" from check_versions where module_id = $1 and version = $2"#,
            self.module,
            version,
        )
        .fetch_optional(db)
        .await?
        .map(|questions| questions.0)
        .unwrap_or_default();
        let changed = |question: &&Question| !is_same(find(&shown, &question.id), Some(question));
        Ok(self.questions.iter().filter(changed).map(|question| question.id.clone()).collect())
    }

    /// Keeps answers, except to questions that have changed since they were shown, and writes the row. Returns what is
    /// not kept. The caller has opened the try in the same transaction, which holds its row.
    ///
    /// Answers with `drawn` come from a form with all questions, in which an empty field clears an answer.
    ///
    /// # Errors
    /// [`Problem::SequenceUnknown`] on `saves` for a sequence that no page can have: it would be later than every
    /// future window.
    pub(super) async fn keep(
        &mut self,
        db: &mut PgConnection,
        mut answers: Answers,
        sequence: i64,
        drawn: Option<&Answers>,
        changed: &[String],
    ) -> Result<NotKept> {
        // This call has the newest epoch; every page has an older one.
        if !(0..self.epoch.saturating_mul(EPOCH_SPAN)).contains(&sequence) {
            return Err(Error::invalid("saves", Problem::SequenceUnknown));
        }
        let asked = self.asked();
        if let Some(drawn) = drawn {
            answers = done_in_form(&self.kept, answers, drawn, sequence, &asked);
        }
        answers.retain(|id, _| !changed.contains(id));
        let not_kept = take_in(&mut self.kept, answers, sequence, &asked);
        sqlx::query!(
            "update check_tries set version = $2, asked = $3, answers = $4 where id = $1",
            self.id.0,
            self.version,
            &asked,
            Json(&self.kept) as _,
        )
        .execute(db)
        .await?;
        Ok(not_kept)
    }
}

/// Keeps the answers so far, and returns those that are not kept.
///
/// # Errors
/// [`Error::NotFound`] when this is not a try of theirs.
pub async fn save_check(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    module: &Slug,
    save: CheckSave,
) -> Result<CheckSaved> {
    self::save(services, Place { actor, course, module }, save, None).await
}

/// `drawn` as for [`Try::keep`].
pub(super) async fn save(
    services: &Services,
    place: Place<'_>,
    save: CheckSave,
    drawn: Option<&Answers>,
) -> Result<CheckSaved> {
    let mut db = services.begin().await?;
    let mut open = open(&mut db, services, place, true).await?;
    if open.id != save.attempt {
        db.rollback().await?;
        let mut db = services.db.acquire().await?;
        marked::find(&mut db, place, save.attempt).await?.ok_or(Error::NotFound)?;
        return Ok(CheckSaved::Marked);
    }
    let changed = open.changed_since(&mut db, save.version).await?;
    let NotKept { overtaken, refused } =
        open.keep(&mut db, save.answers, save.sequence, drawn, &changed).await?;
    db.commit().await?;
    Ok(CheckSaved::Kept { changed, overtaken, refused })
}
