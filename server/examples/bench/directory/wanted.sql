-- The people of the temporary table `wanted` become members of the area of 100,000.
insert into people (id, email, full_name, created_at, activated_at)
select ('5ea40002-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'wanted-' || n || '@bench.example', name, now(), now() from wanted;
select set_config('zone.area', id::text, true), set_config('zone.lead', 'yes', true) from zone_areas where slug = 'bench-100000';
alter table zone_members no force row level security;
insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
select id, zone_area(), id, 'member', '1', now(), now(), now() from people where email like 'wanted-%@bench.example';
alter table zone_members force row level security;
insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
select id, zone_area(), id, full_name, now(), now() from people where email like 'wanted-%@bench.example';
