-- An organisation, 2,000 people, a setter with thirty papers of her own, one of which twenty are sitting, and a learner who is named
-- for five of them.
insert into organisations (id, name, kind, created_at)
values ('5ca1e000-0000-7000-8000-000000000001', 'University of Scale', 'university', now());
insert into people (id, email, full_name, created_at, activated_at, demo)
select ('5ca1e000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'scale' || n || '@demo.example', 'Scale ' || n || ' (demo)',
    now(), now(), true
from generate_series(2, 2003) n;
insert into grants (organisation_id, person_id, role, granted_at, reason)
select '5ca1e000-0000-7000-8000-000000000001', id, 'paper-setter', now(), 'For the bench' from people where email like 'scale%@demo.example'
    and email <> 'scale3@demo.example';
insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints, attempts,
    opens_at, closes_at, release, published_at, created_at)
select ('5ca1e001-0000-7000-8000-' || lpad(to_hex(n * 700), 12, '0'))::uuid, '5ca1e000-0000-7000-8000-000000000001',
    '5ca1e000-0000-7000-8000-000000000002', 'mock', 'Mine ' || n, 30, 60, true, false, false, 1,
    now() - interval '1 day', now() + interval '1 day', 'at-once', now(), now()
from generate_series(1, 30) n;
insert into paper_sections (id, paper_id, position, title)
select id, id, 1, 'Sums' from papers where title like 'Mine %';
insert into paper_learners (paper_id, email, person_id)
select id, 'scale3@demo.example', '5ca1e000-0000-7000-8000-000000000003' from papers where title like 'Mine _' and title < 'Mine 6';
insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
select ('5ca1e007-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '5ca1e001-0000-7000-8000-000000005208',
    ('5ca1e000-0000-7000-8000-' || lpad(to_hex(n + 100), 12, '0'))::uuid, 1, now(), 1800, now() + interval '1 day', now(), now(),
    current_date + 2555
from generate_series(1, 20) n;
