//! The candidates of a paper while it is sat: how many of them do what, and one page of them.

use chrono::{DateTime, Utc};
use domain::{
    assessment::{
        PaperId,
        delivery::SittingId,
        invigilation::{CandidateRow, Invigilation, InvigilationQuery, SittingRow, SittingTime},
    },
    kit::list::Choice,
};
use sqlx::types::Json;

use crate::{
    Error, Result, Services,
    access::{PaperAccess, since},
    accounts::Actor,
    assessment::{adjustments::adjustment, clock_time, number},
    kit::list::Asked,
    moment,
};

/// No sign of life for this long: the candidate's page asks every ten seconds, and a short break of the network is nothing
/// to see to.
pub(super) const OUT_OF_CONTACT_SECONDS: f64 = 120.0;

/// Whether nothing was heard of a sitting for that long, and for how many whole minutes.
pub(super) fn silence(now: DateTime<Utc>, contact: DateTime<Utc>) -> Result<(bool, u32)> {
    let silent = now - contact;
    Ok((silent.as_seconds_f64() > OUT_OF_CONTACT_SECONDS, number(silent.num_minutes().max(0))?))
}

/// The time of a sitting as recorded on it. Time given to the person since is not part of it.
pub(super) fn time(allowed_seconds: i32, extra_seconds: i32, break_seconds: i32) -> Result<SittingTime> {
    Ok(SittingTime {
        allowed_seconds: number(allowed_seconds)?,
        extra_seconds: number(extra_seconds)?,
        break_seconds: number(break_seconds)?,
    })
}

/// `/assessments/papers/{paper}`: one page of the people who may sit the paper, with their progress, and the numbers of
/// all of them. A person unknown to the organisation is an address here, and looks the same without an account; the
/// search covers only what the page shows. In the order of the time left those who rest move, as the times do that the
/// page shows; at every moment all are in that order.
///
/// The statement reads the name and the sitting of every candidate, to count, search and sort them. Answers, incidents,
/// times and states are read for the rows of this page alone.
pub async fn invigilation(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &InvigilationQuery,
) -> Result<Invigilation> {
    // The page is fetched every few seconds, so it is never the whole list, which is for printing.
    let query = InvigilationQuery { whole: false, ..query.clone() };
    let asked = Asked::of(&query);
    let mut rows = sqlx::query!(
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
        ), listed as materialized (
            select i.person, i.name, i.email, s.id as sitting,
                -- An address has no id: its digest parts equal keys.
                coalesce(s.id, md5(i.email)::uuid) as id,
                s.submitted_at is null as going_on, s.paused_at is not null as paused, s.last_contact_at,
                -- In a break the time stands still: when it would be over if the break ended now.
                s.deadline_at - greatest(interval '0',
                    make_interval(secs => s.break_allowed_seconds - s.break_before_seconds) - (now() - s.paused_at)) as over_at
            from access o
            cross join invited i
            -- Each by the key: the planner cannot know how many sit a paper, and a join could look for every candidate
            -- among all its sittings.
            left join lateral (select x.* from sittings x where x.paper_id = $1 and x.learner_id = i.person offset 0) s on true
            where o.allowed
        ), found as materialized (
            select l.*, case $4
                    when 'time-left' then case
                        -- Those who are not sitting come last, in either direction.
                        when l.sitting is not null and l.going_on
                            then (case when $8 then '1' else '0' end) || to_char(l.over_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
                        else (case when $8 then '0' else '1' end) || lower(l.name)
                    end
                    else lower(l.name)
                end collate "und-x-icu" as key
            from listed l
            where (found_by(l.name, $5, (select searchable($5))) or found_by(l.email, $5, (select searchable($5))))
                and case $10
                    when 'not-started' then l.sitting is null
                    when 'sitting' then l.sitting is not null and l.going_on
                    when 'resting' then l.sitting is not null and l.going_on and l.paused
                    -- The answers of one sitting at a time, and only if the page has not asked lately.
                    when 'out-of-contact' then l.sitting is not null and l.going_on
                        and l.last_contact_at < clock_timestamp() - make_interval(secs => $11)
                        and not exists (select from answers y where y.sitting_id = l.sitting
                            and y.saved_at >= clock_timestamp() - make_interval(secs => $11) offset 0)
                    when 'submitted' then l.sitting is not null and not l.going_on
                    when 'incidents' then exists (select from incidents y where y.sitting_id = l.sitting offset 0)
                    else true
                end
        ), shown as (
            select * from found
            where $6::text is null
                or case when $8 then (key, id) < ($6 collate "und-x-icu", $7) else (key, id) > ($6 collate "und-x-icu", $7) end
            order by case when $8 then key end desc, case when not $8 then key end, case when $8 then id end desc, id
            limit $9
        ), counted as materialized (
            select count(*) as in_all, count(*) filter (where l.sitting is null) as not_started,
                count(*) filter (where l.sitting is not null and l.going_on) as going_on,
                count(*) filter (where l.sitting is not null and not l.going_on) as submitted,
                (select count(*) from found) as found
            from listed l
        )
        select o.proof as "proof!: Json<PaperAccess>", c.in_all as "in_all!", c.not_started as "not_started!", c.going_on as "going_on!",
            c.submitted as "submitted!", c.found as "found!", i.id as "id?", i.key as "key?", i.name as "name?", i.email as "email?",
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
        cross join counted c
        -- A page without candidates has one row all the same.
        left join shown i on true
        left join lateral (select x.* from sittings x where x.id = i.sitting offset 0) s on true
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
        order by case when $8 then i.key end desc, case when not $8 then i.key end, case when $8 then i.id end desc, i.id"#,
        paper.0,
        actor.person().0,
        since(services),
        query.sort.as_str(),
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
        query.filters.as_str(),
        OUT_OF_CONTACT_SECONDS,
    )
    .fetch_all(&services.db)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    first.proof.0.admit()?;
    let (at, counts) = (first.now, (first.found, first.in_all));
    let (not_started, sitting, submitted) =
        (number(first.not_started)?, number(first.going_on)?, number(first.submitted)?);
    // When no candidate is found, the only row has none.
    rows.retain(|row| row.id.is_some());
    let candidates = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let missing = || Error::failed("a candidate without a name or the times of the sitting");
            let sitting = match row.sitting {
                None => None,
                Some(id) => {
                    let contact: DateTime<Utc> = row.contact.ok_or_else(missing)?;
                    let (silent, minutes_of_silence) = silence(row.now, contact)?;
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
                        minutes_of_silence,
                        left: number(row.lefts.unwrap_or(0))?,
                    })
                }
            };
            Ok(CandidateRow {
                name: row.name.ok_or_else(missing)?,
                email: row.email.ok_or_else(missing)?,
                adjustment: adjustment(row.extra_percent, row.extra_minutes, row.break_minutes)?,
                sitting,
            })
        },
    )?;
    Ok(Invigilation { not_started, sitting, submitted, candidates, at: clock_time(at) })
}
