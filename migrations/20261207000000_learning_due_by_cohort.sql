-- As it was, from the ways of one person to the dates of those cohorts. Joined freely, it read the dates that all cohorts have set for the
-- modules of the course, and asked for each whether the course is open.
create or replace function modules_due(enrolment uuid, moment timestamptz) returns table (module_id uuid, due_on date, set_at timestamptz)
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
