-- An applicant sees the decision, and a lead who waits, without loading the page again. The news is of a person, and names no area: each of
-- them hears of their own.
create function zone_standing_news() returns trigger language plpgsql as $$
declare
    of_person uuid := case tg_op when 'DELETE' then old.person_id else new.person_id end;
    of_area uuid := case tg_op when 'DELETE' then old.area_id else new.area_id end;
    waited boolean := tg_op <> 'INSERT' and old.state = 'waiting';
    waits boolean := tg_op <> 'DELETE' and new.state = 'waiting';
begin
    perform live_tell('zone', of_person);
    if waited <> waits then
        perform live_tell('zone', h.person_id) from roles_held h where h.role = 'zone-lead' and h.scope_id = of_area;
    end if;
    return null;
end $$;
comment on function zone_standing_news is 'Tells somebody that they stand in another way to an area, and its leads that somebody waits, or does not any more.';
-- Who is added as a member, by a domain or at the command line, has waited for nobody.
create trigger zone_members_applied after insert on zone_members
    for each row when (new.state = 'waiting') execute function zone_standing_news();
create trigger zone_members_decided after update of state on zone_members
    for each row when (old.state is distinct from new.state) execute function zone_standing_news();
create trigger zone_members_left after delete on zone_members
    for each row execute function zone_standing_news();
