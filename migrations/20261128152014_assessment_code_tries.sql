create table code_tries (
    person_id uuid primary key references people on delete cascade,
    tries integer not null,
    since timestamptz not null
);
create index code_tries_since on code_tries (since);
comment on table code_tries is 'Access codes that somebody tried and that were not right, in the hour that began with the first. Rows go after a day.';
comment on column code_tries.tries is 'Those that are under way among them: a try counts until it is found to be right.';
