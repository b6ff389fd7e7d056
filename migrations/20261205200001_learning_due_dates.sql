-- What the start page and "My courses" show of courses, and the target dates that the tutors of a cohort set.

create view cohort_due as select d.cohort_id, d.module_id, d.due_on, d.set_at from cohort_dates d;
comment on view cohort_due is 'cohorts, for the other areas: the days, in London, by which the students of a cohort should have completed its modules.';

-- From the ways of one person to the dates of those cohorts. Joined freely, it would read the dates that all cohorts have set for the modules
-- of the course, and ask for each whether the course is open.
create function modules_due(enrolment uuid, moment timestamptz) returns table (module_id uuid, due_on date, set_at timestamptz)
language sql stable rows 10 as $$
    select m.id, min(d.due_on), (array_agg(d.set_at order by d.due_on, d.set_at desc))[1]
    from enrolments e
    cross join lateral (
        select w.cohort_id from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, moment) w offset 0
    ) w
    cross join lateral (
        select x.module_id, x.due_on, x.set_at from cohort_due x where x.cohort_id = w.cohort_id offset 0
    ) d
    join modules m on m.id = d.module_id and m.course_id = e.course_id and not m.retired
    where e.id = enrolment
        and not exists (select from module_progress mp where mp.enrolment_id = e.id and mp.module_id = m.id and mp.completed)
    group by m.id
$$;
comment on function modules_due is 'The modules that the learner of an enrolment has not completed and that have a target date in a cohort through which the course is open to them: the earliest, if there are several, and when it was set.';

create function learning_cards(learner uuid, moment timestamptz)
returns table (slug text, title text, summary text, enrolled_at timestamptz, last_seen_at timestamptz, access_from date, access_until date,
    modules jsonb, ahead jsonb, due jsonb) language sql stable rows 3 as $$
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
        ) end,
        (select coalesce(jsonb_agg(jsonb_build_object('module', m.slug, 'title', m.title, 'on', d.due_on) order by d.due_on, m.position), '[]')
            from modules_due(e.id, moment) d join modules m on m.id = d.module_id)
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
comment on function learning_cards is 'learning, for the other areas: the courses of a learner, each with the state of its modules as pairs of completed and entered, the days on which it is open, the module in which they go on, with its pages; none when all are completed, or the course is not open; and the modules with a target date that are not completed, the earliest first.';
