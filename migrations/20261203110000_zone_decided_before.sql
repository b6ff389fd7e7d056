-- Whoever was refused or removed may ask again, and take that back or leave. A lead's decision outlives both: otherwise they would be as somebody
-- who has never asked, whom an admitted domain lets in.
alter table zone_members add column earlier text;
comment on column zone_members.earlier is 'What a lead had decided about somebody who waits again: with decided_at, decided_by and reason, which are of that decision then.';
alter table zone_members add constraint zone_members_earlier_known check (earlier is null or earlier in ('refused', 'removed') and state = 'waiting');
alter table zone_members drop constraint zone_members_decided;
alter table zone_members add constraint zone_members_decided check ((state = 'waiting' and earlier is null) = (decided_at is null));
alter table zone_members drop constraint zone_members_reason_given;
alter table zone_members add constraint zone_members_reason_given check ((coalesce(earlier, state) in ('refused', 'removed')) = (reason is not null));

drop policy zone_members_changed on zone_members;
create policy zone_members_changed on zone_members for update using (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
) with check (
    area_id = zone_area() and zone_leading()
    or person_id = zone_person() and state <> 'member'
);
-- Leaving undoes no decision.
drop policy zone_members_left on zone_members;
create policy zone_members_left on zone_members for delete using (
    person_id = zone_person() and state in ('waiting', 'member') and earlier is null
);
