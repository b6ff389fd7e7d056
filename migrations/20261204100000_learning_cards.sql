-- What the start page and "My courses" show of courses, and whom tutors have not seen for a while.

create function learning_cards(learner uuid, moment timestamptz)
returns table (slug text, title text, summary text, enrolled_at timestamptz, last_seen_at timestamptz, access_from date, access_until date,
    modules jsonb, ahead jsonb) language sql stable rows 3 as $$
    select c.slug, c.title, c.summary, e.enrolled_at, e.last_seen_at, k.access_from, k.access_until,
        (select coalesce(jsonb_agg(jsonb_build_array(coalesce(mp.completed, false), coalesce(mp.entered, false)) order by m.position), '[]')
            from modules m left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = e.id
            where m.course_id = c.id and not m.retired),
        case when way.is_open then (
            select jsonb_build_object('module', m.slug, 'title', m.title, 'minutes', m.minutes, 'passed', coalesce(mp.passed, false),
                'begun', coalesce(mp.entered, false), 'last', case when l.module_id = m.id and not l.retired then l.slug end,
                'pages', (select coalesce(jsonb_agg(jsonb_build_array(p.slug, o.page_id is not null) order by p.position), '[]')
                    from pages p left join page_openings o on o.page_id = p.id and o.enrolment_id = e.id
                    where p.module_id = m.id and not p.retired))
            from modules m
            left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = e.id
            left join pages l on l.id = e.last_page_id
            where m.course_id = c.id and not m.retired and not coalesce(mp.completed, false)
            -- Where they were last, otherwise what is begun, otherwise what is next.
            order by coalesce(l.module_id = m.id, false) desc, coalesce(mp.entered, false) desc, m.position limit 1
        ) end
    from enrolments e
    join courses c on c.id = e.course_id
    cross join lateral (
        -- One that is open, if there is any.
        select w.cohort_id, cohort_open(w.cohort_id, moment) as is_open
        from course_ways(e.learner_id, e.course_id, e.cohort_id, e.organisation_id) w
        order by cohort_open(w.cohort_id, moment) desc, w.cohort_id limit 1
    ) way
    left join cohorts_named k on k.id = way.cohort_id
    where e.learner_id = learner
$$;
comment on function learning_cards is 'learning, for the other areas: the courses of a learner, each with the state of its modules as pairs of completed and entered, the days on which it is open, and the module in which they go on, with its pages; none when all are completed, or the course is not open.';

create function students_not_seen(asker uuid, moment timestamptz, most integer)
returns table (cohort_id uuid, name text, students bigint, not_seen bigint, never bigint) language sql stable rows 5 as $$
    select k.id, k.name, n.students, n.not_seen, n.never
    from (select f.cohort_id from followed_cohorts(asker) f order by f.cohort_id desc limit most) f
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
    where cohort_open(k.id, moment)
$$;
comment on function students_not_seen is 'learning, for the other areas: of the newest cohorts that somebody follows, those that are open: how many students there are, how many of them have not been seen for 14 days and have not completed everything, and how many have never been here. As the filters of the page of a cohort find them.';
