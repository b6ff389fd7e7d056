-- What only versions before this one read, and nothing has been released: it goes.

-- Views over the old one are made anew over the new one, column by column the same, so that nothing else has to go for it.
alter view member_details rename to member_details_before;
create view member_details as
select m.organisation_id, m.person_id, m.student_number, m.team, m.area, m.joined_at, u.file_name, u.created_at as uploaded_at
from memberships m left join uploads u on u.id = m.upload_id;
comment on view member_details is 'organisations, for the other areas: what an organisation keeps of its people, and the upload that brought them. Who may see it is for the statement that reads it to ask.';

create or replace view assigned_learners as
select a.id as assignment_id, m.organisation_id, m.person_id, a.course_id, a.cohort_id
from courses_assigned a join member_details m on m.organisation_id = a.organisation_id
where case
    when a.cohort_id is not null then exists (select from enrolments e where e.learner_id = m.person_id and e.cohort_id = a.cohort_id)
    else a.team is null or lower(a.team) = lower(m.team)
end;

create or replace view course_learners as
select m.organisation_id, m.person_id, e.course_id, e.id as enrolment_id, coalesce(e.cohort_id, g.cohort_id) as cohort_id, m.team, m.area
from member_details m
join enrolments e on e.learner_id = m.person_id and e.organisation_id = m.organisation_id
left join lateral (
    select true as given, a.cohort_id from assigned_learners a
    where e.cohort_id is null and a.organisation_id = m.organisation_id and a.person_id = m.person_id and a.course_id = e.course_id
    order by a.cohort_id limit 1
) g on true
where e.cohort_id is not null or g.given;

drop view member_details_before;

-- roles_of says it.
drop function follows_cohorts(uuid);

-- found_by(text, text, text) works out once what is searched for.
drop function found_by(text, text);

-- With it goes second_factors_unconfirmed_shows_codes. What is shown is in second_factor_shown, so a row here is always confirmed.
alter table second_factors drop column shown_codes;
delete from second_factors where confirmed_at is null;
alter table second_factors alter column confirmed_at set not null;
comment on table second_factors is 'The second factor of a person, once a code has confirmed it. What is being set up is in second_factor_shown.';
