-- Half open sessions: few from each source, short, and beside the paper that somebody sits. One read of the roles for each request.

alter table sessions add column half_source bytea;
comment on column sessions.half_source is 'Only of a session that signing in has opened half: the key of sign_in_tries for the account and the device on which a code was accepted before, or the network. Each source has its own few, so that who knows the password elsewhere pushes out no session of the owner.';
alter table sessions add column token_before bytea;
comment on column sessions.token_before is 'SHA-256 of the token that named the session until a code was accepted (second_factor_at). For some seconds the same code, sent twice with it, is answered again; it opens nothing else.';
create index sessions_token_before on sessions (token_before) where token_before is not null;
comment on column sessions.ends_at is 'Two days after signing in, two weeks with "Remember me"; a quarter of an hour while the session is half open, half an hour if the set-up of the second factor is begun. Using the session does not move it.';

create or replace view sittings_under_way as
select s.learner_id as person_id, s.id as sitting_id from sittings s
where s.submitted_at is null and s.deadline_at > now() - interval '1 minute'
or s.submitted_at > now() - interval '15 minutes';
comment on view sittings_under_way is 'assessment, for the other areas: who sits a paper now, as long as answers may still arrive, or has just submitted one, and is shown the receipt.';

create function roles_of(asker uuid) returns table (has_role boolean, follows_cohorts boolean, support boolean)
language sql stable rows 1 as $$
    select count(*) > 0,
        count(*) filter (
            where g.role in ('cohort-tutor', 'organisation-administrator') /* scope */
        ) > 0,
        count(*) filter (
            where g.role = 'support' /* scope */
        ) > 0
    from grants g
    where g.person_id = asker /* scope */
$$;
comment on function roles_of is 'One row: whether somebody has any role, is a tutor or an administrator anywhere, though there be no cohort yet, and is support. Every request of somebody signed in asks it.';

create or replace function follows_cohorts(asker uuid) returns table (role text) language sql stable as $$
    select null::text
    from roles_of(asker) r
    where r.follows_cohorts /* page */
$$;
comment on function follows_cohorts is 'For the version before, which calls it while it still serves during a deployment. Nothing else does: roles_of says it.';

-- Somebody who is given a role may need a second factor first. Their streams end, and only a session that is not half open begins them anew.
create function role_given() returns trigger language plpgsql as $$
begin
    perform live_tell('session', s.id) from sessions s where s.person_id = new.person_id and s.second_factor_at is null;
    return null;
end $$;
comment on function role_given is 'Ends the open streams of a person who is given a role, in sessions without a code.';
create trigger grants_given after insert on grants for each row execute function role_given();
