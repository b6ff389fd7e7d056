-- What somebody has completed does not become longer or shorter when the course states another time for the module.
alter table module_completions add column minutes smallint;
update module_completions d set minutes = m.minutes from modules m where m.id = d.module_id;
alter table module_completions alter column minutes set not null;
comment on column module_completions.minutes is 'The time that the course stated for the module then. Kept by the trigger.';

create function module_completion_timed() returns trigger language plpgsql as $$
begin
    new.minutes := (select m.minutes from modules m where m.id = new.module_id);
    return new;
end $$;
comment on function module_completion_timed is 'Keeps the minutes of a module with its completion.';
create trigger module_completions_timed before insert on module_completions for each row execute function module_completion_timed();
