-- The role of the application writes nothing through a view. Support that acts for an organisation is known as support.

create or replace function grant_to_application(application text) returns void language plpgsql as $$
declare
    seen regclass;
begin
    execute format('grant usage on schema public to %I', application);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', application);
    -- All tables are all views too, and who writes through a view does it with the rights of its owner: of the audit there is one.
    for seen in select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm') loop
        execute format('revoke insert, update, delete, truncate on %s from %I', seen, application);
    end loop;
    -- To hold the rows of people (`enrol_assigned`) takes the right to change a column of them. The application may change people anyway.
    execute format('grant update (id) on people_named to %I', application);
    execute format('grant usage, select on all sequences in schema public to %I', application);
    execute format('grant execute on all functions in schema public to %I', application);
    execute format('revoke update, delete, truncate on audit_events, support_shown from %I', application);
    if to_regclass('public._sqlx_migrations') is not null then
        execute format('revoke insert, update, delete, truncate on public._sqlx_migrations from %I', application);
    end if;
end $$;
comment on function grant_to_application is 'Lets the role of the application read and write tables, read views, and only read and add in the audit. The owner of the tables calls it after migrations.';

create or replace function organisation_administration(of_slug text, asker uuid, since timestamptz)
returns table (organisation_id uuid, allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select o.id, w.allowed, jsonb_build_object('organisation', o.id, 'allowed', w.allowed, 'support', w.support)
    from organisations o
    cross join lateral (
        select bool_or(x.allowed) as allowed, bool_and(x.support) as support from (
            select true as allowed, false as support
            from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = o.id /* scope */
            and g.role = 'organisation-administrator' /* scope */
            union all
            select exists (select from support_reason(asker, 'members', o.id, since)), true from support_access(asker)
        ) x
    ) w
    where o.slug = of_slug /* scope */
    and w.allowed is not null /* implied: a proof that says neither is not read */
$$;
comment on function organisation_administration is 'No row for who does not administer the organisation. Not allowed is support that has given no reason since then. The proof says whether it is support, and no administrator.';

comment on view roles_held is 'access, for the other areas: the roles that people hold, to be shown, and to keep the account of who holds one. What else follows from a role is not decided by it.';
