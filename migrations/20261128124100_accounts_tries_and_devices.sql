-- A try to sign in is judged by where it comes from, so that nobody is shut out by somebody else's guesses.
create table sign_in_tries (
    key bytea primary key,
    account bytea not null,
    tries integer not null,
    tried_at timestamptz not null,
    wait_until timestamptz not null
);
create index sign_in_tries_account on sign_in_tries (account);
create index sign_in_tries_tried_at on sign_in_tries (tried_at);
comment on table sign_in_tries is 'Tries of a password in a row that were not right, for each source that is judged by itself: see services::accounts::guard. Rows go a day after the last try.';
comment on column sign_in_tries.key is 'SHA-256 of the e-mail address as typed and of the source: a known device, a session, a network address, or everywhere. Of the network address there is nothing else here, and no column to find it by.';
comment on column sign_in_tries.account is 'SHA-256 of the e-mail address as typed (trimmed, lower case), whether an account has it or not: the table is no list of who has none.';
comment on column sign_in_tries.tries is 'Those that are under way among them: a try counts until it is found to be right.';

-- It counted for an account what anybody did anywhere. The version before still reads it.
delete from sign_in_waits;
comment on table sign_in_waits is 'Of the version before sign_in_tries. Goes when that version is gone.';

create table known_devices (
    token_hash bytea not null,
    person_id uuid not null references people on delete cascade,
    seen_at timestamptz not null,
    primary key (token_hash, person_id)
);
create index known_devices_person on known_devices (person_id);
create index known_devices_seen_at on known_devices (seen_at);
comment on table known_devices is 'Browsers that somebody has signed in with, or has chosen a password in with a link. Opens nothing: what others guess elsewhere does not keep such a browser waiting. Goes a year after the last time.';
comment on column known_devices.token_hash is 'SHA-256 of the random token in the browser''s cookie. One browser has one, whoever signs in there.';
comment on column sign_in_addresses.address is 'Of IPv6 the network (/64), which is what one connection has.';
