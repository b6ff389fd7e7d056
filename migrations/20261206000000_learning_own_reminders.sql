-- Reminders that learners set for themselves, and the calendar of their dates.

create table own_reminders (
    person_id uuid constraint own_reminders_pkey primary key constraint own_reminders_person_id_fkey references people on delete cascade,
    weekday smallint,
    days_before smallint,
    looked_on date not null,
    constraint own_reminders_weekday_known check (weekday between 1 and 7),
    constraint own_reminders_days_known check (days_before in (1, 3, 7)),
    constraint own_reminders_something check (num_nonnulls(weekday, days_before) > 0)
);
create index own_reminders_looked_on on own_reminders (looked_on);
comment on table own_reminders is 'Who wants to be reminded by mail, and when. Who wants no reminders has no row.';
comment on column own_reminders.weekday is 'Every week on this day: 1 is Monday, 7 is Sunday.';
comment on column own_reminders.days_before is 'So many days before each date.';
comment on column own_reminders.looked_on is 'The day, in London, of which it is decided whether a mail is sent: once a day.';

create table own_reminded (
    person_id uuid not null constraint own_reminded_person_id_fkey references people on delete cascade,
    sent_on date not null,
    weekly boolean not null,
    stop_hash bytea not null,
    constraint own_reminded_pkey primary key (person_id, sent_on),
    constraint own_reminded_stop_hash_key unique (stop_hash)
);
create index own_reminded_sent_on on own_reminded (sent_on);
comment on table own_reminded is 'The mails of own_reminders that were queued: one a day at most. Rows go after a year.';
comment on column own_reminded.weekly is 'It is the one of the week; otherwise it is about a date.';
comment on column own_reminded.stop_hash is 'SHA-256 of the token in the mail, by which its reader stops all their reminders without signing in.';

create table own_reminded_dates (
    person_id uuid not null constraint own_reminded_dates_person_id_fkey references people on delete cascade,
    subject uuid not null,
    due_on date not null,
    constraint own_reminded_dates_pkey primary key (person_id, subject, due_on)
);
create index own_reminded_dates_due_on on own_reminded_dates (due_on);
comment on table own_reminded_dates is 'The dates of which a person has been reminded: each once, and again if it moves. Rows go when the day is over.';
comment on column own_reminded_dates.subject is 'The module that is due, or the paper that closes.';

create table calendar_feeds (
    person_id uuid constraint calendar_feeds_pkey primary key constraint calendar_feeds_person_id_fkey references people on delete cascade,
    id uuid not null,
    token_hash bytea not null,
    made_at timestamptz not null,
    constraint calendar_feeds_token_hash_key unique (token_hash),
    constraint calendar_feeds_token_hash_length check (octet_length(token_hash) = 32)
);
comment on table calendar_feeds is 'The secret address at which a calendar program finds the dates of a person. It shows nothing else, and changes nothing.';
comment on column calendar_feeds.id is 'Part of the ids of the events, so that they stay the same when the address is renewed.';
comment on column calendar_feeds.token_hash is 'SHA-256 of the token in the address. The address is shown once, when it is made.';
