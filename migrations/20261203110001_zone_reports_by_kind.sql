-- Who has reported somebody as unkind may worry about safety too: that is another report, of which the leads are told at once.
drop index zone_reports_member_once;
create unique index zone_reports_member_once on zone_reports (by_member, of_member, kind) where message_id is null and closed_at is null;
