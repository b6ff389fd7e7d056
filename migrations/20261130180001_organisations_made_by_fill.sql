-- The places from before. Apart from the column, whose lock would hold up learners meanwhile.
update enrolments e set organisation_id = k.organisation_id
from cohorts_named k
where k.id = e.cohort_id and e.organisation_id is null;

-- Made by an assignment: by the one that reached the person first. Who has left is of an organisation that gave the course all the same.
update enrolments e set organisation_id = (
    select a.organisation_id
    from course_assignments a
    left join memberships m on m.organisation_id = a.organisation_id and m.person_id = e.learner_id
    where a.course_id = e.course_id
    order by m.person_id is null, greatest(a.assigned_at, m.joined_at), a.id
    limit 1
)
where e.assigned and e.cohort_id is null and e.organisation_id is null;
