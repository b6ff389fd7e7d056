//! All candidates of a paper while it is sat.

use domain::assessment::{
    PaperId,
    delivery::SittingId,
    invigilation::{CandidateRow, Invigilation, SittingRow, SittingTime},
};

use sqlx::types::Json;

use crate::{
    Error, Result, Services,
    access::{PaperAccess, since},
    accounts::Actor,
    assessment::{adjustments::adjustment, clock_time, count_of, number},
    moment,
};

/// No sign of life for this long: the candidate's page asks every ten seconds.
pub(super) const OUT_OF_CONTACT_SECONDS: f64 = 35.0;

/// The time of a sitting as recorded on it. Time given to the person since is not part of it.
pub(super) fn time(allowed_seconds: i32, extra_seconds: i32, break_seconds: i32) -> Result<SittingTime> {
    Ok(SittingTime {
        allowed_seconds: number(allowed_seconds)?,
        extra_seconds: number(extra_seconds)?,
        break_seconds: number(break_seconds)?,
    })
}

/// All people who may sit the paper, and their progress. A paper's candidates are limited (some hundreds), so they come
/// on one page. A person unknown to the organisation is an address here, and looks the same without an account.
pub async fn invigilation(services: &Services, actor: &Actor, paper: PaperId) -> Result<Invigilation> {
    let rows = sqlx::query!(
        r#"with access as materialized (
            select organisation_id, allowed, proof from paper_access($1, $2, $3)
        ), named as materialized (
            select l.email, coalesce(l.person_id, h.id) as person
            from paper_learners l
            left join lateral (select x.id from people_named x where x.email = l.email offset 0) h on l.person_id is null where l.paper_id = $1
        ), known as materialized (
            select e.learner_id as person from paper_cohorts c join cohort_students e on e.cohort_id = c.cohort_id where c.paper_id = $1
            union
            select learner_id from sittings where paper_id = $1 and learner_id is not null
            union
            select person from known_to_organisation((select organisation_id from access),
                array(select person from named where person is not null))
        ), asked as materialized (
            select attempt, count(*) as questions from paper_items where paper_id = $1 group by attempt
        ), invited as (
            -- Each by the key: the planner cannot know how many the function finds, and a join could read the whole
            -- table of people.
            select h.id as person, h.full_name as name, h.email
            from known k cross join lateral (select p.* from people_named p where p.id = k.person offset 0) h
            union all
            -- Any other person is the typed address, whether it has an account or not.
            select n.person, n.email, n.email from named n where not exists (select from known k where k.person = n.person)
        )
        select o.proof as "proof!: Json<PaperAccess>", i.name as "name?", i.email as "email?",
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
        -- A paper without candidates has one row all the same.
        left join invited i on o.allowed
        -- Each by the key: the planner cannot know how many sit a paper, and a join could look for every candidate
        -- among all its sittings.
        left join lateral (select x.* from sittings x where x.paper_id = $1 and x.learner_id = i.person offset 0) s on true
        left join lateral (
            select x.* from exam_adjustments x where x.person_id = i.person and x.organisation_id = o.organisation_id offset 0
        ) a on true
        left join lateral (
            select x.* from exam_adjustments x
            where x.person_id is null and x.email = i.email and x.organisation_id = o.organisation_id offset 0
        ) w on true
        left join asked q on q.attempt = s.attempt
        -- For these sittings only: a join could compute the state of every sitting.
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
    first.proof.0.admit()?;
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
