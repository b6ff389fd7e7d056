-- Of the reports those that wait are read, by area: not those of other areas, nor those that are closed.
drop index zone_reports_closed_at;
create index zone_reports_closed_at on zone_reports (closed_at) where closed_at is not null;
create index zone_reports_open on zone_reports (area_id, made_at, id) where closed_at is null;

-- Leads read a message through a report of it, so who reports one has got it: also where the first wall forgets to ask.
create function zone_got(message uuid) returns boolean language sql stable as $$
    select exists (
        select from zone_messages m where m.id = message and m.to_member = (select zone_own_member()) and not m.kept_back
    )
$$;
comment on function zone_got is 'Whether whom this transaction acts for has got this message, in the area that is open.';
alter policy zone_reports_made on zone_reports with check (
    area_id = zone_area() and by_member = (select zone_own_member()) and closed_at is null
    and (message_id is null or zone_got(message_id))
);
