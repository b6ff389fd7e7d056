-- An organisation can give one course to each of its teams: of somebody, only the assignments of their own team and cohorts are read.

create or replace view organisation_members as select m.organisation_id, m.person_id, m.team, m.area from memberships m;
comment on view organisation_members is 'organisations, for the other areas: who belongs to which organisation, and there to which team and area.';

-- An assignment has a team, or a cohort, or neither. The index course_assignments_once has teams in lower case, so each condition says it so.
create or replace view assigned_learners as
select a.id as assignment_id, m.organisation_id, m.person_id, a.course_id, a.cohort_id
from courses_assigned a join organisation_members m on m.organisation_id = a.organisation_id
where lower(a.team) is null and a.cohort_id is null
union all
select a.id, m.organisation_id, m.person_id, a.course_id, a.cohort_id
from courses_assigned a join organisation_members m on m.organisation_id = a.organisation_id and lower(a.team) = lower(m.team)
where a.cohort_id is null
union all
select a.id, m.organisation_id, m.person_id, a.course_id, a.cohort_id
from courses_assigned a join organisation_members m on m.organisation_id = a.organisation_id
where lower(a.team) is null and a.cohort_id is not null
    and exists (select from enrolments e where e.learner_id = m.person_id and e.cohort_id = a.cohort_id);

create or replace view course_learners as
select m.organisation_id, m.person_id, e.course_id, e.id as enrolment_id, coalesce(e.cohort_id, g.cohort_id) as cohort_id, m.team, m.area
from organisation_members m
join enrolments e on e.learner_id = m.person_id and e.organisation_id = m.organisation_id
left join lateral (
    select true as given, a.cohort_id from assigned_learners a
    where e.cohort_id is null and a.organisation_id = m.organisation_id and a.person_id = m.person_id and a.course_id = e.course_id
    order by a.cohort_id limit 1
) g on true
where e.cohort_id is not null or g.given;
