-- The functions of an extension belong to whoever installed it, so the owner of the tables cannot grant them. Everybody may call them anyway.

create or replace function grant_to_application(application text) returns void language plpgsql as $$
declare
    seen regclass;
    called regprocedure;
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
    for called in
        select p.oid from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'w')
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('grant execute on function %s to %I', called, application);
    end loop;
    execute format('revoke update, delete, truncate on audit_events, support_shown from %I', application);
    if to_regclass('public._sqlx_migrations') is not null then
        execute format('revoke insert, update, delete, truncate on public._sqlx_migrations from %I', application);
    end if;
end $$;
comment on function grant_to_application is 'Lets the role of the application read and write tables, read views, and only read and add in the audit. The owner of the tables calls it after migrations.';
