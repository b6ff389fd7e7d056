-- The percentage of extra time goes beyond the close, as extra minutes do. Sittings that have begun keep their time.
alter table sittings add column percent_seconds integer not null default 0;
comment on column sittings.percent_seconds is 'Of allowed_seconds what the person''s percentage of extra time adds to the limit: it goes beyond the close.';
comment on column sittings.deadline_at is 'Kept by the trigger: least(start + limit x factor, close + percentage) + extra, and the breaks.';

create or replace function sitting_deadline() returns trigger language plpgsql as $$
begin
    new.deadline_at := least(new.started_at + make_interval(secs => new.allowed_seconds),
            new.closes_at + make_interval(secs => new.percent_seconds))
        + make_interval(secs => new.extra_seconds + new.break_seconds);
    return new;
end $$;
create or replace trigger sitting_deadline
    before insert or update of started_at, allowed_seconds, percent_seconds, extra_seconds, break_seconds, closes_at
    on sittings for each row execute function sitting_deadline();
