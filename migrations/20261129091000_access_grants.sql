-- Who has which role, in one table, and the functions that say what follows from it: services::access explains them.

create table grants (
    person_id uuid not null,
    role text not null,
    organisation_id uuid,
    cohort_id uuid,
    granted_at timestamptz not null,
    granted_by uuid,
    reason text not null,
    constraint grants_once unique nulls not distinct (person_id, role, organisation_id, cohort_id),
    constraint grants_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint grants_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint grants_cohort_id_fkey foreign key (cohort_id) references cohorts on delete cascade,
    constraint grants_granted_by_fkey foreign key (granted_by) references people on delete set null,
    constraint grants_role_known check (role in ('organisation-administrator', 'cohort-tutor', 'paper-setter', 'support')),
    constraint grants_scope_of_role check (case role
        when 'cohort-tutor' then cohort_id is not null and organisation_id is null
        when 'support' then cohort_id is null and organisation_id is null
        else cohort_id is null and organisation_id is not null
    end),
    constraint grants_reason_given check (length(trim(reason)) between 1 and 500)
);
create index grants_organisation on grants (organisation_id);
create index grants_cohort on grants (cohort_id);
create index grants_granted_by on grants (granted_by);
comment on table grants is 'Who has which role where: a row is the role, and deleting it takes the role back. What was, is in audit_events. Only services::access reads and writes it.';
comment on column grants.role is 'As domain::access::Role has it. What a role is given for is in the column of its scope; support is for the whole service.';
comment on column grants.organisation_id is 'The scope of an administrator and of who sets papers.';
comment on column grants.cohort_id is 'The scope of a tutor.';
comment on column grants.granted_by is 'Null where the command line gave it, or whose account is erased.';

insert into grants (person_id, role, organisation_id, granted_at, granted_by, reason)
select person_id, 'organisation-administrator', organisation_id, signed_up_at, signed_up_by, 'Given before reasons were kept'
from organisation_administrators
union all
select person_id, 'paper-setter', organisation_id, signed_up_at, signed_up_by, 'Given before reasons were kept' from paper_setters;
insert into grants (person_id, role, cohort_id, granted_at, granted_by, reason)
select person_id, 'cohort-tutor', cohort_id, signed_up_at, signed_up_by, 'Given before reasons were kept' from cohort_administrators;
insert into grants (person_id, role, granted_at, reason)
select id, 'support', created_at, 'Given before reasons were kept' from people where support;

-- In the functions each condition has a line, which ends by saying what it is. `scope`: somebody would see too much without it.
-- `implied`: it says what another condition, or a constraint, makes true today. `page`: of what may be seen, this much. The test of the
-- access tables takes out each `scope` in turn, and wants a table to notice (server/tests/access/scopes.rs).
drop function paper_access(uuid, uuid, timestamptz);
drop function organisation_access(uuid, uuid, timestamptz);

create function support_access(asker uuid) returns table (person_id uuid, proof jsonb) language sql stable rows 1 as $$
    select g.person_id, jsonb_build_object('person', g.person_id)
    from grants g
    where g.person_id = asker /* scope */
    and g.role = 'support' /* scope */
$$;
comment on function support_access is 'A row for support, none for anybody else.';

create function support_reason(asker uuid, kind text, about uuid, since timestamptz) returns table (at timestamptz) language sql stable as $$
    select e.at
    from audit_events e
    where e.actor_id = asker /* scope */
    and e.action = 'assessment.seen_by_support' /* scope */
    and e.detail->>kind = about::text /* scope */
    and e.at > since /* scope */
$$;
comment on function support_reason is 'A row for each reason that support gave since then to look at a paper, or at people of an organisation.';

create function follows_cohorts(asker uuid) returns table (role text) language sql stable as $$
    select g.role
    from grants g
    where g.person_id = asker /* scope */
    and g.role in ('cohort-tutor', 'organisation-administrator') /* scope */
$$;
comment on function follows_cohorts is 'A row for who is a tutor or an administrator anywhere, though there be no cohort yet.';

create function cohort_access(of_cohort uuid, asker uuid) returns table (cohort_id uuid, proof jsonb) language sql stable rows 1 as $$
    select c.id, jsonb_build_object('cohort', c.id, 'organisation', c.organisation_id)
    from cohorts c
    cross join lateral (
        select exists (
            select from grants g
            where g.person_id = asker /* scope */
            and g.cohort_id = c.id /* scope */
            and g.role = 'cohort-tutor' /* implied: no other role has a cohort */
            union all
            select from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = c.organisation_id /* scope */
            and g.role = 'organisation-administrator' /* scope */
        ) as follows
    ) w
    where c.id = of_cohort /* scope */
    and w.follows /* scope */
$$;
comment on function cohort_access is 'A row for who sees the access and completion of this cohort: its tutors, and the administrators of its organisation.';

create function followed_cohorts(asker uuid) returns table (cohort_id uuid) language sql stable as $$
    select g.cohort_id
    from grants g
    where g.person_id = asker /* scope */
    and g.role = 'cohort-tutor' /* implied: no other role has a cohort */
    union
    select x.id
    from grants g
    cross join lateral (
        -- By the key: beside them are those of everybody else.
        select c.id from cohorts c
        where c.organisation_id = g.organisation_id /* scope */
        offset 0
    ) x
    where g.person_id = asker /* scope */
    and g.role = 'organisation-administrator' /* scope */
$$;
comment on function followed_cohorts is 'The cohorts for which cohort_access has a row.';

create function sets_papers(asker uuid) returns table (organisation_id uuid, everywhere boolean) language sql stable as $$
    select g.organisation_id, g.role = 'support'
    from grants g
    where g.person_id = asker /* scope */
    and g.role in ('paper-setter', 'organisation-administrator', 'support') /* scope */
$$;
comment on function sets_papers is 'Where somebody may set papers; support has no organisation, and may everywhere.';

create function organisation_access(of_organisation uuid, asker uuid, since timestamptz)
returns table (organisation_id uuid, support boolean, reason boolean, proof jsonb) language sql stable rows 1 as $$
    select o.id, not w.own, w.reason,
        jsonb_build_object('organisation', o.id, 'person', asker, 'support', not w.own, 'reason', w.reason)
    from organisations o
    cross join lateral (
        select bool_or(x.own) as own, bool_or(x.reason) as reason from (
            select true as own, true as reason
            from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = o.id /* scope */
            and g.role in ('paper-setter', 'organisation-administrator') /* implied: no other role has an organisation */
            union all
            select false, exists (select from support_reason(asker, 'organisation', o.id, since)) from support_access(asker)
        ) x
    ) w
    where o.id = of_organisation /* scope */
    and w.own is not null /* scope */
$$;
comment on function organisation_access is 'No row for who may not set papers there. The reason is the one that support gives before it looks at people of the organisation.';

create function paper_access(of_paper uuid, asker uuid, since timestamptz)
returns table (organisation_id uuid, allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select p.organisation_id, w.allowed,
        jsonb_build_object('paper', p.id, 'organisation', p.organisation_id, 'allowed', w.allowed)
    from papers p
    cross join lateral (
        select bool_or(x.allowed) as allowed from (
            select true as allowed
            from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = p.organisation_id /* scope */
            and p.set_by = asker /* scope */
            and g.role = 'paper-setter' /* implied: who administers it sees the paper anyway, and no other role has an organisation */
            union all
            select true
            from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = p.organisation_id /* scope */
            and g.role = 'organisation-administrator' /* scope */
            union all
            select exists (select from support_reason(asker, 'paper', p.id, since)) from support_access(asker)
        ) x
    ) w
    where p.id = of_paper /* scope */
    and w.allowed is not null /* scope */
$$;
comment on function paper_access is 'No row for whom the paper does not concern. Not allowed is support that has given no reason since then.';

create function papers_seen(asker uuid, before uuid, most integer) returns table (paper_id uuid, own boolean) language sql stable as $$
    select x.id, true
    from grants g
    cross join lateral (
        select p.id from papers p
        where p.organisation_id = g.organisation_id /* scope */
        and p.set_by = asker /* scope */
        and p.id < before /* page */
        order by p.id desc limit most
    ) x
    where g.person_id = asker /* scope */
    and g.role = 'paper-setter' /* implied: who administers it sees the paper anyway, and no other role has an organisation */
    union all
    select x.id, true
    from grants g
    cross join lateral (
        select p.id from papers p
        where p.organisation_id = g.organisation_id /* scope */
        and p.id < before /* page */
        order by p.id desc limit most
    ) x
    where g.person_id = asker /* scope */
    and g.role = 'organisation-administrator' /* scope */
    union all
    select x.id, false
    from support_access(asker)
    cross join lateral (
        select p.id from papers p
        where p.id < before /* page */
        order by p.id desc limit most
    ) x
$$;
comment on function papers_seen is 'The newest papers for which paper_access has a row, of each role as many as are asked for; a paper may come twice. Support has every paper, and none as its own.';

create function sitting_access(of_sitting uuid, asker uuid, since timestamptz)
returns table (paper_id uuid, organisation_id uuid, allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select s.paper_id, a.organisation_id, a.allowed, jsonb_build_object('sitting', s.id, 'paper', a.proof)
    from sittings s
    cross join lateral paper_access(s.paper_id, asker, since) a
    where s.id = of_sitting /* scope */
$$;
comment on function sitting_access is 'As paper_access, of the paper of this sitting.';

create function item_access(of_item uuid, asker uuid, since timestamptz)
returns table (paper_id uuid, organisation_id uuid, allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select i.paper_id, a.organisation_id, a.allowed, jsonb_build_object('item', i.id, 'paper', a.proof)
    from paper_items i
    cross join lateral paper_access(i.paper_id, asker, since) a
    where i.id = of_item /* scope */
$$;
comment on function item_access is 'As paper_access, of the paper of this question.';

create function own_sitting(of_sitting uuid, asker uuid) returns table (proof jsonb) language sql stable rows 1 as $$
    select jsonb_build_object('sitting', s.id, 'paper', s.paper_id, 'person', s.learner_id)
    from sittings s
    where s.id = of_sitting /* scope */
    and s.learner_id = asker /* scope */
$$;
comment on function own_sitting is 'A row for whose sitting it is, and for nobody else.';

-- The version before reads these while it still serves during a deployment. They go with the next release, like people.support.
drop table organisation_administrators;
drop table cohort_administrators;
drop table paper_setters;
create view organisation_administrators as
select organisation_id, person_id, granted_at as signed_up_at, granted_by as signed_up_by from grants where role = 'organisation-administrator';
create view cohort_administrators as
select cohort_id, person_id, granted_at as signed_up_at, granted_by as signed_up_by from grants where role = 'cohort-tutor';
create view paper_setters as
select organisation_id, person_id, granted_at as signed_up_at, granted_by as signed_up_by from grants where role = 'paper-setter';
comment on view organisation_administrators is 'Of grants, for the version before. Nothing else reads it.';
comment on view cohort_administrators is 'Of grants, for the version before. Nothing else reads it.';
comment on view paper_setters is 'Of grants, for the version before. Nothing else reads it.';
comment on column people.support is 'For the version before. Nothing else reads or writes it: grants says who is support.';
