-- A course of sixty modules, and a cohort of 500 students who are at different places in it. The tutor of the demo follows it. The counters
-- are written as `learning_count` would.
insert into courses (id, slug, title, summary, intro_html, framework_id)
select '96d00001-0000-7000-8000-000000000001', 'grid', 'A long course', 'Measured', '<p>Measured</p>', id from frameworks order by id limit 1;
insert into modules (id, course_id, slug, position, title, summary, intro_html, minutes, pass_mark, competencies)
select ('96d00002-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '96d00001-0000-7000-8000-000000000001', 'module-' || n, n,
    'Module ' || n || ' of a long course', 'Measured', '<p>Measured</p>', 30, 80, '{}'
from generate_series(1, 60) n;
insert into organisations (id, name, kind, created_at)
values ('96d00003-0000-7000-8000-000000000001', 'University of the Grid', 'university', now());
insert into cohorts (id, organisation_id, course_id, name, created_at)
values ('96d00004-0000-7000-8000-000000000001', '96d00003-0000-7000-8000-000000000001', '96d00001-0000-7000-8000-000000000001',
    'A long course, September 2026', now());
insert into people (id, email, full_name, created_at, activated_at, demo)
select ('96d00005-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'grid' || n || '@demo.example', 'Grid Student ' || n || ' (demo)',
    now(), now(), true
from generate_series(1, 500) n;
insert into memberships (organisation_id, person_id, joined_at)
select '96d00003-0000-7000-8000-000000000001', id, now() from people where email like 'grid%@demo.example';
insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_entered, modules_completed, last_seen_at)
select ('96d00006-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ('96d00005-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    '96d00001-0000-7000-8000-000000000001', '96d00004-0000-7000-8000-000000000001', now(), n % 61, n % 61 * 2 / 3,
    case when n % 61 > 0 then now() - make_interval(mins => n) end
from generate_series(1, 500) n;
insert into module_progress (enrolment_id, module_id, pages_opened, passed, entered, completed)
select e.id, m.id, 1, m.position <= e.modules_completed, true, m.position <= e.modules_completed
from enrolments e join modules m on m.course_id = e.course_id
where e.cohort_id = '96d00004-0000-7000-8000-000000000001' and m.position <= e.modules_entered;
insert into grants (cohort_id, person_id, role, granted_at, reason)
select '96d00004-0000-7000-8000-000000000001', id, 'cohort-tutor', now(), 'For the bench' from people where email = 'tutor@demo.example';
