-- The report of an organisation also has the learners for whom it pays, in the courses that they follow by themselves. progress_seen decides.

create or replace view progress_followed as
select l.organisation_id, l.person_id, l.course_id, l.enrolment_id, l.cohort_id, s.student_number, s.team, s.area,
    e.modules_completed, e.last_seen_at, e.last_completed_at
from course_learners l
join progress_shared s on s.organisation_id = l.organisation_id and s.person_id = l.person_id
join enrolments e on e.id = l.enrolment_id
union all
select s.organisation_id, e.learner_id, e.course_id, e.id, null::uuid, null::text, null::text, null::text,
    e.modules_completed, e.last_seen_at, e.last_completed_at
from sponsorships_shown s
join organisations_named o on o.id = s.organisation_id and o.kind <> 'funder'
-- Neither in a cohort nor given by somebody else.
join enrolments e on e.learner_id = s.person_id and e.cohort_id is null and not e.assigned
where exists (select from progress_seen(s.organisation_id, s.person_id, null))
    -- A course that the organisation gives to everyone is above already.
    and not exists (
        select from course_learners l join progress_shared m on m.organisation_id = l.organisation_id and m.person_id = l.person_id
        where l.enrolment_id = e.id and l.organisation_id = s.organisation_id
    );
comment on view progress_followed is 'learning, for the other areas: how far people are in the courses of which an organisation sees it: those that it gives its own people (progress_shared), and those that learners for whom it pays follow by themselves (progress_seen). Who may ask is for the statement that reads it to ask.';

-- What an employer gives is none of the courses that somebody follows by themselves.
create or replace view course_progress as
select e.learner_id as person_id, e.cohort_id, c.title as course, e.modules_completed, e.last_seen_at,
    (select count(*) from modules m where m.course_id = c.id and not m.retired) as modules
from enrolments e join courses c on c.id = e.course_id
where e.cohort_id is not null or not e.assigned;
comment on view course_progress is 'learning, for the other areas: how far people are in the courses of a cohort, and in those that they follow by themselves. Whose progress may be seen is for the statement that reads it to ask: progress_seen.';

create function sponsorship_news() returns trigger language plpgsql as $$
begin
    perform live_tell('organisation', new.organisation_id);
    return null;
end $$;
comment on function sponsorship_news is 'Tells an organisation that it sees the progress of a learner for whom it pays from now on, or no longer.';
create trigger sponsorships_news after update of confirmed_at on sponsorships for each row
    when (new.confirmed_at is distinct from old.confirmed_at) execute function sponsorship_news();
