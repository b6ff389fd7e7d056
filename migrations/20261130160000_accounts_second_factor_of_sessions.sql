-- What is shown of a second factor belongs to one session, and to no other of the same person; a half open session ends soon.

create table second_factor_shown (
    session_id uuid primary key,
    secret bytea,
    recovery_codes text[] not null,
    shown_at timestamptz not null,
    constraint second_factor_shown_session_id_fkey foreign key (session_id) references sessions on delete cascade,
    constraint second_factor_shown_secret_length check (length(secret) = 20)
);
create index second_factor_shown_at on second_factor_shown (shown_at);
comment on table second_factor_shown is 'What one session shows for a quarter of an hour: a second factor that is being set up, or new recovery codes. Whoever else signs in with the same password gets others.';
comment on column second_factor_shown.secret is 'The key of a second factor that no code has confirmed. Null for new recovery codes of one that is confirmed.';
comment on column second_factor_shown.recovery_codes is 'As they are shown. They count, as hashes in recovery_codes, from when the person has confirmed the key or has kept them.';

-- Those that were shown to every session of the person.
delete from second_factors where confirmed_at is null;
update second_factors set shown_codes = null where shown_codes is not null;
comment on table second_factors is 'The second factor of a person, once a code has confirmed it. Without confirmed_at it is of the version before second_factor_shown.';
comment on column second_factors.shown_codes is 'Of the version before second_factor_shown. Goes when that version is gone.';
comment on column second_factors.started_at is 'When it was set up.';

alter table second_factors add column warned_at timestamptz;
comment on column second_factors.warned_at is 'When the person was last told by mail of wrong codes in a row: once a day.';

alter table sessions add column whole_until timestamptz;
comment on column sessions.whole_until is 'Only of a session that signing in has opened half: until when it lasts once it is whole. As long as it is half open, ends_at is soon.';
comment on column sessions.ends_at is 'Two days after signing in, two weeks with "Remember me"; a quarter of an hour while the session is half open. Using the session does not move it.';

-- Half open ones from before, which would last for days.
delete from sessions s using second_factors f where f.person_id = s.person_id and s.second_factor_at is null;

alter table known_devices add column code_at timestamptz;
comment on column known_devices.code_at is 'When a code was last accepted in this browser. If it was one of the present second factor (not before its confirmed_at), what others guess elsewhere does not keep this browser waiting for a code.';

create or replace view devices_signed_in as
select s.id, s.person_id, s.device, s.created_at, s.last_used_at, s.ends_at from sessions s where s.whole_until is null;
comment on view devices_signed_in is 'accounts, for the other areas: the devices that people are signed in on, in words, without those where a code is still missing. Never a network address.';

create view sittings_under_way as
select s.learner_id as person_id from sittings s
where s.submitted_at is null and s.deadline_at > now() - interval '1 minute';
comment on view sittings_under_way is 'assessment, for the other areas: who sits a paper now, as long as answers may still arrive.';
