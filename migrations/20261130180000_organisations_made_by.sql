-- Which organisation a place on a course was made for. The fill and what reads it come after.

alter table enrolments add column organisation_id uuid;
alter table enrolments add constraint enrolments_organisation_id_fkey foreign key (organisation_id) references organisations;
create index enrolments_organisation on enrolments (organisation_id, learner_id);
comment on column enrolments.organisation_id is 'The organisation that gives the course: that of the cohort, or the one whose assignment made this row. No other organisation sees what is done here, also if it gives the same course. Null for who follows the course alone.';

create function enrolment_of_cohort() returns trigger language plpgsql as $$
begin
    new.organisation_id := (select k.organisation_id from cohorts_named k where k.id = new.cohort_id);
    return new;
end $$;
comment on function enrolment_of_cohort is 'A place in a cohort is one of the cohort''s organisation.';
create trigger enrolments_of_cohort before insert or update of cohort_id on enrolments for each row
    when (new.cohort_id is not null) execute function enrolment_of_cohort();

create function place_free_for(cohorts_organisation uuid, made_for uuid, in_cohort uuid, last_seen_at timestamptz)
returns boolean language sql immutable parallel safe as $$
    select coalesce(made_for = cohorts_organisation, false) or made_for is not null and in_cohort is null and last_seen_at is null
$$;
comment on function place_free_for is 'learning, for the other areas: whether a cohort of this organisation may have somebody''s place on its course. It may if the place was made for the organisation, or was assigned by another one and is unused. Otherwise it would see what was done there before.';

create or replace function enrol_assigned(people uuid[]) returns void language plpgsql as $$
begin
    -- An insert of nothing would call the trigger of enrolments again, for ever.
    if cardinality(people) = 0 then
        return;
    end if;
    insert into enrolments (id, learner_id, course_id, organisation_id, enrolled_at, assigned)
    select gen_random_uuid(), x.person_id, x.course_id, x.organisation_id, clock_timestamp(), true
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
