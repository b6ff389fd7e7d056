//! One student of a cohort: what they have done, and what its tutors have written about them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    FormToken, Problem,
    accounts::PersonId,
    cohorts::{CohortId, CohortStudent, NOTE_LENGTH, NoteId, StudentModule, StudentNote, Try},
    learning::Status,
    visible_lines,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::CohortTutor,
    accounts::Actor,
    kit::{
        audit,
        moment::{date, days_since, today},
        once::{once, saying},
    },
    moment, number,
};

/// How many tries at one check the page shows: the newest. It says how many there are besides.
const TRIES: i64 = 20;
/// How many notes it shows, likewise.
const NOTES: i64 = 100;

#[derive(Debug, Deserialize)]
struct ModuleFacts {
    title: String,
    /// Whether the student has a place on its course that was made for the organisation.
    here: bool,
    entered: bool,
    completed: bool,
    first_opened: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    due_on: Option<NaiveDate>,
    all_tries: i64,
    tries: Vec<TryFacts>,
}

#[derive(Debug, Deserialize)]
struct TryFacts {
    at: DateTime<Utc>,
    right: u16,
    of: u16,
    passed: bool,
}

#[derive(Debug, Deserialize)]
struct NoteFacts {
    id: Uuid,
    author: Option<String>,
    own: bool,
    text: String,
    at: DateTime<Utc>,
}

/// `/cohorts/{cohort}/students/{person}`, in one statement: for whom the table of the cohort shows (`progress_shared`), in the places that were
/// made for its organisation. Nothing of papers: their results are for who has set them.
///
/// # Errors
/// [`Error::NotFound`] for everybody whom the table does not show; as [`Actor::tutor_of`].
pub async fn cohort_student(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    person: PersonId,
) -> Result<CohortStudent> {
    let now = services.clock.now();
    let mut db = services.db.acquire().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    let row = sqlx::query!(
        r#"with other as materialized (
            select a.course_id, c.title from courses_assigned a join courses c on c.id = a.course_id
            where a.cohort_id = $1 and a.course_id <> (select co.course_id from cohorts co where co.id = $1)
        )
        select co.name as cohort_name, o.name as "organisation!", e.learner_id, p.full_name as "name!", p.email as "email!", d.team, d.area,
            e.enrolled_at,
            greatest(e.last_seen_at, (select max(x.last_seen_at) from enrolments x
                where x.learner_id = e.learner_id and x.organisation_id = co.organisation_id
                    and x.course_id in (select y.course_id from other y))) as "last_seen_at?",
            (select coalesce(jsonb_agg(jsonb_build_object(
                    'title', case when k.own then m.title else k.title || ': ' || m.title end,
                    'here', k.enrolment_id is not null,
                    'entered', coalesce(mp.entered, false),
                    'completed', coalesce(mp.completed, false),
                    'first_opened', (select min(po.first_opened_at) from pages pg
                        join page_openings po on po.page_id = pg.id and po.enrolment_id = k.enrolment_id where pg.module_id = m.id),
                    'completed_at', (select mc.completed_at from module_completions mc
                        where mc.enrolment_id = k.enrolment_id and mc.module_id = m.id),
                    'due_on', u.due_on,
                    'all_tries', (select count(*) from check_attempts a where a.enrolment_id = k.enrolment_id and a.module_id = m.id),
                    'tries', (select coalesce(jsonb_agg(jsonb_build_object('at', t.taken_at, 'right', t.right_answers, 'of', t.questions,
                                'passed', t.passed) order by t.taken_at, t.id), '[]')
                        from (select a.id, a.taken_at, a.right_answers, a.questions, a.passed from check_attempts a
                            where a.enrolment_id = k.enrolment_id and a.module_id = m.id
                            order by a.taken_at desc, a.id desc limit $4) t)
                ) order by k.own desc, lower(k.title), k.id, m.position), '[]')
                from (
                    select c.id, c.title, true as own, e.id as enrolment_id from courses c where c.id = e.course_id
                    union all
                    select y.course_id, y.title, false, x.id from other y
                    left join enrolments x on x.course_id = y.course_id and x.learner_id = e.learner_id and x.organisation_id = co.organisation_id
                ) k
                join modules m on m.course_id = k.id and not m.retired
                left join module_progress mp on mp.enrolment_id = k.enrolment_id and mp.module_id = m.id
                left join cohort_dates u on u.cohort_id = co.id and u.module_id = m.id) as "modules!: Json<Vec<ModuleFacts>>",
            (select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'author', b.full_name, 'own', coalesce(n.author_id = $3, false),
                    'text', n.text, 'at', n.written_at) order by n.written_at desc, n.id desc), '[]')
                from (select z.id, z.author_id, z.text, z.written_at from cohort_notes z
                    where z.cohort_id = co.id and z.person_id = e.learner_id order by z.written_at desc, z.id desc limit $5) n
                left join people_named b on b.id = n.author_id) as "notes!: Json<Vec<NoteFacts>>",
            (select count(*) from cohort_notes z where z.cohort_id = co.id and z.person_id = e.learner_id) as "all_notes!"
        from cohorts co
        join organisations_named o on o.id = co.organisation_id
        join enrolments e on e.cohort_id = co.id and e.learner_id = $2
        join progress_shared d on d.organisation_id = co.organisation_id and d.person_id = e.learner_id
        join people_named p on p.id = e.learner_id
        where co.id = $1"#,
        tutor.cohort().0,
        person.0,
        actor.person().0,
        TRIES,
        NOTES,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let modules = row.modules.0.into_iter().map(|facts| module(facts, now)).collect::<Result<_>>()?;
    let notes = row.notes.0.into_iter().map(|note| StudentNote {
        id: NoteId(note.id),
        author: note.author,
        own: note.own,
        text: note.text,
        at: moment(note.at),
    });
    Ok(CohortStudent {
        cohort: tutor.cohort(),
        cohort_name: row.cohort_name,
        organisation: row.organisation,
        person: PersonId(row.learner_id),
        name: row.name,
        email: row.email,
        team: row.team,
        area: row.area,
        since: moment(row.enrolled_at),
        last_seen: row.last_seen_at.map(moment),
        seen_days_ago: row.last_seen_at.map_or(0, |seen| days_since(seen, now)),
        modules,
        notes: notes.collect(),
        all_notes: number(row.all_notes)?,
        form: FormToken(Uuid::now_v7()),
        at: moment(now),
    })
}

fn module(facts: ModuleFacts, now: DateTime<Utc>) -> Result<StudentModule> {
    let shown = i64::try_from(facts.tries.len()).map_err(Error::failed)?;
    let tries = facts.tries.into_iter().map(|tried| Try {
        at: moment(tried.at),
        right: tried.right,
        of: tried.of,
        passed: tried.passed,
    });
    Ok(StudentModule {
        title: facts.title,
        status: facts.here.then(|| Status::of(facts.completed, facts.entered)),
        first_opened: facts.first_opened.map(moment),
        completed: facts.completed_at.map(moment),
        due: facts.due_on.map(|day| date(day, now)),
        late: facts.here && !facts.completed && facts.due_on.is_some_and(|day| day < today(now)),
        tries: tries.collect(),
        older_tries: number(facts.all_tries - shown)?,
    })
}

/// Keeps a note about a student, for the tutors of the cohort. A form that is sent twice keeps one.
///
/// # Errors
/// A problem in words on `note`; [`Error::NotFound`] for everybody whom the table does not show; as [`Actor::tutor_of`].
pub async fn write_note(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    person: PersonId,
    text: &str,
    form: Option<FormToken>,
) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    is_shown(&mut db, tutor, person).await?;
    let text = visible_lines(text);
    if !(1..=NOTE_LENGTH).contains(&text.chars().count()) {
        let words = format!("Write a note of at most {NOTE_LENGTH} characters");
        return Err(Error::invalid("note", Problem::InWords { words }));
    }
    let note = Uuid::now_v7();
    let what = saying("note", &[tutor.cohort().0.as_bytes(), person.0.as_bytes(), text.as_bytes()]);
    if once(services, &mut db, actor, form, &what, note).await?.is_some() {
        return Ok(());
    }
    sqlx::query!(
        "insert into cohort_notes (id, cohort_id, person_id, author_id, text, written_at) values ($1, $2, $3, $4, $5, $6)",
        note,
        tutor.cohort().0,
        person.0,
        actor.person().0,
        text,
        now,
    )
    .execute(&mut *db)
    .await?;
    let event = event(services, actor, person, "cohorts.note_written");
    audit::record_with(&mut db, event, json!({ "cohort": tutor.cohort(), "note": note })).await?;
    db.commit().await?;
    Ok(())
}

/// Removes a note that the actor has written. One that is not there any more is removed already.
///
/// # Errors
/// [`Error::NotFound`] for the note of somebody else, and for everybody whom the table does not show; as [`Actor::tutor_of`].
pub async fn remove_note(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    person: PersonId,
    note: NoteId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    is_shown(&mut db, tutor, person).await?;
    let author = sqlx::query_scalar!(
        "select author_id from cohort_notes where id = $1 and cohort_id = $2 and person_id = $3 for update",
        note.0,
        tutor.cohort().0,
        person.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(author) = author else { return Ok(()) };
    if author != Some(actor.person().0) {
        return Err(Error::NotFound);
    }
    sqlx::query!("delete from cohort_notes where id = $1", note.0).execute(&mut *db).await?;
    let event = event(services, actor, person, "cohorts.note_removed");
    audit::record_with(&mut db, event, json!({ "cohort": tutor.cohort(), "note": note })).await?;
    db.commit().await?;
    Ok(())
}

fn event<'a>(services: &Services, actor: &Actor, person: PersonId, action: &'a str) -> audit::Event<'a> {
    audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: Some(person), action }
}

/// Whether the table of the cohort shows this person.
async fn is_shown(db: &mut PgConnection, tutor: CohortTutor, person: PersonId) -> Result<()> {
    let shown = sqlx::query_scalar!(
        r#"select exists (
            select from cohorts co
            join enrolments e on e.cohort_id = co.id and e.learner_id = $2
            join progress_shared d on d.organisation_id = co.organisation_id and d.person_id = e.learner_id
            where co.id = $1
        ) as "shown!""#,
        tutor.cohort().0,
        person.0,
    );
    if shown.fetch_one(db).await? { Ok(()) } else { Err(Error::NotFound) }
}
