-- What start pages show: whom tutors have not seen for a while.

create function students_not_seen(asker uuid, moment timestamptz, most integer)
returns table (cohort_id uuid, name text, students bigint, not_seen bigint, never bigint) language sql stable rows 5 as $$
    select k.id, k.name, n.students, n.not_seen, n.never
    from (
        select f.cohort_id from followed_cohorts(asker) f where cohort_open(f.cohort_id, moment) order by f.cohort_id desc limit most
    ) f
    -- Each by the key: a join could read the whole table.
    cross join lateral (
        select x.id, x.name, x.organisation_id,
            -- As in the grid: the cohort's own course, and the others that are given to it.
            array[x.course_id] || array(select a.course_id from courses_assigned a
                where a.cohort_id = x.id and a.course_id <> x.course_id) as courses
        from cohorts_named x where x.id = f.cohort_id offset 0
    ) k
    cross join lateral (
        select count(*)::integer as modules from modules m where m.course_id = any(k.courses) and not m.retired
    ) c
    cross join lateral (
        select count(*) as students,
            count(*) filter (
                where (t.last_seen_at at time zone 'Europe/London')::date <= (moment at time zone 'Europe/London')::date - 14
                    and course_state(t.completed, c.modules, t.last_seen_at) <> 'completed'
            ) as not_seen,
            count(*) filter (where t.last_seen_at is null) as never
        from enrolments e
        cross join lateral (
            select s.person_id from progress_shared s
            where s.organisation_id = k.organisation_id and s.person_id = e.learner_id offset 0
        ) shared
        cross join lateral (
            select greatest(e.last_seen_at, max(x.last_seen_at)) as last_seen_at,
                (e.modules_completed + coalesce(sum(x.modules_completed), 0))::integer as completed
            -- Most cohorts have one course, and then nothing is read here.
            from enrolments x
            where cardinality(k.courses) > 1 and x.learner_id = e.learner_id and x.organisation_id = k.organisation_id
                and x.course_id = any(k.courses) and x.id <> e.id
        ) t
        where e.cohort_id = k.id
    ) n
$$;
comment on function students_not_seen is 'learning, for the other areas: of the newest cohorts that somebody follows and that are open, how many students there are, how many of them have not been seen for 14 days and have not completed everything, and how many have never been here. As the filters of the page of a cohort find them.';
