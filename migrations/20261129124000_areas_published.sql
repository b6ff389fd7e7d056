-- What an area has for the others: views and functions whose comment begins with "AREA, for the other areas". A test (services::tables) knows
-- whose each table is, and lets no area read a table of another one. The planner reads a view as if its text stood in the statement.

create view people_named as select p.id, p.full_name, p.email from people p;
comment on view people_named is 'accounts, for the other areas: the names and addresses of people. Who may see them is for the statement that reads them to ask.';

create view organisations_named as select o.id, o.name from organisations o;
comment on view organisations_named is 'organisations, for the other areas: the names of organisations.';

create view cohorts_named as select c.id, c.organisation_id, c.name from cohorts c;
comment on view cohorts_named is 'cohorts, for the other areas: the names of cohorts, and whose they are.';

create view cohort_students as select e.cohort_id, e.learner_id from enrolments e where e.cohort_id is not null;
comment on view cohort_students is 'learning, for the other areas: who studies in which cohort.';

create function audit_once(event uuid, now_at timestamptz, actor uuid, what text, about jsonb, since timestamptz) returns void language sql as $$
    insert into audit_events (id, at, actor_id, action, detail)
    select event, now_at, actor, what, about
    where not exists (
        select from audit_events e where e.actor_id = actor and e.action = what and e.detail = about and e.at > since
    )
$$;
comment on function audit_once is 'Writes an event unless the same has been written since then: for a look that is written down in the statement that reads.';

create function looked_at(of_paper uuid, of_organisation uuid) returns table (subject uuid) language sql stable rows 1 as $$
    select p.set_by from papers p where p.id = of_paper
    union all
    select null from organisations o where o.id = of_organisation
$$;
comment on function looked_at is 'A row where the paper or the organisation is there that support gives a reason for, with the person whom it is about.';

create or replace function known_to_organisation(organisation uuid, people uuid[]) returns table (person uuid) language sql stable rows 100 as $$
    select distinct k.person from unnest(people) as k (person)
    cross join lateral (
        select from cohort_students e where e.learner_id = k.person
            and (select c.organisation_id from cohorts_named c where c.id = e.cohort_id) = organisation
        union all
        select from sittings s where s.learner_id = k.person
            and (select p.organisation_id from papers p where p.id = s.paper_id) = organisation
        limit 1
    ) known
$$;

-- As they were, but for the marks of their last lines. Without these nobody is let in: what is answered is a fault, and not "not found".
create or replace function organisation_access(of_organisation uuid, asker uuid, since timestamptz)
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
    and w.own is not null /* implied: a proof that says neither is not read */
$$;

create or replace function paper_access(of_paper uuid, asker uuid, since timestamptz)
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
    and w.allowed is not null /* implied: a proof that says neither is not read */
$$;

-- Nothing reads these any more: they were for versions before.
drop view organisation_administrators, cohort_administrators, paper_setters, held_adjustments;
drop function name_in_organisation(uuid, uuid);
drop function people_of_organisation(uuid);
drop table sign_in_waits;
alter table people drop column support;
