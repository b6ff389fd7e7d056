-- Somebody who belongs to the organisation is paid for in what they follow alone, too: then with the number, team and area that it keeps of
-- them.
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
select s.organisation_id, e.learner_id, e.course_id, e.id, null::uuid, m.student_number, m.team, m.area,
    e.modules_completed, e.last_seen_at, e.last_completed_at, true
from sponsorships_shown s
join organisations_named o on o.id = s.organisation_id and o.kind <> 'funder'
join enrolments e on e.learner_id = s.person_id and e.organisation_id is null
left join progress_shared m on m.organisation_id = s.organisation_id and m.person_id = s.person_id
where exists (select from progress_seen(s.organisation_id, s.person_id));
