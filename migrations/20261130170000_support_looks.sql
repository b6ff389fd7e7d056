-- A look of support is kept with the people whom it showed. The audit can belong to another role than the application's.

create table support_shown (
    person_id uuid not null,
    event_id uuid not null,
    constraint support_shown_pkey primary key (person_id, event_id)
);
comment on table support_shown is 'access, for the other areas: whom an event of support showed or concerned, written in the transaction of the event. No foreign keys, like the audit.';

insert into support_shown (person_id, event_id)
select distinct l.person_id, l.id from support_looks l where l.person_id is not null;

create or replace function audit_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger support_shown_append_only before update or delete or truncate on support_shown
    for each statement execute function audit_append_only();

create function support_shows(kind text, about uuid) returns table (person_id uuid) language sql stable as $$
    select p.id from people p where kind = 'person' and p.id = about
    union
    select m.person_id from memberships m where kind = 'members' and m.organisation_id = about
    union
    select r.person_id from membership_requests r where kind = 'members' and r.organisation_id = about
    union
    select s.person_id
    from sponsorships_shown s
    where kind = 'members' and s.organisation_id = about and s.ended_at is null
    union
    select e.learner_id
    from cohorts c
    join enrolments e on e.cohort_id = c.id
    where kind = 'members' and c.organisation_id = about
    union
    select coalesce(a.person_id, p.id)
    from exam_adjustments a
    left join people p on a.person_id is null and p.email = a.email
    where kind = 'organisation' and a.organisation_id = about and coalesce(a.person_id, p.id) is not null
    union
    select s.learner_id from sittings s where kind = 'paper' and s.paper_id = about and s.learner_id is not null
    union
    select coalesce(l.person_id, p.id)
    from paper_learners l
    left join people p on l.person_id is null and p.email = l.email
    where kind = 'paper' and l.paper_id = about and coalesce(l.person_id, p.id) is not null
    union
    select e.learner_id
    from paper_cohorts c
    join enrolments e on e.cohort_id = c.cohort_id
    where kind = 'paper' and c.paper_id = about
$$;
comment on function support_shows is 'The people whom a page shows that support gives a reason for: an account, the people of an organisation, those whom it asks, its students and those for whom it pays, who has extra time there, the candidates of a paper.';

-- It reads rows alone, so a look stays with a person who leaves the organisation. The reason for a group may tell of one person in it: the others
-- read that support looked, and at what.
create or replace view support_looks as
select e.id, e.at, s.person_id, e.actor_id,
    case
        when e.action <> 'assessment.seen_by_support' then e.action
        when e.detail ? 'person' then 'support.saw_account'
        when e.detail ? 'members' then 'support.saw_members'
        when e.detail ? 'organisation' then 'support.saw_extra_time'
        else 'support.saw_paper'
    end as action,
    case when e.action <> 'assessment.seen_by_support' or e.detail ? 'person' then e.detail->>'reason' end as reason
from support_shown s
join audit_log e on e.id = s.event_id;
comment on view support_looks is 'support, for the other areas: when support looked at what concerns a person, or did something for them, and the reason if it was for them alone.';

-- Only the view read them.
drop index audit_events_seen_members;
drop index audit_events_seen_paper;
drop view papers_sat;

create or replace view account_facts as
select p.id as person_id, p.created_at, p.activated_at, p.withdrawn_at,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to(p.email, 'UTF8'))) as wait_until,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to('codes ' || p.email, 'UTF8'))) as code_wait_until,
    exists (select from second_factors f where f.person_id = p.id and f.confirmed_at is not null) as second_factor,
    (select count(*) from recovery_codes c where c.person_id = p.id and c.used_at is null) as recovery_codes
from people p;
comment on view account_facts is 'accounts, for the other areas: since when an account is there and open, until when a password or a code has to wait somewhere, and whether it has a second factor. No network address, and none that could be found by it.';

-- The subject of a reason comes from the row of the reason.
drop function support_reason(uuid, text, uuid, timestamptz);
create function support_reason(asker uuid, kind text, about uuid, since timestamptz) returns table (at timestamptz, subject uuid) language sql stable as $$
    select e.at, (e.detail->>kind)::uuid
    from audit_events e
    where e.actor_id = asker /* scope */
    and e.action = 'assessment.seen_by_support' /* scope */
    and e.detail->>kind = about::text /* scope */
    and e.at > since /* scope */
$$;
comment on function support_reason is 'A row for each reason that support gave since then to look at a paper, at people of an organisation, at a person or at the audit.';

create or replace function support_look(asker uuid, kind text, about uuid, since timestamptz) returns table (allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select r.subject is not null, jsonb_build_object('support', s.person_id, 'about', r.subject)
    from support_access(asker) s
    left join lateral (
        select x.subject
        from support_reason(s.person_id, kind, about, since) x
        where x.subject = about /* implied: support_reason has a row for no other subject */
        limit 1
    ) r on true
$$;
comment on function support_look is 'A row for support, none for anybody else. Without a subject in the proof, support has given no reason for this since then.';

-- See docs/database.md: the owner runs the migrations, and the application has a role of its own.
create function grant_to_application(application text) returns void language plpgsql as $$
begin
    execute format('grant usage on schema public to %I', application);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', application);
    execute format('grant usage, select on all sequences in schema public to %I', application);
    execute format('grant execute on all functions in schema public to %I', application);
    execute format('revoke update, delete, truncate on audit_events, support_shown from %I', application);
    if to_regclass('public._sqlx_migrations') is not null then
        execute format('revoke insert, update, delete, truncate on public._sqlx_migrations from %I', application);
    end if;
end $$;
comment on function grant_to_application is 'Lets the role of the application read and write, and only read and add in the audit. The owner of the tables calls it after migrations.';
