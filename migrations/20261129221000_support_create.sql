-- What support sees of a person, and the audit that nobody rewrites.

-- The application's role owns the table, and what is revoked from an owner the owner can give back. So a trigger refuses, whoever asks. No job
-- removes events; one that does has to come with a migration that says which.
create function audit_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';
end $$;
comment on function audit_append_only is 'Refuses to change or remove events of the audit.';
create trigger audit_events_append_only before update or delete or truncate on audit_events
    for each statement execute function audit_append_only();

create index audit_events_at on audit_events (at, id);
create index audit_events_seen_members on audit_events ((detail->>'members'), at) where action = 'assessment.seen_by_support';
create index audit_events_seen_paper on audit_events ((detail->>'paper'), at) where action = 'assessment.seen_by_support';

create view audit_log as select e.id, e.at, e.actor_id, e.subject_id, e.action, e.detail from audit_events e;
comment on view audit_log is 'kit, for the other areas: the events of the audit. Who may see them is for the statement that reads them to ask.';

create view account_facts as
select p.id as person_id, p.created_at, p.activated_at, p.withdrawn_at,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to(p.email, 'UTF8'))) as wait_until
from people p;
comment on view account_facts is 'accounts, for the other areas: since when an account is there and open, and until when signing in has to wait somewhere. No network address, and none that could be found by it.';

create view devices_signed_in as select s.id, s.person_id, s.device, s.created_at, s.last_used_at, s.ends_at from sessions s;
comment on view devices_signed_in is 'accounts, for the other areas: the devices that people are signed in on, in words. Never a network address.';

create view member_details as
select m.organisation_id, m.person_id, m.student_number, m.team, m.area, m.joined_at,
    u.id as upload_id, u.file_name, u.created_at as uploaded_at, u.state as upload_state
from memberships m left join uploads u on u.id = m.upload_id;
comment on view member_details is 'organisations, for the other areas: what an organisation keeps of its people, and the upload that brought them. Who may see it is for the statement that reads it to ask.';

create view roles_held as
select g.person_id, g.role, coalesce(g.organisation_id, g.cohort_id) as scope_id, coalesce(o.name, c.name) as scope,
    g.granted_at, g.granted_by, g.reason
from grants g
left join organisations_named o on o.id = g.organisation_id
left join cohorts_named c on c.id = g.cohort_id;
comment on view roles_held is 'access, for the other areas: the roles that people hold, to be shown. What follows from a role is not decided by it.';

create view papers_sat as select s.learner_id as person_id, s.paper_id, s.started_at from sittings s;
comment on view papers_sat is 'assessment, for the other areas: who has sat which paper, and since when.';

create function support_look(asker uuid, kind text, about uuid, since timestamptz) returns table (allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select w.allowed, jsonb_build_object('support', s.person_id, 'about', about, 'allowed', w.allowed)
    from support_access(asker) s
    cross join lateral (select exists (select from support_reason(asker, kind, about, since)) as allowed) w
$$;
comment on function support_look is 'A row for support, none for anybody else. Not allowed is support that has given no reason for this since then.';

-- A look at an organisation's people or at a paper is a look at each of them, of whoever was there within the hour for which it holds.
create view support_looks as
select e.id, e.at, e.subject_id as person_id, e.actor_id, e.action, e.detail->>'reason' as reason
from audit_log e
where e.action in ('support.unlocked', 'support.mail_sent', 'support.sessions_ended')
    or e.action = 'assessment.seen_by_support' and e.detail ? 'person'
union all
select e.id, e.at, m.person_id, e.actor_id, e.action, e.detail->>'reason'
from member_details m
join audit_log e on e.action = 'assessment.seen_by_support' and e.detail->>'members' = m.organisation_id::text
    and e.at > m.joined_at - interval '1 hour'
union all
select e.id, e.at, s.person_id, e.actor_id, e.action, e.detail->>'reason'
from (select person_id, paper_id, min(started_at) as started_at from papers_sat group by person_id, paper_id) s
join audit_log e on e.action = 'assessment.seen_by_support' and e.detail->>'paper' = s.paper_id::text
    and e.at > s.started_at - interval '1 hour';
comment on view support_looks is 'support, for the other areas: when support looked at what concerns a person, or did something for them, and why.';
