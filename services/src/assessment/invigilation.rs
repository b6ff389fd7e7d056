//! What whoever runs a paper sees and does while it goes on.

use chrono::{DateTime, Utc};
use domain::{
    FormToken, Problem,
    assessment::{
        CandidateRow, IncidentRow, Invigilation, MOST_INCIDENTS, PaperId, SittingDesk, SittingId, SittingRow,
        SittingTime, SubmittedBy,
    },
    count,
};
use sqlx::{PgConnection, types::Json};

use super::{
    PaperSetter, adjustments::adjustment, clock_time, count_of, known, new_id, note, number,
    results::sitting_result, submission::submit, support::since,
};
use crate::{Error, Result, Services, accounts::Actor, moment, once::once};

/// Nothing heard for this long: the candidate's page asks every ten seconds.
const OUT_OF_CONTACT_SECONDS: f64 = 35.0;

/// The time of a sitting as it stands on it. What anybody gave the person since is no part of it.
fn time(allowed_seconds: i32, extra_seconds: i32, break_seconds: i32) -> Result<SittingTime> {
    Ok(SittingTime {
        allowed_seconds: number(allowed_seconds)?,
        extra_seconds: number(extra_seconds)?,
        break_seconds: number(break_seconds)?,
    })
}

/// Everybody who may sit the paper, and how far they are. A paper's candidates are bounded (some hundreds), so they come whole. Whom the
/// organisation does not know is an address here, and looks the same without an account.
pub async fn invigilation(services: &Services, actor: &Actor, paper: PaperId) -> Result<Invigilation> {
    let rows = sqlx::query!(
        r#"with access as materialized (
            select organisation_id, allowed from paper_access($1, $2, $3)
        ), named as materialized (
            select l.email, coalesce(l.person_id, h.id) as person
            from paper_learners l left join people h on h.email = l.email where l.paper_id = $1
        ), known as materialized (
            select e.learner_id as person from paper_cohorts c join enrolments e on e.cohort_id = c.cohort_id where c.paper_id = $1
            union
            select learner_id from sittings where paper_id = $1 and learner_id is not null
            union
            select person from known_to_organisation((select organisation_id from access),
                array(select person from named where person is not null))
        ), asked as materialized (
            select attempt, count(*) as questions from paper_items where paper_id = $1 group by attempt
        ), invited as (
            -- Each by the key: how many the function finds nobody can plan for, and a join could read everybody there is.
            select h.id as person, h.full_name as name, h.email
            from known k cross join lateral (select p.* from people p where p.id = k.person offset 0) h
            union all
            -- Everybody else is the address that was typed, whether there is an account with it or not.
            select n.person, n.email, n.email from named n where not exists (select from known k where k.person = n.person)
        )
        select o.organisation_id as "organisation!", o.allowed as "allowed!", i.name as "name?", i.email as "email?",
            coalesce(a.extra_percent, w.extra_percent, 0) as "extra_percent!",
            coalesce(a.extra_minutes, w.extra_minutes, 0) as "extra_minutes!",
            coalesce(a.break_minutes, w.break_minutes, 0) as "break_minutes!",
            s.id as "sitting?", s.attempt as "attempt?", s.allowed_seconds as "allowed_seconds?", s.extra_seconds as "extra_seconds?",
            s.break_allowed_seconds as "break_allowed_seconds?", s.paused_at is not null as "paused!", s.submitted_at,
            coalesce(s.started_at + make_interval(secs => s.allowed_seconds - s.percent_seconds) > s.closes_at, false) as "cut_by_close!",
            v.remaining_ms as "remaining_ms?", n.answered as "answered?", q.questions as "questions?",
            greatest(s.last_contact_at, n.saved_at) as "contact?",
            (select coalesce(sum(x.times), 0) from incidents x where x.sitting_id = s.id and x.kind = 'left') as "lefts?",
            clock_timestamp() as "now!"
        from access o
        -- A paper that nobody may sit yet has one row all the same.
        left join invited i on o.allowed
        -- Each by the key: how many sit a paper nobody can plan for, and a join could look for every candidate among all sittings of it.
        left join lateral (select x.* from sittings x where x.paper_id = $1 and x.learner_id = i.person offset 0) s on true
        left join lateral (
            select x.* from exam_adjustments x where x.person_id = i.person and x.organisation_id = o.organisation_id offset 0
        ) a on true
        left join lateral (
            select x.* from exam_adjustments x
            where x.person_id is null and x.email = i.email and x.organisation_id = o.organisation_id offset 0
        ) w on true
        left join asked q on q.attempt = s.attempt
        -- Of these sittings only: a join could work out the state of every sitting there is.
        left join lateral (select * from sitting_states t where t.id = s.id offset 0) v on true
        left join lateral (
            select count(*) filter (where x.response is not null and not x.unreadable) as answered, max(x.saved_at) as saved_at
            from answers x where x.sitting_id = s.id
        ) n on s.id is not null
        order by i.name, i.email, s.attempt"#,
        paper.0,
        actor.person().0,
        since(services),
    )
    .fetch_all(&services.db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    PaperSetter::admitted(paper, first.organisation, first.allowed)?;
    let at = first.now;
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some(name), Some(email)) = (row.name, row.email) else { continue };
        let sitting = match row.sitting {
            None => None,
            Some(id) => {
                let missing = || Error::failed("a sitting has no times");
                let contact = row.contact.ok_or_else(missing)?;
                let silent = (row.now - contact).as_seconds_f64() > OUT_OF_CONTACT_SECONDS;
                Some(SittingRow {
                    id: SittingId(id),
                    attempt: number(row.attempt.ok_or_else(missing)?)?,
                    time: time(
                        row.allowed_seconds.ok_or_else(missing)?,
                        row.extra_seconds.ok_or_else(missing)?,
                        row.break_allowed_seconds.ok_or_else(missing)?,
                    )?,
                    cut_by_close: row.cut_by_close,
                    answered: number(row.answered.unwrap_or(0))?,
                    questions: number(row.questions.unwrap_or(0))?,
                    paused: row.paused,
                    remaining_ms: row.remaining_ms.filter(|_| row.submitted_at.is_none()),
                    last_contact: moment(contact),
                    out_of_contact: silent && row.submitted_at.is_none(),
                    left: number(row.lefts.unwrap_or(0))?,
                })
            }
        };
        candidates.push(CandidateRow {
            name,
            email,
            adjustment: adjustment(row.extra_percent, row.extra_minutes, row.break_minutes)?,
            sitting,
        });
    }
    let standing = |of: fn(&CandidateRow) -> bool| count_of(candidates.iter().filter(|row| of(row)));
    Ok(Invigilation {
        not_started: standing(|row| row.sitting.is_none())?,
        sitting: standing(|row| row.sitting.as_ref().is_some_and(|sitting| sitting.remaining_ms.is_some()))?,
        submitted: standing(|row| {
            row.sitting.as_ref().is_some_and(|sitting| sitting.remaining_ms.is_none())
        })?,
        candidates,
        at: clock_time(at),
    })
}

/// Proof of a [`PaperSetter`], with a sitting of that paper. Made only by [`desk_of`] and [`sitting_desk`].
#[derive(Debug, Clone, Copy)]
struct SittingSetter {
    setter: PaperSetter,
    sitting: SittingId,
}

async fn desk_of(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    sitting: SittingId,
) -> Result<SittingSetter> {
    let row = sqlx::query!(
        r#"select s.paper_id, a.organisation_id as "organisation!", a.allowed as "allowed!"
        from sittings s cross join lateral paper_access(s.paper_id, $2, $3) a where s.id = $1"#,
        sitting.0,
        actor.person().0,
        since(services),
    )
    .fetch_optional(db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(SittingSetter {
        setter: PaperSetter::admitted(PaperId(row.paper_id), row.organisation, row.allowed)?,
        sitting,
    })
}

/// One candidate's sitting, with what can be done about it.
pub async fn sitting_desk(services: &Services, actor: &Actor, sitting: SittingId) -> Result<SittingDesk> {
    let mut db = services.snapshot().await?;
    let row = sqlx::query!(
        r#"select s.paper_id, a.organisation_id as "organisation!", a.allowed as "allowed!",
            p.title, coalesce(h.full_name, 'Erased account') as "name!", coalesce(h.email, '') as "email!", s.attempt, s.started_at,
            s.deadline_at, s.submitted_at, s.submitted_by, s.paused_at is not null as "paused!", v.remaining_ms as "remaining_ms!",
            s.allowed_seconds, s.extra_seconds, s.break_allowed_seconds, clock_timestamp() as "now!",
            s.started_at + make_interval(secs => s.allowed_seconds - s.percent_seconds) > s.closes_at as "cut_by_close!",
            (select count(*) from answers x where x.sitting_id = s.id and x.response is not null and not x.unreadable) as "answered!",
            (select count(*) from answers x where x.sitting_id = s.id and x.response is not null and x.unreadable) as "unreadable!",
            (select count(*) from paper_items x where x.paper_id = p.id and x.attempt = s.attempt) as "questions!",
            greatest(s.last_contact_at, (select max(x.saved_at) from answers x where x.sitting_id = s.id)) as "contact!",
            (select coalesce(sum(x.times), 0) from incidents x where x.sitting_id = s.id and x.kind = 'left') as "lefts!",
            (select count(*) from late_answers x where x.sitting_id = s.id
                -- What was answered again in time, after the sitting was opened again, counts.
                and not exists (select from answers y where y.sitting_id = s.id and y.item_id = x.item_id and y.sequence > x.sequence)) as "late!",
            results_released(p.id) as "results_out!",
            (select count(*) from incidents x where x.sitting_id = s.id) as "all_incidents!",
            coalesce((
                select jsonb_agg(jsonb_build_object('at', i.at, 'kind', i.kind, 'note', i.note, 'times', i.times,
                    'by', coalesce(n.full_name, '')) order by i.at, i.id)
                from (
                    -- What staff did, whatever the page reports.
                    (select * from incidents where sitting_id = $1 and kind not in ('left', 'returned') order by at desc, id desc limit $4)
                    union all
                    (select * from incidents where sitting_id = $1 and kind in ('left', 'returned') order by at desc, id desc limit $4)
                ) i left join people n on n.id = i.noted_by
            ), '[]') as "incidents!: Json<Vec<Incident>>"
        from sittings s
        cross join lateral paper_access(s.paper_id, $2, $3) a
        join papers p on p.id = s.paper_id
        join sitting_states v on v.id = s.id
        left join people h on h.id = s.learner_id
        where s.id = $1"#,
        sitting.0,
        actor.person().0,
        since(services),
        i64::try_from(MOST_INCIDENTS).map_err(Error::failed)?,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = PaperSetter::admitted(PaperId(row.paper_id), row.organisation, row.allowed)?;
    let desk = SittingSetter { setter, sitting };
    let incidents = row.incidents.0.into_iter().map(|row| {
        Ok(IncidentRow {
            at: moment(row.at),
            what: happened(&row.kind, row.times)?,
            note: row.note,
            by: row.by,
        })
    });
    let incidents = incidents.collect::<Result<_>>()?;
    let result = match row.submitted_at {
        Some(_) => Some(sitting_result(&mut db, desk.sitting).await?),
        None => None,
    };
    db.commit().await?;
    Ok(SittingDesk {
        paper: desk.setter.paper,
        form: FormToken(new_id()),
        paper_title: row.title,
        candidate: row.name,
        email: row.email,
        row: SittingRow {
            id: desk.sitting,
            attempt: number(row.attempt)?,
            time: time(row.allowed_seconds, row.extra_seconds, row.break_allowed_seconds)?,
            cut_by_close: row.cut_by_close,
            answered: number(row.answered)?,
            questions: number(row.questions)?,
            paused: row.paused,
            remaining_ms: row.submitted_at.is_none().then_some(row.remaining_ms),
            last_contact: moment(row.contact),
            out_of_contact: row.submitted_at.is_none()
                && (row.now - row.contact).as_seconds_f64() > OUT_OF_CONTACT_SECONDS,
            left: number(row.lefts)?,
        },
        started: moment(row.started_at),
        deadline: moment(row.deadline_at),
        submitted: row.submitted_at.map(moment),
        submitted_by: row
            .submitted_by
            .map(|by| known("submitted by", &by, SubmittedBy::parse))
            .transpose()?,
        all_incidents: number(row.all_incidents)?,
        incidents,
        results_out: row.results_out,
        late_answers: number(row.late)?,
        unreadable: number(row.unreadable)?,
        result,
    })
}

/// Something that happened in a sitting, as the statement above reads it.
#[derive(Debug, serde::Deserialize)]
struct Incident {
    at: DateTime<Utc>,
    kind: String,
    note: String,
    times: i32,
    by: String,
}

/// What happened, in words.
fn happened(kind: &str, times: i32) -> Result<String> {
    let what = match kind {
        "left" => "Left the window of the exam",
        "returned" => "Came back to the window",
        "time-added" => "Time added",
        "submitted" => "Submitted by whoever runs the exam",
        "reopened" => "Opened again",
        "note" => "Note",
        unknown => return Err(Error::failed(format!("incident {unknown:?} is not known"))),
    };
    Ok(if times > 1 { format!("{what}, {times} times within a minute") } else { what.to_owned() })
}

/// Holds one sitting of the paper, or all, as far as they are going on, until the transaction ends. Answers are kept meanwhile: they need
/// no more than that the sittings stay. In a statement of its own: one that goes on to change what it waited for asks for its locks a
/// second time, behind whoever came meanwhile, and may wait for somebody who waits for it.
pub(super) async fn hold_going_on(
    db: &mut PgConnection,
    paper: PaperId,
    sitting: Option<SittingId>,
) -> Result<Vec<uuid::Uuid>> {
    let held = sqlx::query_scalar!(
        "select id from sittings where paper_id = $1 and submitted_at is null and ($2::uuid is null or id = $2)
        order by id for no key update",
        paper.0,
        sitting.map(|sitting| sitting.0),
    );
    Ok(held.fetch_all(db).await?)
}

/// Adds minutes to one sitting, or to all that are going on. The candidates' screens are told at once. `form` as [`once`] has it: time
/// that was given cannot be taken back.
///
/// Says how many were given it; `None` where the form had been sent before.
///
/// # Errors
/// On `minutes` [`Problem::NumberOutOfRange`] outside 1 to 240, and where there is nobody who could be given time
/// [`Problem::SittingSubmitted`] or [`Problem::NobodySits`]; [`Error::NotFound`] for a sitting of another paper.
pub async fn add_time(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    sitting: Option<SittingId>,
    minutes: u16,
    form: Option<FormToken>,
) -> Result<Option<u32>> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    if !(1..=240).contains(&minutes) {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    if let Some(sitting) = sitting {
        let here = sqlx::query_scalar!(
            r#"select exists (select from sittings where id = $1 and paper_id = $2) as "here!""#,
            sitting.0,
            setter.paper.0,
        );
        if !here.fetch_one(&mut *db).await? {
            return Err(Error::NotFound);
        }
    }
    let whom = sitting.map_or("all".to_owned(), |sitting| sitting.to_string());
    let what = format!("add {minutes} {paper} {whom}");
    if once(services, &mut db, actor, form, &what, paper.0).await?.is_some() {
        return Ok(None);
    }
    let going_on = hold_going_on(&mut db, setter.paper, sitting).await?;
    let added = sqlx::query_scalar!(
        "update sittings set extra_seconds = extra_seconds + $2 where id = any($1) returning id",
        &going_on,
        i32::from(minutes) * 60,
    )
    .fetch_all(&mut *db)
    .await?;
    if added.is_empty() {
        // The form may be sent once more, and do what it says then.
        let nobody = if sitting.is_some() { Problem::SittingSubmitted } else { Problem::NobodySits };
        return Err(Error::invalid("minutes", nobody));
    }
    sqlx::query!(
        "insert into incidents (id, sitting_id, at, kind, note, noted_by)
        select id, sitting, clock_timestamp(), 'time-added', $3, $4 from unnest($1::uuid[], $2::uuid[]) as n (id, sitting)",
        &added.iter().map(|_| new_id()).collect::<Vec<_>>(),
        &added,
        count(minutes, "minute"),
        actor.person().0,
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor.person(), None, "assessment.time_added", setter.paper).await?;
    db.commit().await?;
    Ok(Some(count_of(added.iter())?))
}

async fn incident(
    db: &mut PgConnection,
    actor: &Actor,
    sitting: SittingId,
    kind: &str,
    text: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into incidents (id, sitting_id, at, kind, note, noted_by) values ($1, $2, clock_timestamp(), $3, $4, $5)",
        new_id(),
        sitting.0,
        kind,
        text,
        actor.person().0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Submits for a candidate, with what the server has.
pub async fn submit_for(services: &Services, actor: &Actor, sitting: SittingId) -> Result<()> {
    let mut db = services.begin().await?;
    let desk = desk_of(services, &mut db, actor, sitting).await?;
    // The candidate may have been quicker.
    if submit(&mut db, desk.sitting, SubmittedBy::Setter).await? {
        incident(&mut db, actor, desk.sitting, "submitted", "").await?;
        note(services, &mut db, actor.person(), None, "assessment.submitted_for", desk.setter.paper).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Opens a submitted sitting again with the time that was left when it was submitted, and `minutes` more.
///
/// # Errors
/// [`Problem::NumberOutOfRange`] on `minutes` when no time would be left, [`Problem::OtherSittingOpen`] while the candidate has
/// another attempt open.
pub async fn reopen(services: &Services, actor: &Actor, sitting: SittingId, minutes: u16) -> Result<()> {
    let mut db = services.begin().await?;
    let desk = desk_of(services, &mut db, actor, sitting).await?;
    if minutes > 240 {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    // What the others have been told, and their certificates, stand although somebody is sitting again.
    sqlx::query!(
        "update papers set released_at = now() where id = $1 and release = 'at-close' and released_at is null and results_released(id)",
        desk.setter.paper.0,
    )
    .execute(&mut *db)
    .await?;
    let remaining = sqlx::query_scalar!(
        r#"update sittings set extra_seconds = extra_seconds + $2
                + ceil(greatest(0, extract(epoch from clock_timestamp() - least(submitted_at, deadline_at))))::integer,
            submitted_at = null, submitted_by = null, mark = null, available = null, passed = null, receipt_hash = null,
            verification_code = null, last_contact_at = clock_timestamp()
        where id = $1 and submitted_at is not null
        returning (extract(epoch from deadline_at - clock_timestamp()))::bigint as "remaining!""#,
        desk.sitting.0,
        i32::from(minutes) * 60,
    )
    .fetch_optional(&mut *db)
    .await;
    let remaining = match remaining {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("sittings_one_open") => {
            return Err(Error::invalid("minutes", Problem::OtherSittingOpen));
        }
        other => other?.ok_or(Error::NotFound)?,
    };
    if remaining < 1 {
        return Err(Error::invalid("minutes", Problem::NumberOutOfRange));
    }
    sqlx::query!("delete from item_marks where sitting_id = $1", desk.sitting.0).execute(&mut *db).await?;
    // What a correction changed was the result that is now taken back.
    sqlx::query!("delete from mark_changes where sitting_id = $1", desk.sitting.0).execute(&mut *db).await?;
    incident(&mut db, actor, desk.sitting, "reopened", &format!("{} more", count(minutes, "minute"))).await?;
    note(services, &mut db, actor.person(), None, "assessment.reopened", desk.setter.paper).await?;
    db.commit().await?;
    Ok(())
}

/// # Errors
/// [`Problem::ReasonMissing`] on `note`.
pub async fn note_incident(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    text: &str,
    form: Option<FormToken>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let desk = desk_of(services, &mut db, actor, sitting).await?;
    let text = reason(text).map_err(|problem| Error::invalid("note", problem))?;
    let what = format!("note {sitting} {text}");
    if once(services, &mut db, actor, form, &what, sitting.0).await?.is_some() {
        return Ok(());
    }
    incident(&mut db, actor, desk.sitting, "note", &text).await?;
    db.commit().await?;
    Ok(())
}

pub(super) fn reason(text: &str) -> std::result::Result<String, Problem> {
    let text = domain::visible_lines(text);
    if (1..=500).contains(&text.chars().count()) { Ok(text) } else { Err(Problem::ReasonMissing) }
}

/// Releases the results of a published paper whose results wait for that. Whoever may still sit it learns the right answers of those
/// who have: that has to be `confirmed`.
///
/// # Errors
/// [`Error::NotFound`] of a draft; [`Problem::ConfirmationMissing`] on `confirmed` while the paper has not closed, or somebody sits it.
pub async fn release_results(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    confirmed: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.setter_of(services, &mut db, paper).await?;
    // Nobody starts between the question and the release.
    sqlx::query!("select id from papers where id = $1 for update", setter.paper.0)
        .fetch_one(&mut *db)
        .await?;
    let row = sqlx::query!(
        r#"select published_at is not null as "published!", release = 'by-hand' and not results_released(id) as "waits!",
            closes_at > now() or exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null) as "may_sit!"
        from papers p where id = $1"#,
        setter.paper.0,
    )
    .fetch_one(&mut *db)
    .await?;
    if !row.published {
        return Err(Error::NotFound);
    }
    if !row.waits {
        return Ok(());
    }
    if row.may_sit && !confirmed {
        return Err(Error::invalid("confirmed", Problem::ConfirmationMissing));
    }
    sqlx::query!("update papers set released_at = now() where id = $1", setter.paper.0)
        .execute(&mut *db)
        .await?;
    note(services, &mut db, actor.person(), None, "assessment.results_released", setter.paper).await?;
    db.commit().await?;
    Ok(())
}
