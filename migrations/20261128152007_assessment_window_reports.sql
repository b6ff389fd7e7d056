-- What a candidate's page reports is counted, a row a minute: it can hide nothing of what staff did, and the count goes on.
alter table incidents add column times integer not null default 1;
alter table incidents add column minute timestamptz;
alter table incidents add constraint incidents_minute_key unique (sitting_id, kind, minute);
comment on column incidents.times is 'How often it happened in that minute.';
comment on column incidents.minute is 'Of reports that are counted by the minute: the minute, else null.';
