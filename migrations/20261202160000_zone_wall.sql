-- Nobody makes themself a member: the second wall asks for what the first one decides, also when somebody writes.

create function zone_admits(area uuid) returns boolean language sql stable as $$
    select exists (
        select from zone_admitted_domains d where d.area_id = area and d.domain = nullif(current_setting('zone.domain', true), '')
    )
$$;
comment on function zone_admits is 'Whether the area admits the domain of the address that this transaction acts for (the setting zone.domain) without a decision by a lead.';

drop policy zone_members_applied on zone_members;
create policy zone_members_applied on zone_members for insert with check (
    area_id = zone_area() and zone_leading()
    or person_id = zone_person() and (state = 'waiting' or state = 'member' and zone_admits(area_id))
);
drop policy zone_members_changed on zone_members;
create policy zone_members_changed on zone_members for update using (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
) with check (
    area_id = zone_area() and zone_leading()
    or person_id = zone_person() and (state = 'waiting' or state = 'member' and zone_admits(area_id))
);

-- A profile is of a member, whoever makes it.
drop policy zone_profiles_made on zone_profiles;
create policy zone_profiles_made on zone_profiles for insert with check (
    (person_id = zone_person() or area_id = zone_area() and zone_leading())
    and exists (
        select from zone_members m where m.id = member_id and m.person_id = zone_profiles.person_id and m.state = 'member'
    )
);
drop policy zone_profiles_changed on zone_profiles;
create policy zone_profiles_changed on zone_profiles for update using (person_id = zone_person()) with check (
    person_id = zone_person()
    and exists (
        select from zone_members m where m.id = member_id and m.person_id = zone_profiles.person_id and m.state = 'member'
    )
);
