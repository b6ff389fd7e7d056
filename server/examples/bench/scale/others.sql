-- 20,000 other papers, each of twenty questions, with three sittings: 1.2 million marks. And one paper with real
-- questions that forty have sat. References and deadlines are right by construction: checking them row by row would
-- take longer than everything else.
set local session_replication_role = replica;
create temporary table scale_papers on commit drop as
select n, ('5ca1e001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(1, 21000) n
where n % 700 <> 0 limit 20000;
insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
    opens_at, closes_at, release, published_at, created_at)
select id, '5ca1e000-0000-7000-8000-000000000001', ('5ca1e000-0000-7000-8000-' || lpad(to_hex(n % 2000 + 4), 12, '0'))::uuid,
    'mock', 'Other ' || n, 30, 60, true, false, false, 1, now() - interval '1 day',
    now() + make_interval(days => 1 + n % 7), 'at-once', now(), now()
from scale_papers;
insert into paper_sections (id, paper_id, position, title) select id, id, 1, 'Sums' from scale_papers;
insert into paper_items (id, paper_id, section_id, attempt, position, category, question, marks)
select ('5ca1e002-0000-7000-8000-' || lpad(to_hex(n * 100 + place), 12, '0'))::uuid, id, id, 1, place,
    'si-conversion', '{"category": "si-conversion"}', 1
from scale_papers, generate_series(1, 20) place;
create temporary table scale_sittings on commit drop as
select ('5ca1e003-0000-7000-8000-' || lpad(to_hex(n * 10 + k), 12, '0'))::uuid as id, p.id as paper, n, k,
    ('5ca1e000-0000-7000-8000-' || lpad(to_hex((n * 3 + k) % 2000 + 4), 12, '0'))::uuid as learner
from scale_papers p, generate_series(1, 3) k;
insert into paper_learners (paper_id, email, person_id)
select s.paper, h.email, h.id from scale_sittings s join people h on h.id = s.learner;

-- The paper that is measured has the questions of one of the demo, once for each of twenty places.
insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
    opens_at, closes_at, release, published_at, created_at)
values ('5ca1e004-0000-7000-8000-000000000001', '5ca1e000-0000-7000-8000-000000000001', '5ca1e000-0000-7000-8000-000000000002',
    'mock', 'Measured', 30, 60, true, false, false, 1, now() - interval '1 day', now() + interval '1 day', 'at-once', now(), now());
insert into paper_sections (id, paper_id, position, title)
values ('5ca1e004-0000-7000-8000-000000000001', '5ca1e004-0000-7000-8000-000000000001', 1, 'Sums');
insert into paper_items (id, paper_id, section_id, attempt, position, category, question, marks)
select ('5ca1e005-0000-7000-8000-' || lpad(to_hex(place), 12, '0'))::uuid, '5ca1e004-0000-7000-8000-000000000001',
    '5ca1e004-0000-7000-8000-000000000001', 1, place, q.question->>'category', q.question, 1
from generate_series(1, 20) place
join (select row_number() over (order by i.paper_id, i.position) as n, count(*) over () as of, i.question
    from paper_items i where i.attempt = 1 and i.question ? 'key') q on q.n = 1 + place % q.of;
insert into scale_sittings
select ('5ca1e006-0000-7000-8000-' || lpad(to_hex(k), 12, '0'))::uuid, '5ca1e004-0000-7000-8000-000000000001', k, k,
    ('5ca1e000-0000-7000-8000-' || lpad(to_hex(k + 4), 12, '0'))::uuid
from generate_series(1, 40) k;

create temporary table scale_marks on commit drop as
select s.id as sitting, i.id as item, case when (s.n * 7 + s.k * 3 + i.position * 5) % 3 = 0 then 0 else 1 end as marks
from scale_sittings s join paper_items i on i.paper_id = s.paper;
insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at,
    submitted_at, submitted_by, mark, available, passed, removed_on)
select s.id, s.paper, s.learner, 1, now() - interval '1 hour', 1800, now(), now(), now(), now(), 'candidate', m.mark, 20,
    m.mark >= 12, current_date + 2555
from scale_sittings s join (select sitting, sum(marks) as mark from scale_marks group by 1) m on m.sitting = s.id;
insert into item_marks (sitting_id, item_id, marks) select sitting, item, marks from scale_marks;
-- As the triggers would.
insert into sitting_totals (sitting_id, marks, unreadable)
select g.sitting, array_agg(g.marks order by g.first), 0
from (
    select m.sitting, sum(m.marks)::integer as marks, min(i.position) as first
    from scale_marks m join paper_items i on i.id = m.item group by m.sitting, i.section_id, i.category
) g
group by g.sitting;
