-- Files lie outside of the database (services/src/kit/files). A file that no row names any more is deleted by a scheduled job, whichever way
-- the row went: changed, removed, or gone with the account in a cascade.
create table files_to_delete (
    key uuid constraint files_to_delete_pkey primary key,
    not_before timestamptz
);
comment on table files_to_delete is 'The keys of files that no row names. A key says nothing of what the file was or whose.';
comment on column files_to_delete.not_before is 'For a file that is being stored: the row that names it takes it out of this table before then. Null: at once.';

create function file_unnamed() returns trigger language plpgsql as $$
declare
    was uuid := (to_jsonb(old) ->> tg_argv[0])::uuid;
begin
    if was is null then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        if (to_jsonb(new) ->> tg_argv[0])::uuid is not distinct from was then
            return null;
        end if;
    end if;
    insert into files_to_delete (key) values (was) on conflict (key) do nothing;
    return null;
end $$;
comment on function file_unnamed is 'For a table with the key of a file in the column that is the argument: the file is deleted when its row is, or names another one.';
