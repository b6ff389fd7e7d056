-- Which courses an organisation gives to whom: to everyone, to a team, or to a cohort beside the cohort's own course.
--
-- An enrolment is the place in which progress is kept, and it stays. Whether the course opens is decided at each request, by the
-- assignments as they are then.

create table course_assignments (
    id uuid primary key,
    organisation_id uuid not null,
    course_id uuid not null,
    team text,
    cohort_id uuid,
    assigned_at timestamptz not null,
    assigned_by uuid,
    taken_back_at timestamptz,
    taken_back_by uuid,
    constraint course_assignments_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint course_assignments_course_id_fkey foreign key (course_id) references courses,
    constraint course_assignments_cohort_id_fkey foreign key (cohort_id) references cohorts on delete cascade,
    constraint course_assignments_assigned_by_fkey foreign key (assigned_by) references people on delete set null,
    constraint course_assignments_taken_back_by_fkey foreign key (taken_back_by) references people on delete set null,
    constraint course_assignments_one_audience check (team is null or cohort_id is null),
    constraint course_assignments_team_named check (length(trim(team)) between 1 and 200),
    constraint course_assignments_taken_back_when check (taken_back_at is not null or taken_back_by is null)
);
create unique index course_assignments_once on course_assignments (organisation_id, course_id, lower(team), cohort_id) nulls not distinct
    where taken_back_at is null;
create index course_assignments_organisation on course_assignments (organisation_id, assigned_at);
create index course_assignments_course on course_assignments (course_id);
create index course_assignments_cohort on course_assignments (cohort_id);
create index course_assignments_assigned_by on course_assignments (assigned_by);
create index course_assignments_taken_back_by on course_assignments (taken_back_by);
comment on table course_assignments is 'A course that an organisation gives to everyone, to the people of a team, or to the students of a cohort. A cohort''s own course needs no row.';
comment on column course_assignments.team is 'As an administrator wrote it; capitals do not matter. Without team and cohort it is for everyone of the organisation.';
comment on column course_assignments.assigned_by is 'Null for the demo, and when the account is gone.';
comment on column course_assignments.taken_back_at is 'Since then it gives nothing to anybody.';

create view courses_assigned as
select a.id, a.organisation_id, a.course_id, a.team, a.cohort_id from course_assignments a where a.taken_back_at is null;
comment on view courses_assigned is 'organisations, for the other areas: which courses an organisation gives to everyone, to a team or to a cohort at present.';

create view courses_named as select c.id, c.slug, c.title from courses c;
comment on view courses_named is 'learning, for the other areas: the names of courses.';

alter table enrolments add column assigned boolean not null default false;
comment on column enrolments.assigned is 'Made by an assignment: it opens the course as long as an assignment or a cohort does. Without this, and without a cohort, the course is always open.';

create view assigned_learners as
select a.id as assignment_id, m.organisation_id, m.person_id, a.course_id, a.cohort_id
from courses_assigned a join member_details m on m.organisation_id = a.organisation_id
where case
    when a.cohort_id is not null then exists (select from enrolments e where e.learner_id = m.person_id and e.cohort_id = a.cohort_id)
    else a.team is null or lower(a.team) = lower(m.team)
end;
comment on view assigned_learners is 'learning, for the other areas: whom each assignment of a course reaches at present. The only place that decides it.';

create view course_learners as
select m.organisation_id, m.person_id, e.course_id, e.id as enrolment_id, coalesce(k.id, g.cohort_id) as cohort_id, m.team, m.area
from member_details m
join enrolments e on e.learner_id = m.person_id
left join cohorts_named k on k.id = e.cohort_id and k.organisation_id = m.organisation_id
left join lateral (
    select true as given, a.cohort_id from assigned_learners a
    where k.id is null and a.organisation_id = m.organisation_id and a.person_id = m.person_id and a.course_id = e.course_id
    order by a.cohort_id limit 1
) g on true
where k.id is not null or g.given;
comment on view course_learners is 'learning, for the other areas: the people and courses of an organisation, each pair once, with the cohort through which it is, if any. Who may see them is for the statement that reads them to ask.';

create function course_ways(learner uuid, course uuid, cohort uuid, by_assignment boolean) returns table (cohort_id uuid) language sql stable rows 1 as $$
    select null::uuid where cohort is null and not by_assignment
    union all
    select k.id from cohorts_named k
    where k.id = cohort and exists (select from organisation_members m where m.organisation_id = k.organisation_id and m.person_id = learner)
    union all
    select a.cohort_id from assigned_learners a where a.person_id = learner and a.course_id = course
$$;
comment on function course_ways is 'The ways by which a learner''s enrolment leads to its course, each with the cohort whose days hold, if any. None when what led there has ended.';

create function course_open(learner uuid, course uuid, cohort uuid, by_assignment boolean, moment timestamptz)
returns table (cohort_id uuid) language sql stable rows 1 as $$
    select w.cohort_id from course_ways(learner, course, cohort, by_assignment) w where cohort_open(w.cohort_id, moment)
$$;
comment on function course_open is 'A row when a learner''s enrolment, given by its columns, opens its course at this moment. A table, because its text becomes part of the statement that asks, and of its plan: one that returns a boolean is planned at each call.';

-- Everybody whom an assignment reaches has an enrolment, whichever comes first and by whatever way they come.
create function enrol_assigned(people uuid[]) returns void language plpgsql as $$
begin
    -- An insert of nothing would call the trigger of enrolments again, for ever.
    if cardinality(people) = 0 then
        return;
    end if;
    insert into enrolments (id, learner_id, course_id, enrolled_at, assigned)
    select gen_random_uuid(), x.person_id, x.course_id, clock_timestamp(), true
    from (select distinct a.person_id, a.course_id from assigned_learners a where a.person_id = any(people)) x
    -- In one order, as everywhere: two at once do not wait for each other.
    order by x.person_id, x.course_id
    on conflict (learner_id, course_id) do nothing;
end $$;
comment on function enrol_assigned is 'learning, for the other areas: gives these people a place in each course that is assigned to them.';

create function course_assignments_reach() returns trigger language plpgsql as $$
begin
    perform enrol_assigned(array(select a.person_id from assigned_learners a where a.assignment_id = new.id));
    return null;
end $$;
comment on function course_assignments_reach is 'Enrols the people whom a new assignment reaches.';
create trigger course_assignments_reach after insert on course_assignments for each row execute function course_assignments_reach();

create function memberships_reach() returns trigger language plpgsql as $$
begin
    perform enrol_assigned(array(
        select j.person_id from joined j where exists (select from courses_assigned a where a.organisation_id = j.organisation_id)));
    return null;
end $$;
comment on function memberships_reach is 'Enrols people who join an organisation, or change their team, in what is assigned to them.';
create trigger memberships_reach_new after insert on memberships referencing new table as joined
    for each statement execute function memberships_reach();
create trigger memberships_reach_changed after update on memberships referencing new table as joined
    for each statement execute function memberships_reach();

create function enrolments_reach() returns trigger language plpgsql as $$
begin
    if tg_level = 'ROW' then
        perform enrol_assigned(array[new.learner_id]);
    else
        perform enrol_assigned(array(
            select distinct j.learner_id from joined j where exists (select from courses_assigned a where a.cohort_id = j.cohort_id)));
    end if;
    return null;
end $$;
comment on function enrolments_reach is 'Enrols the new students of a cohort in the other courses that are assigned to it.';
create trigger enrolments_reach_new after insert on enrolments referencing new table as joined
    for each statement execute function enrolments_reach();
create trigger enrolments_reach_changed after update of cohort_id on enrolments
    for each row when (new.cohort_id is not null and new.cohort_id is distinct from old.cohort_id) execute function enrolments_reach();

-- As it was, but for the last statement.
create or replace function learning_count(the_enrolment uuid, the_module uuid, at timestamptz) returns void
language plpgsql as $$
declare
    the_learner uuid;
    the_cohort uuid;
    the_course uuid;
    opened integer;
    opened_ever boolean;
    best integer;
    has_passed boolean;
begin
    -- One learner's counters are worked out one at a time; every statement below then sees what the other one wrote.
    -- Not `for update`: that would wait for the key locks which two first openings at once hold on this row, for ever.
    select learner_id, cohort_id, course_id into the_learner, the_cohort, the_course
    from enrolments where id = the_enrolment for no key update;

    select count(*) filter (where not p.retired), count(*) > 0 into opened, opened_ever
    from page_openings o join pages p on p.id = o.page_id
    where o.enrolment_id = the_enrolment and p.module_id = the_module;

    select max(right_answers * 100 / questions), coalesce(bool_or(passed), false) into best, has_passed
    from check_attempts where enrolment_id = the_enrolment and module_id = the_module;

    if has_passed and opened > 0 and opened = (select page_count from modules where id = the_module) then
        insert into module_completions (enrolment_id, module_id, completed_at)
        values (the_enrolment, the_module, at) on conflict do nothing;
    end if;

    insert into module_progress (enrolment_id, module_id, pages_opened, best_percent, passed, entered, completed)
    values (the_enrolment, the_module, opened, best, has_passed, opened_ever,
        exists (select from module_completions c where c.enrolment_id = the_enrolment and c.module_id = the_module))
    on conflict (enrolment_id, module_id) do update set
        pages_opened = excluded.pages_opened, best_percent = excluded.best_percent, passed = excluded.passed,
        entered = excluded.entered, completed = excluded.completed;

    update enrolments set
        modules_entered = counted.entered,
        modules_completed = counted.completed
    from (
        select count(*) filter (where mp.entered) as entered, count(*) filter (where mp.completed) as completed
        from module_progress mp join modules m on m.id = mp.module_id
        where mp.enrolment_id = the_enrolment and not m.retired
    ) counted
    where id = the_enrolment;

    perform live_tell('learner', the_learner);
    if the_cohort is not null then
        perform live_tell('cohort', the_cohort);
    end if;
    -- Who follows a cohort sees the other courses that are given to it too.
    perform live_tell('cohort', a.cohort_id)
    from courses_assigned a join enrolments e on e.cohort_id = a.cohort_id
    where a.course_id = the_course and e.learner_id = the_learner and a.cohort_id is distinct from the_cohort;
end
$$;
