-- What stands in an area that has members: {area} and {word}, which each of its texts has, are filled in.
insert into zone_admitted_domains (area_id, domain) values ('{area}', '{word}.example');
insert into zone_profiles (member_id, area_id, person_id, name, role, work_area, place, about, interests, years_qualified, picture_id,
    shows_email, telephone, own_views, joined_at, changed_at)
select id, area_id, person_id, '{word} name', '{word} role', '{word} work', '{word} place', '{word} about', '{word} interests', 9,
    gen_random_uuid(), true, '{word} telephone', true, now(), now()
from zone_members where area_id = '{area}' and state = 'member';
insert into zone_contacts (id, area_id, place, name, purpose, telephone, email, web, hours, pinned_at)
values (gen_random_uuid(), '{area}', 1, '{word} service', '{word} for', '{word} telephone', '{word}@x.example', 'https://{word}.example',
    '{word} hours', now());
insert into zone_contacts (id, area_id, place, member_id, purpose, pinned_at)
select gen_random_uuid(), area_id, 2, member_id, '{word} for', now() from zone_profiles where area_id = '{area}';
insert into zone_resources (id, area_id, state, kind, title, purpose, owner_id, review_on, added_by, added_at, changed_at, reason)
select gen_random_uuid(), f.area_id, s.state, 'image', '{word} title', '{word} purpose', f.member_id, current_date, f.member_id, now(), now(),
    case when s.state in ('retired', 'declined') then '{word} reason' end
from zone_profiles f, unnest('{current,suggested,retired,declined}'::text[]) s (state) where f.area_id = '{area}';
insert into zone_resource_versions (id, area_id, resource_id, number, made_at, made_by, change, url, file_key, file_type, file_bytes, alt)
select gen_random_uuid(), r.area_id, r.id, n, now(), r.added_by, case when n = 2 then '{word} change' end,
    case when n = 1 then 'https://{word}.example' end, case when n = 2 then gen_random_uuid() end, case when n = 2 then 'png' end,
    case when n = 2 then 9 end, case when n = 2 then '{word} alt' end
from zone_resources r, generate_series(1, 2) n where r.area_id = '{area}';
insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
select gen_random_uuid(), f.area_id, f.member_id, t.member_id, '{word} text', true, kept_back, now()
from zone_profiles f join zone_profiles t on t.area_id = f.area_id and t.member_id <> f.member_id, unnest('{false,true}'::bool[]) kept_back
where f.area_id = '{area}';
insert into zone_sendings (id, person_id, area_id, sent_at)
select gen_random_uuid(), person_id, area_id, now() from zone_profiles where area_id = '{area}';
insert into zone_blocks (by_member, area_id, blocked_person, made_at)
select f.member_id, f.area_id, t.person_id, now()
from zone_profiles f join zone_profiles t on t.area_id = f.area_id and t.member_id <> f.member_id where f.area_id = '{area}';
insert into zone_stops (token_hash, message_id, area_id, member_id, person_id)
select sha256(m.id::text::bytea), m.id, m.area_id, m.to_member, t.person_id
from zone_messages m join zone_profiles t on t.member_id = m.to_member where m.area_id = '{area}';
insert into zone_reports (id, area_id, message_id, of_member, by_member, kind, words, made_at, closed_at, note)
select gen_random_uuid(), m.area_id, m.id, m.from_member, m.to_member, 'unkind', '{word} words', now(), now(), '{word} note'
from zone_messages m where m.area_id = '{area}' and not m.kept_back;
-- One that waits: about a member by another one.
insert into zone_reports (id, area_id, of_member, by_member, kind, words, made_at)
select gen_random_uuid(), '{area}', of_one.member_id, by_one.member_id, 'other', '{word} words', now()
from (select member_id from zone_profiles where area_id = '{area}' order by member_id limit 1) of_one,
    (select member_id from zone_profiles where area_id = '{area}' order by member_id desc limit 1) by_one;
