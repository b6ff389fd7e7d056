-- The second factor of signing in: one-time codes of an app (RFC 6238), and recovery codes for a lost phone.

alter table sessions add column second_factor_at timestamptz;
comment on column sessions.second_factor_at is 'When a code was accepted in this session. While it is null, the session of a person with a confirmed second factor is half open: it opens nothing but the page that asks for the code.';

create table second_factors (
    person_id uuid primary key,
    secret bytea not null,
    started_at timestamptz not null,
    confirmed_at timestamptz,
    last_step bigint not null default 0,
    shown_codes text[],
    constraint second_factors_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint second_factors_secret_length check (length(secret) = 20),
    constraint second_factors_unconfirmed_shows_codes check (confirmed_at is not null or shown_codes is not null)
);
comment on table second_factors is 'The second factor of a person. Without confirmed_at it is being set up, and asks nothing of anybody.';
comment on column second_factors.secret is 'The key that the app shares. The server computes codes with it, so it cannot be stored as a hash.';
comment on column second_factors.last_step is 'The time step (of thirty seconds) of the last accepted code: neither it nor an earlier one is accepted again.';
comment on column second_factors.shown_codes is 'Recovery codes that are shown until the person says that they have kept them. Only then do they count, as hashes in recovery_codes, and are removed here.';

create table recovery_codes (
    person_id uuid not null,
    code_hash bytea not null,
    used_at timestamptz,
    constraint recovery_codes_pkey primary key (person_id, code_hash),
    constraint recovery_codes_person_id_fkey foreign key (person_id) references second_factors on delete cascade
);
comment on table recovery_codes is 'Each opens a half open session once, in place of a code of the app. They end with the second factor.';
comment on column recovery_codes.code_hash is 'SHA-256 of the code, which is random and long enough for that.';
