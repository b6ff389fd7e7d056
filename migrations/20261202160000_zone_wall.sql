-- Nobody makes themself a member: the second wall asks for what the first one decides, also when somebody writes.

create function zone_domain() returns text language sql stable as $$
    select lower(substring(p.email from '[^@]+$')) from people_named p where p.id = zone_person()
$$;
comment on function zone_domain is 'The domain of the address of whom this transaction acts for, which is proven: an account is opened by a link that was sent to it.';

drop policy zone_admitted_domains_asked on zone_admitted_domains;
create policy zone_admitted_domains_asked on zone_admitted_domains for select using (
    domain = (select zone_domain()) or area_id = zone_area() and zone_leading()
);

create function zone_admits(area uuid) returns boolean language sql stable as $$
    select exists (select from zone_admitted_domains d where d.area_id = area and d.domain = zone_domain())
$$;
comment on function zone_admits is 'Whether the area admits whom this transaction acts for without a decision by a lead.';

-- Who acts for themself applies, or joins an area that admits their domain. All else is for who leads the area.
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
    or person_id = zone_person() and state = 'waiting'
);

-- A profile is of a member, whoever makes it.
create function zone_is_member(member uuid, person uuid) returns boolean language sql stable as $$
    select exists (select from zone_members m where m.id = member and m.person_id = person and m.state = 'member')
$$;
comment on function zone_is_member is 'Whether this is the membership of this person, as far as the transaction sees.';
drop policy zone_profiles_made on zone_profiles;
create policy zone_profiles_made on zone_profiles for insert with check (
    (person_id = zone_person() or area_id = zone_area() and zone_leading()) and zone_is_member(member_id, person_id)
);
drop policy zone_profiles_changed on zone_profiles;
create policy zone_profiles_changed on zone_profiles for update using (person_id = zone_person()) with check (
    person_id = zone_person() and zone_is_member(member_id, person_id)
);
