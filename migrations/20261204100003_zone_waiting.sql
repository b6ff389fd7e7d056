-- One area after the other is opened, as its own page does: the second wall shows the rows of one at a time.
create function zone_waits(asker uuid) returns table (slug text, name text, applications bigint, reports bigint, suggestions bigint)
language plpgsql as $$
declare
    led record;
begin
    for led in
        select a.id, a.slug, a.name from roles_held r join zone_areas a on a.id = r.scope_id
        where r.person_id = asker and r.role = 'zone-lead' order by a.name, a.id limit 10
    loop
        if exists (select from zone_access(led.slug, asker) w where (w.proof->>'lead')::boolean) then
            slug := led.slug;
            name := led.name;
            select count(*) into applications from zone_members m where m.area_id = led.id and m.state = 'waiting';
            select count(*) into reports from zone_reports x where x.area_id = led.id and x.closed_at is null;
            select count(*) into suggestions from zone_resources x where x.area_id = led.id and x.state = 'suggested';
            return next;
        end if;
    end loop;
    -- What comes after it in the same transaction sees no area.
    perform set_config('zone.person', '', true), set_config('zone.area', '', true), set_config('zone.lead', '', true);
end $$;
comment on function zone_waits is 'zone, for the other areas: the areas that somebody leads, with how many applications, reports and suggestions wait for their leads. It opens them one after the other, and closes the last.';
