-- People, their devices, and what stops repeated false sign-ins.

create table people (
    id uuid primary key,
    email text not null,
    full_name text not null,
    password_hash text,
    support boolean not null default false,
    demo boolean not null default false,
    created_at timestamptz not null,
    constraint people_email_key unique (email),
    constraint people_email_lower check (email = lower(email)),
    constraint people_full_name_given check (length(trim(full_name)) between 1 and 200)
);
comment on table people is 'One row a person with an account. Name and e-mail address are all that is required of anybody.';
comment on column people.email is 'Lower case, as domain::accounts::EmailAddress makes it. A changed address keeps the row.';
comment on column people.password_hash is 'argon2id in PHC form. Null until the person has chosen a password.';
comment on column people.support is 'Staff of the co-operative. Looking at a learner''s record asks for a reason and is logged.';
comment on column people.demo is 'Made by the demo seed. Never true in production.';

create table sessions (
    id uuid primary key,
    token_hash bytea not null,
    person_id uuid not null references people on delete cascade,
    device text not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    ends_at timestamptz not null,
    constraint sessions_token_hash_key unique (token_hash)
);
create index sessions_person on sessions (person_id);
create index sessions_ends_at on sessions (ends_at);
comment on table sessions is 'One row for each device that is signed in. No row, no session: deleting it ends the session at once.';
comment on column sessions.token_hash is 'SHA-256 of the random token in the cookie. The token itself is stored nowhere.';
comment on column sessions.device is 'Browser and system in words, for the person''s own list of devices. Never an address.';
comment on column sessions.ends_at is 'Two days after signing in, two weeks with "Remember me". Using the session does not move it.';

create table password_links (
    token_hash bytea primary key,
    person_id uuid not null references people on delete cascade,
    created_at timestamptz not null,
    ends_at timestamptz not null,
    used_at timestamptz
);
create index password_links_person on password_links (person_id);
comment on table password_links is 'Links to choose a new password: one use, one hour. Kept as SHA-256, like sessions.';

create table sign_in_waits (
    email_hash bytea primary key,
    failures integer not null,
    last_failed_at timestamptz not null,
    wait_until timestamptz not null
);
comment on table sign_in_waits is 'Failed sign-ins in a row for one e-mail address, whether an account has it or not: both must look alike.';
comment on column sign_in_waits.email_hash is 'SHA-256 of the address as typed (trimmed, lower case), so that the table is no list of who has no account.';

create table sign_in_addresses (
    id bigint generated always as identity primary key,
    address inet not null,
    failed_at timestamptz not null
);
create index sign_in_addresses_recent on sign_in_addresses (address, failed_at);
create index sign_in_addresses_failed_at on sign_in_addresses (failed_at);
comment on table sign_in_addresses is 'IP addresses of failed sign-ins: the only place that holds any. No screen reads it, only services::accounts::guard; rows go after 90 days.';

create table audit_events (
    id uuid primary key,
    at timestamptz not null,
    actor_id uuid,
    subject_id uuid,
    action text not null,
    detail jsonb not null default '{}'
);
create index audit_events_subject on audit_events (subject_id, at);
create index audit_events_actor on audit_events (actor_id, at);
comment on table audit_events is 'Who did what to whom, written in the transaction that did it. No foreign keys: events outlive accounts.';
