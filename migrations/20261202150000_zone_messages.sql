-- Messages between members of an area, relayed by mail, with blocks and reports. Neither address is stored with them.

-- The membership of who asks, in the area that is open.
create function zone_own_member() returns uuid language sql stable parallel safe as $$
    select m.id from zone_members m where m.person_id = zone_person() and m.area_id = zone_area()
$$;
comment on function zone_own_member is 'The membership of whom this transaction acts for, in the area whose rows it sees.';
create function zone_old() returns timestamptz language sql stable parallel safe as $$
    select nullif(current_setting('zone.old', true), '')::timestamptz
$$;
comment on function zone_old is 'The job that removes what is old sees what is older than this. Nobody else sets it.';

create table zone_messages (
    id uuid primary key,
    area_id uuid not null constraint zone_messages_area_id_fkey references zone_areas on delete cascade,
    from_member uuid,
    to_member uuid,
    text text not null,
    shows_email boolean not null,
    kept_back boolean not null,
    sent_at timestamptz not null,
    constraint zone_messages_of_area unique (id, area_id),
    constraint zone_messages_from_member_fkey foreign key (from_member, area_id)
        references zone_members (id, area_id) on delete set null (from_member),
    constraint zone_messages_to_member_fkey foreign key (to_member, area_id)
        references zone_members (id, area_id) on delete set null (to_member),
    constraint zone_messages_between_two check (from_member <> to_member),
    constraint zone_messages_text_given check (length(text) between 1 and 2000 and trim(text) <> '')
);
create index zone_messages_from on zone_messages (from_member, area_id, sent_at, id);
create index zone_messages_to on zone_messages (to_member, area_id, sent_at, id);
create index zone_messages_area on zone_messages (area_id);
create index zone_messages_sent on zone_messages (sent_at);
comment on table zone_messages is 'Messages between two members of an area, kept for a year. A member who has left is null: a former member.';
comment on column zone_messages.shows_email is 'The sender lets the recipient see the e-mail address. The address itself is in the mail only.';
comment on column zone_messages.kept_back is 'The recipient had blocked the sender: it was not relayed, and the recipient does not see it. The sender is not told.';

create table zone_sendings (
    id uuid primary key,
    person_id uuid not null constraint zone_sendings_person_id_fkey references people on delete cascade,
    area_id uuid not null constraint zone_sendings_area_id_fkey references zone_areas on delete cascade,
    sent_at timestamptz not null
);
create index zone_sendings_person on zone_sendings (person_id, sent_at);
create index zone_sendings_area on zone_sendings (area_id);
create index zone_sendings_sent on zone_sendings (sent_at);
comment on table zone_sendings is 'When somebody has sent messages, for a day: who leaves an area and comes back has not more of them.';

create table zone_blocks (
    by_member uuid not null,
    area_id uuid not null,
    blocked_person uuid not null constraint zone_blocks_blocked_person_fkey references people on delete cascade,
    made_at timestamptz not null,
    constraint zone_blocks_pkey primary key (by_member, area_id, blocked_person),
    constraint zone_blocks_by_member_fkey foreign key (by_member, area_id) references zone_members (id, area_id) on delete cascade
);
create index zone_blocks_blocked on zone_blocks (blocked_person);
comment on table zone_blocks is 'Whose messages a member does not want in an area.';
comment on column zone_blocks.blocked_person is 'The person and not the membership: who leaves and comes back stays blocked.';

create table zone_stops (
    token_hash bytea primary key,
    message_id uuid not null,
    area_id uuid not null,
    member_id uuid not null,
    person_id uuid not null constraint zone_stops_person_id_fkey references people on delete cascade,
    constraint zone_stops_message_id_fkey foreign key (message_id, area_id) references zone_messages (id, area_id) on delete cascade,
    constraint zone_stops_member_id_fkey foreign key (member_id, area_id) references zone_members (id, area_id) on delete cascade
);
create index zone_stops_message on zone_stops (message_id, area_id);
create index zone_stops_member on zone_stops (member_id, area_id);
create index zone_stops_person on zone_stops (person_id);
comment on table zone_stops is 'The links of mailed messages by which their recipient takes no more of them, without signing in. They work as long as the message is kept.';

create table zone_reports (
    id uuid primary key,
    area_id uuid not null constraint zone_reports_area_id_fkey references zone_areas on delete cascade,
    message_id uuid,
    of_member uuid,
    by_member uuid,
    kind text not null,
    words text,
    made_at timestamptz not null,
    closed_at timestamptz,
    closed_by uuid constraint zone_reports_closed_by_fkey references people on delete set null,
    note text,
    constraint zone_reports_message_once unique (by_member, message_id),
    constraint zone_reports_message_id_fkey foreign key (message_id, area_id)
        references zone_messages (id, area_id) on delete set null (message_id),
    constraint zone_reports_of_member_fkey foreign key (of_member, area_id)
        references zone_members (id, area_id) on delete set null (of_member),
    constraint zone_reports_by_member_fkey foreign key (by_member, area_id)
        references zone_members (id, area_id) on delete set null (by_member),
    constraint zone_reports_kind_known check (kind in ('unkind', 'promotion', 'patient', 'safety', 'other')),
    constraint zone_reports_words_given check (length(words) between 1 and 1000 and (kind <> 'other' or words is not null)),
    constraint zone_reports_closed check ((closed_at is null) = (note is null) and (closed_by is null or closed_at is not null))
);
create unique index zone_reports_member_once on zone_reports (by_member, of_member) where message_id is null and closed_at is null;
create index zone_reports_area on zone_reports (area_id, made_at, id);
create index zone_reports_message on zone_reports (message_id, area_id);
create index zone_reports_of on zone_reports (of_member, area_id);
create index zone_reports_by on zone_reports (by_member, area_id);
create index zone_reports_closed_by on zone_reports (closed_by);
create index zone_reports_closed_at on zone_reports (closed_at);
comment on table zone_reports is 'What members report to the leads of their area: a message that they got, or a member. Kept for a year after it is closed.';
comment on column zone_reports.message_id is 'Leads read a message only through a report of it. Null for a report of a member, and after the message was removed.';
comment on column zone_reports.note is 'What the lead did who closed it, for the leads.';

-- The second wall.
alter table zone_messages enable row level security, force row level security;
create policy zone_messages_seen on zone_messages for select using (
    area_id = zone_area() and (
        from_member = (select zone_own_member())
        or to_member = (select zone_own_member()) and not kept_back
        or zone_leading() and exists (select from zone_reports r where r.message_id = zone_messages.id)
    )
    or sent_at < zone_old()
);
create policy zone_messages_written on zone_messages for insert with check (
    area_id = zone_area() and from_member = (select zone_own_member())
);
create policy zone_messages_removed on zone_messages for delete using (sent_at < zone_old());

alter table zone_sendings enable row level security, force row level security;
create policy zone_sendings_seen on zone_sendings for select using (person_id = zone_person() or sent_at < zone_old());
create policy zone_sendings_made on zone_sendings for insert with check (person_id = zone_person());
create policy zone_sendings_removed on zone_sendings for delete using (sent_at < zone_old());

alter table zone_blocks enable row level security, force row level security;
create policy zone_blocks_seen on zone_blocks for select using (
    area_id = zone_area() and (by_member = (select zone_own_member()) or blocked_person = zone_person())
);
create policy zone_blocks_made on zone_blocks for insert with check (
    area_id = zone_area() and by_member = (select zone_own_member())
);
create policy zone_blocks_undone on zone_blocks for delete using (
    area_id = zone_area() and by_member = (select zone_own_member())
);

alter table zone_stops enable row level security, force row level security;
create policy zone_stops_used on zone_stops for select using (encode(token_hash, 'hex') = current_setting('zone.stop', true));
create policy zone_stops_made on zone_stops for insert with check (area_id = zone_area());

alter table zone_reports enable row level security, force row level security;
-- A message of an open report is not removed, so the job that removes old ones sees the reports.
create policy zone_reports_seen on zone_reports for select using (
    area_id = zone_area() and (zone_leading() or by_member = (select zone_own_member())) or zone_old() is not null
);
create policy zone_reports_made on zone_reports for insert with check (
    area_id = zone_area() and by_member = (select zone_own_member()) and closed_at is null
);
create policy zone_reports_closed on zone_reports for update using (area_id = zone_area() and zone_leading());
create policy zone_reports_removed on zone_reports for delete using (closed_at < zone_old());
