-- Checks draw from a pool, and the answers of a try that is under way are kept.

alter table check_versions
    add column asked smallint,
    add constraint check_versions_asked_some check (asked > 0);
comment on column check_versions.asked is 'How many of the questions a try asks; null for all of them.';

alter table check_attempts
    add column asked text[],
    add column seed bigint;
comment on column check_attempts.asked is 'Ids of the questions that were asked, in their order; null where it was all of that version.';
comment on column check_attempts.seed is 'Gave the options their order; null where they stood as written.';

create table check_tries (
    id uuid primary key,
    enrolment_id uuid not null references enrolments on delete cascade,
    module_id uuid not null references modules,
    version integer not null,
    seed bigint not null,
    asked text[],
    answers jsonb not null,
    seats integer not null,
    begun_at timestamptz not null,
    constraint check_tries_once unique (enrolment_id, module_id)
);
comment on table check_tries is 'The try at a check that is under way. It becomes an attempt of the same id when it is marked.';
comment on column check_tries.version is 'The version of the check that the answers are to.';
comment on column check_tries.asked is 'Ids of the questions, in their order; null as long as they are what the seed draws of the version.';
comment on column check_tries.answers is 'domain::learning::Kept: by question what is answered, and its sequence.';
comment on column check_tries.seats is 'How often it was opened: answers given in a later opening are later.';
create index check_tries_module on check_tries (module_id);
