-- Open pages of an area stop showing who has left. The news is of the area, and says of nobody who it was; only members may follow it.
create function zone_profile_gone() returns trigger language plpgsql as $$
begin
    perform live_tell('area', old.area_id);
    -- Their own open pages follow the area until then: they ask anew, and are not permitted any more.
    perform live_tell('session', d.id) from devices_signed_in d where d.person_id = old.person_id;
    return null;
end $$;
comment on function zone_profile_gone is 'Tells the open pages of an area that a member is gone from it, and ends the streams of that person.';
create trigger zone_profiles_told after delete on zone_profiles for each row execute function zone_profile_gone();
