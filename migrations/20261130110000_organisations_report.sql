-- Who has completed what: whose progress an organisation sees, how far they are, since when, and the news of it.

create view progress_shared as
select m.organisation_id, m.person_id, m.student_number, m.team, m.area
from memberships m join organisations o on o.id = m.organisation_id
-- A funder gets figures, and nobody's progress.
where o.kind <> 'funder';
comment on view progress_shared is 'organisations, for the other areas: the people whose progress their organisation may see, with what it keeps of them. The only place that decides it: the grid of a cohort, the report of an organisation and the news of both read it.';

create function course_state(completed integer, modules integer, last_seen_at timestamptz) returns text language sql immutable parallel safe as $$
    select case
        when modules > 0 and completed >= modules then 'completed'
        when completed > 0 or last_seen_at is not null then 'in-progress'
        else 'not-started'
    end
$$;
comment on function course_state is 'learning, for the other areas: how far somebody is in a course of so many modules, in the words of domain::learning::Status.';

alter table enrolments add column last_completed_at timestamptz;
comment on column enrolments.last_completed_at is 'When the last of the completed modules was completed. Kept by the trigger of module_completions.';

create function module_completed() returns trigger language plpgsql as $$
begin
    update enrolments e set last_completed_at = new.completed_at
    where e.id = new.enrolment_id and (e.last_completed_at is null or e.last_completed_at < new.completed_at);
    return null;
end $$;
comment on function module_completed is 'Dates the last completion of an enrolment.';
create trigger module_completions_dated after insert on module_completions for each row execute function module_completed();

create view progress_followed as
select l.organisation_id, l.person_id, l.course_id, l.enrolment_id, l.cohort_id, s.student_number, s.team, s.area,
    e.modules_completed, e.last_seen_at, e.last_completed_at
from course_learners l
join progress_shared s on s.organisation_id = l.organisation_id and s.person_id = l.person_id
join enrolments e on e.id = l.enrolment_id;
comment on view progress_followed is 'learning, for the other areas: how far the people of an organisation are in each course that it gives them, of those whose progress it may see. Who may ask is for the statement that reads it to ask.';

create function progress_news() returns trigger language plpgsql as $$
begin
    perform live_tell('organisation', f.organisation_id)
    from (select distinct p.organisation_id from progress_followed p where p.enrolment_id = new.id) f;
    return null;
end $$;
comment on function progress_news is 'Tells the organisations that see a learner''s progress that it has changed, as far as their report shows it.';
create trigger enrolments_news after update of modules_completed, last_seen_at on enrolments for each row
    when (
        new.modules_completed <> old.modules_completed
        or (new.last_seen_at is null) <> (old.last_seen_at is null)
    )
    execute function progress_news();

-- Support is of no organisation: it sees who belongs to one, and nothing of what they do.
create function progress_access(of_organisation uuid, asker uuid) returns table (organisation_id uuid, proof jsonb) language sql stable rows 1 as $$
    select o.id, jsonb_build_object('organisation', o.id)
    from organisations o
    where o.id = of_organisation /* scope */
    and exists (select from administered_organisations(asker) a where a.organisation_id = o.id) /* scope */
$$;
comment on function progress_access is 'A row for who sees what the people of this organisation have completed: its administrators.';
