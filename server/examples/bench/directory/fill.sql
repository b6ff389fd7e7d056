-- The areas of $SIZES members, of the temporary table `made`. The indexes of the postings are built when all are there.
alter table zone_members no force row level security;
alter table zone_profiles no force row level security;
alter table zone_words no force row level security;
alter table zone_slips no force row level security;
alter table zone_postings no force row level security;
alter table zone_postings drop constraint zone_postings_pkey;
drop index zone_postings_newest;

insert into people (id, email, full_name, created_at, activated_at)
select person, 'directory-' || n || '@bench.example', name, joined_at, joined_at from made
on conflict do nothing;

drop table if exists pg_temp.areas;
create temporary table areas as
select size, ('5ea40001-0000-7000-8000-' || lpad(size::text, 12, '0'))::uuid as area from unnest('{$SIZES}'::int[]) size;
insert into zone_areas (id, slug, name, aim, made_at)
select area, 'bench-' || size, 'Bench of ' || size, 'To measure the directory', now() from areas;

insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
select ('5ea4' || lpad(to_hex(a.size % 65521), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(m.n), 12, '0'))::uuid, a.area, m.person,
    'member', '1', m.joined_at, m.joined_at, m.joined_at
from areas a join made m on m.n <= a.size;

-- One area at a time, because a statement keeps the words of the areas that it touches in memory.
do $$
declare
    of record;
begin
    for of in select * from areas order by size loop
        insert into zone_profiles (member_id, area_id, person_id, name, role, work_area, place, interests, joined_at, changed_at)
        select ('5ea4' || lpad(to_hex(of.size % 65521), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(m.n), 12, '0'))::uuid, of.area, m.person,
            m.name, m.role, m.work_area, m.place, m.interests, m.joined_at, m.joined_at
        from made m where m.n <= of.size;
    end loop;
end $$;

alter table zone_postings add constraint zone_postings_pkey primary key (area_id, word, sort_key, member_id) include (role_mark, work_mark, place_mark);
create index zone_postings_newest on zone_postings (area_id, word, joined_at, member_id) include (role_mark, work_mark, place_mark);
alter table zone_members force row level security;
alter table zone_profiles force row level security;
alter table zone_words force row level security;
alter table zone_slips force row level security;
alter table zone_postings force row level security;
