-- Whose progress is seen by whom. An organisation sees its own people, in the places on courses that were made for it; and learners for whom
-- it pays, in those that were made for no organisation. Nobody else sees anything, and a funder sees nobody.

create view people_withdrawn as select p.id as person_id from people p where p.withdrawn_at is not null;
comment on view people_withdrawn is 'accounts, for the other areas: whose account is closed because they have withdrawn their consent.';

create or replace view progress_shared as
select m.organisation_id, m.person_id, m.student_number, m.team, m.area
from memberships m join organisations o on o.id = m.organisation_id
-- A funder gets figures, and nobody's progress.
where o.kind <> 'funder' and not exists (select from people_withdrawn w where w.person_id = m.person_id);
comment on view progress_shared is 'organisations, for the other areas: the people whose progress their organisation may see, with what it keeps of them: in the places on courses that were made for it (enrolments.organisation_id).';

-- As it was, without the cohort: it is asked for places that were made for no organisation.
create function progress_seen(of_organisation uuid, of_person uuid) returns table (person_id uuid) language sql stable rows 1 as $$
    select s.person_id
    from sponsorships s
    where s.organisation_id = of_organisation /* scope */
    and s.person_id = of_person /* scope */
    and s.consented_at is not null /* implied: a constraint wants the consent before the confirmation */
    and s.confirmed_at is not null /* scope */
$$;
comment on function progress_seen(uuid, uuid) is 'A row if an organisation pays for a person who has consented: then it sees their progress in the courses that they follow alone.';

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
comment on view course_learners is 'learning, for the other areas: the people and courses of an organisation, each pair once, with the cohort through which it is, if any: those whose place was made for it, as long as they belong to it and it gives them the course. Who may see them is for the statement that reads them to ask.';

create or replace view progress_followed as
select l.organisation_id, l.person_id, l.course_id, l.enrolment_id, l.cohort_id, s.student_number, s.team, s.area,
    e.modules_completed, e.last_seen_at, e.last_completed_at, false as alone
from course_learners l
join progress_shared s on s.organisation_id = l.organisation_id and s.person_id = l.person_id
join enrolments e on e.id = l.enrolment_id
union all
select s.organisation_id, e.learner_id, e.course_id, e.id, null::uuid, null::text, null::text, null::text,
    e.modules_completed, e.last_seen_at, e.last_completed_at, true
from sponsorships_shown s
join organisations_named o on o.id = s.organisation_id and o.kind <> 'funder'
join enrolments e on e.learner_id = s.person_id and e.organisation_id is null
where exists (select from progress_seen(s.organisation_id, s.person_id));
comment on view progress_followed is 'learning, for the other areas: whose progress an organisation sees, and how far they are: its own people (progress_shared) in the courses that it gives them, and learners for whom it pays (progress_seen) in those that they follow alone. Who may ask is for the statement that reads it to ask.';

-- progress_followed says it all.
drop view course_progress;
drop function progress_seen(uuid, uuid, uuid);

drop function course_open(uuid, uuid, uuid, boolean, timestamptz);
drop function course_ways(uuid, uuid, uuid, boolean);
alter table enrolments drop column assigned;

create function course_ways(learner uuid, course uuid, cohort uuid, made_for uuid) returns table (cohort_id uuid) language sql stable rows 1 as $$
    select null::uuid where made_for is null
    union all
    select k.id from cohorts_named k
    where k.id = cohort and exists (select from organisation_members m where m.organisation_id = k.organisation_id and m.person_id = learner)
    union all
    select a.cohort_id from assigned_learners a where a.person_id = learner and a.course_id = course
$$;
comment on function course_ways is 'The ways by which a learner''s enrolment leads to its course, each with the cohort whose days hold, if any. None when what led there has ended.';

create function course_open(learner uuid, course uuid, cohort uuid, made_for uuid, moment timestamptz)
returns table (cohort_id uuid) language sql stable rows 1 as $$
    select w.cohort_id from course_ways(learner, course, cohort, made_for) w where cohort_open(w.cohort_id, moment)
$$;
comment on function course_open is 'A row when a learner''s enrolment, given by its columns, opens its course at this moment. A table, because its text becomes part of the statement that asks, and of its plan: one that returns a boolean is planned at each call.';

-- As before, but for the column that is gone.
create or replace function enrol_assigned(people uuid[]) returns void language plpgsql as $$
begin
    -- An insert of nothing would call the trigger of enrolments again, for ever.
    if cardinality(people) = 0 then
        return;
    end if;
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

-- As it was, but for the end: a cohort hears of those whom its grid shows.
create or replace function learning_count(the_enrolment uuid, the_module uuid, at timestamptz) returns void
language plpgsql as $$
declare
    the_learner uuid;
    the_organisation uuid;
    the_cohort uuid;
    the_course uuid;
    opened integer;
    opened_ever boolean;
    best integer;
    has_passed boolean;
begin
    -- One learner's counters are worked out one at a time; every statement below then sees what the other one wrote.
    -- Not `for update`: that would wait for the key locks which two first openings at once hold on this row, for ever.
    select learner_id, organisation_id, cohort_id, course_id into the_learner, the_organisation, the_cohort, the_course
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
    -- Their cohort, and those to which the course is given beside another one.
    perform live_tell('cohort', x.id)
    from progress_shared s
    cross join lateral (
        select the_cohort as id where the_cohort is not null
        union
        select a.cohort_id from courses_assigned a join enrolments e on e.cohort_id = a.cohort_id
        where a.organisation_id = the_organisation and a.course_id = the_course and e.learner_id = the_learner
    ) x
    where s.organisation_id = the_organisation and s.person_id = the_learner;
end
$$;

create function account_closed_news() returns trigger language plpgsql as $$
begin
    perform live_tell('organisation', m.organisation_id) from organisation_members m where m.person_id = new.id;
    perform live_tell('cohort', s.cohort_id) from cohort_students s where s.learner_id = new.id;
    return null;
end $$;
comment on function account_closed_news is 'Tells those who saw a person''s progress that they see it no longer, or again.';
create trigger people_closed_news after update of withdrawn_at on people for each row
    when (new.withdrawn_at is distinct from old.withdrawn_at) execute function account_closed_news();

comment on column course_feedback.organisation_id is 'The organisation that gave the course, in a cohort or by an assignment, while they belonged to it. Null for those of none, who count for nobody.';
