-- Topics: what can change while somebody looks at it. One place writes them, as `Topic` in `domain` reads them.
create function live_tell(kind text, id uuid) returns void language sql as $$
    select pg_notify('live', kind || ':' || id)
$$;
comment on function live_tell is 'Tells whoever is watching that this has changed, when the transaction commits. Nothing else notifies of changes.';

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
end
$$;

-- A sitting has a topic of its own. The version before hears of it as of its learner.
create or replace function sitting_news() returns trigger language plpgsql as $$
begin
    perform live_tell('sitting', new.id);
    perform live_tell('learner', new.learner_id) where new.learner_id is not null;
    return null;
end $$;

-- However a session ends: signing out, a change of password, another sign-in in its place, too many devices, an account that goes.
create function session_ended() returns trigger language plpgsql as $$
begin
    perform live_tell('session', old.id);
    return null;
end $$;
create trigger sessions_ended after delete on sessions for each row execute function session_ended();
