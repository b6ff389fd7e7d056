-- Many enrolments that change in one statement are looked at in one; and who is enrolled is there until the end of the transaction.

create or replace function enrol_assigned(people uuid[]) returns void language plpgsql as $$
begin
    -- An insert of nothing would call the trigger of enrolments again, for ever.
    if cardinality(people) = 0 then
        return;
    end if;
    -- An account that is being removed at this moment is waited for, and then gets no place. In one order, as everywhere.
    perform from people_named p where p.id = any(people) order by p.id for key share;
    insert into enrolments (id, learner_id, course_id, organisation_id, enrolled_at)
    select gen_random_uuid(), x.person_id, x.course_id, x.organisation_id, clock_timestamp()
    from (
        -- Of two organisations that give the same course, the place is made for the one that assigned it first.
        select distinct on (a.person_id, a.course_id) a.person_id, a.course_id, a.organisation_id
        from assigned_learners a where a.person_id = any(people)
        order by a.person_id, a.course_id, a.assignment_id
    ) x
    -- In one order, as everywhere: two at once do not wait for each other.
    order by x.person_id, x.course_id
    on conflict (learner_id, course_id) do nothing;
end $$;

create or replace function enrolments_reach() returns trigger language plpgsql as $$
begin
    perform enrol_assigned(array(
        select distinct j.learner_id from joined j where exists (select from courses_assigned a where a.cohort_id = j.cohort_id)));
    return null;
end $$;

create function enrolments_moved() returns trigger language plpgsql as $$
begin
    perform enrol_assigned(array(
        select distinct j.learner_id
        from joined j
        join was w on w.id = j.id
        where j.cohort_id is distinct from w.cohort_id
            and exists (select from courses_assigned a where a.cohort_id = j.cohort_id)));
    return null;
end $$;
comment on function enrolments_moved is 'Enrols students who come to another cohort in the other courses that are assigned to it.';

drop trigger enrolments_reach_changed on enrolments;
create trigger enrolments_reach_changed after update on enrolments referencing old table as was new table as joined
    for each statement execute function enrolments_moved();

drop trigger enrolments_news on enrolments;
create or replace function progress_news() returns trigger language plpgsql as $$
begin
    perform live_tell('organisation', f.organisation_id)
    from (
        select distinct p.organisation_id
        from joined j
        join was w on w.id = j.id
        -- Each by the key: a join could read the progress of everybody.
        cross join lateral (select x.organisation_id from progress_followed x where x.enrolment_id = j.id offset 0) p
        where j.modules_completed <> w.modules_completed
            or (j.last_seen_at is null) <> (w.last_seen_at is null)
    ) f;
    return null;
end $$;
create trigger enrolments_news after update on enrolments referencing old table as was new table as joined
    for each statement execute function progress_news();

-- Answers that wait to be counted, and comments in the order of their list.
create index course_feedback_waiting on course_feedback (organisation_id, version) where counted_at is null;
create index course_feedback_written on course_feedback (given_at, enrolment_id) where comment is not null;
