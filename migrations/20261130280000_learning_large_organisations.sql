-- The same answers as before, read in another way: at a hundred times the people of the demo these were slow.

-- Of rows that change in one statement nothing is known when it is planned, and a connection keeps the plan that it made for the first, which
-- was often one row. A join of the rows before and after then compares each with each: of 8,000 students, 64 million pairs. What `except` leaves
-- is found by a hash or by sorting, whatever their number.
create or replace function enrolments_moved() returns trigger language plpgsql as $$
begin
    perform enrol_assigned(array(
        select distinct j.learner_id
        from (
            select n.id, n.learner_id, n.cohort_id from joined n
            except
            select w.id, w.learner_id, w.cohort_id from was w
        ) j
        where exists (select from courses_assigned a where a.cohort_id = j.cohort_id)));
    return null;
end $$;

create or replace function progress_news() returns trigger language plpgsql as $$
begin
    perform live_tell('organisation', f.organisation_id)
    from (
        select distinct p.organisation_id
        from (
            select n.id, n.modules_completed, n.last_seen_at is null from joined n
            except
            select w.id, w.modules_completed, w.last_seen_at is null from was w
        ) j
        -- Each by the key: a join could read the progress of everybody.
        cross join lateral (select x.organisation_id from progress_followed x where x.enrolment_id = j.id offset 0) p
    ) f;
    return null;
end $$;

create index organisations_funders on organisations (id) where kind = 'funder';

create or replace view progress_shared as
select m.organisation_id, m.person_id, m.student_number, m.team, m.area
from memberships m
-- A funder gets figures, and nobody's progress. Not a join: a membership has one organisation, and a join is planned as if most had none.
where m.organisation_id not in (select o.id from organisations o where o.kind = 'funder')
    and not exists (select from people_withdrawn w where w.person_id = m.person_id);

-- The first half is course_learners of progress_shared, with the place read once.
create or replace view progress_followed as
select s.organisation_id, s.person_id, e.course_id, e.id as enrolment_id, coalesce(e.cohort_id, g.cohort_id) as cohort_id,
    s.student_number, s.team, s.area, e.modules_completed, e.last_seen_at, e.last_completed_at, false as alone
from progress_shared s
join enrolments e on e.learner_id = s.person_id and e.organisation_id = s.organisation_id
left join lateral (
    select true as given, a.cohort_id from assigned_learners a
    where e.cohort_id is null and a.organisation_id = s.organisation_id and a.person_id = s.person_id and a.course_id = e.course_id
    order by a.cohort_id limit 1
) g on true
where e.cohort_id is not null or g.given
union all
select s.organisation_id, e.learner_id, e.course_id, e.id, null::uuid, null::text, null::text, null::text,
    e.modules_completed, e.last_seen_at, e.last_completed_at, true
from sponsorships_shown s
join organisations_named o on o.id = s.organisation_id and o.kind <> 'funder'
join enrolments e on e.learner_id = s.person_id and e.organisation_id is null
where exists (select from progress_seen(s.organisation_id, s.person_id));
