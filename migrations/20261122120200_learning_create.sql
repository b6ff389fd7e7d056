-- Courses as imported from content/, what learners did (facts), and the counters that pages read.

create table frameworks (
    id text primary key,
    title text not null,
    publisher text not null,
    year smallint not null
);
create table competencies (
    framework_id text not null references frameworks,
    id text not null,
    position smallint not null,
    domain text not null,
    title text not null,
    primary key (framework_id, id)
);
comment on table frameworks is 'Competency frameworks by edition: a new edition is a new row, never a changed one.';

create table courses (
    id uuid primary key,
    slug text not null,
    title text not null,
    summary text not null,
    intro_html text not null,
    framework_id text not null references frameworks,
    constraint courses_slug_key unique (slug)
);
comment on table courses is 'A course as its course.md says. Only `server content import` writes here.';

alter table cohorts add constraint cohorts_course foreign key (course_id) references courses;
create index cohorts_course on cohorts (course_id);

create table modules (
    id uuid primary key,
    course_id uuid not null references courses,
    slug text not null,
    position smallint not null,
    title text not null,
    summary text not null,
    intro_html text not null,
    minutes smallint not null,
    pass_mark smallint not null,
    competencies text[] not null,
    page_count smallint not null default 0,
    check_version integer not null default 0,
    retired boolean not null default false,
    constraint modules_slug_key unique (course_id, slug),
    constraint modules_pass_mark_percent check (pass_mark between 1 and 100)
);
comment on column modules.page_count is 'Its pages that are not retired.';
comment on column modules.check_version is 'The version of the check that is asked now; see check_versions.';
comment on column modules.retired is 'Gone from the course; kept because progress refers to it.';

create table pages (
    id uuid primary key,
    module_id uuid not null references modules,
    slug text not null,
    position smallint not null,
    version integer not null,
    retired boolean not null default false,
    constraint pages_slug_key unique (module_id, slug)
);
create table page_versions (
    page_id uuid not null references pages,
    version integer not null,
    title text not null,
    html text not null,
    imported_at timestamptz not null,
    primary key (page_id, version)
);
comment on table pages is 'A page keeps its row, and learners their progress, when its text changes.';
comment on table page_versions is 'Every text that a page has had: what was read seven years ago can be shown.';

create table check_versions (
    module_id uuid not null references modules,
    version integer not null,
    questions jsonb not null,
    imported_at timestamptz not null,
    primary key (module_id, version)
);
comment on column check_versions.questions is 'Array of domain::learning::Question, with keys and explanations.';

create table media (
    hash text primary key,
    content_type text not null,
    body bytea not null
);
comment on table media is 'Figures, named by the SHA-256 of their content, so that a browser may keep them for ever.';

create table enrolments (
    id uuid primary key,
    learner_id uuid not null references people on delete cascade,
    course_id uuid not null references courses,
    cohort_id uuid references cohorts,
    enrolled_at timestamptz not null,
    modules_entered smallint not null default 0,
    modules_completed smallint not null default 0,
    last_seen_at timestamptz,
    last_page_id uuid references pages,
    constraint enrolments_once unique (learner_id, course_id)
);
create index enrolments_cohort on enrolments (cohort_id);
create index enrolments_course on enrolments (course_id);
comment on table enrolments is 'One learner on one course, with the counters that lists read.';

-- Facts.
create table page_openings (
    enrolment_id uuid not null references enrolments on delete cascade,
    page_id uuid not null references pages,
    first_opened_at timestamptz not null,
    first_version integer not null,
    last_opened_at timestamptz not null,
    last_version integer not null,
    times integer not null default 1,
    primary key (enrolment_id, page_id)
);
comment on table page_openings is 'Fact: what was accessed, when, and in which version. Kept for seven years.';

create table check_attempts (
    id uuid primary key,
    enrolment_id uuid not null references enrolments on delete cascade,
    module_id uuid not null references modules,
    version integer not null,
    answers jsonb not null,
    right_answers smallint not null,
    questions smallint not null,
    passed boolean not null,
    taken_at timestamptz not null
);
create index check_attempts_module on check_attempts (enrolment_id, module_id, taken_at);
comment on table check_attempts is 'Fact: every taking of a knowledge check, marked once, when it was taken.';

create table module_completions (
    enrolment_id uuid not null references enrolments on delete cascade,
    module_id uuid not null references modules,
    completed_at timestamptz not null,
    primary key (enrolment_id, module_id)
);
comment on table module_completions is 'Fact: the tick. It stands when the module changes afterwards.';

-- Counters.
create table module_progress (
    enrolment_id uuid not null references enrolments on delete cascade,
    module_id uuid not null references modules,
    pages_opened smallint not null,
    best_percent smallint,
    passed boolean not null,
    entered boolean not null,
    completed boolean not null,
    primary key (enrolment_id, module_id)
);
create index module_progress_module on module_progress (module_id);
comment on table module_progress is 'Derived from the facts by learning_count, which alone writes here. Pages read this, not the facts.';

create function learning_count(the_enrolment uuid, the_module uuid, at timestamptz) returns void
language plpgsql as $$
declare
    the_learner uuid;
    the_cohort uuid;
    the_course uuid;
    opened integer;
    opened_ever boolean;
    best integer;
    has_passed boolean;
begin
    -- One learner's counters are worked out one at a time; every statement below then sees what the other one wrote.
    -- Not `for update`: that would wait for the key locks which two first openings at once hold on this row, for ever.
    select learner_id, cohort_id, course_id into the_learner, the_cohort, the_course
    from enrolments where id = the_enrolment for no key update;

    select count(*) filter (where not p.retired), count(*) > 0 into opened, opened_ever
    from page_openings o join pages p on p.id = o.page_id
    where o.enrolment_id = the_enrolment and p.module_id = the_module;

    select max(right_answers * 100 / questions), coalesce(bool_or(passed), false) into best, has_passed
    from check_attempts where enrolment_id = the_enrolment and module_id = the_module;

    if has_passed and opened > 0 and opened = (select page_count from modules where id = the_module) then
        insert into module_completions (enrolment_id, module_id, completed_at)
        values (the_enrolment, the_module, at) on conflict do nothing;
    end if;

    insert into module_progress (enrolment_id, module_id, pages_opened, best_percent, passed, entered, completed)
    values (the_enrolment, the_module, opened, best, has_passed, opened_ever,
        exists (select from module_completions c where c.enrolment_id = the_enrolment and c.module_id = the_module))
    on conflict (enrolment_id, module_id) do update set
        pages_opened = excluded.pages_opened, best_percent = excluded.best_percent, passed = excluded.passed,
        entered = excluded.entered, completed = excluded.completed;

    update enrolments set
        modules_entered = counted.entered,
        modules_completed = counted.completed
    from (
        select count(*) filter (where mp.entered) as entered, count(*) filter (where mp.completed) as completed
        from module_progress mp join modules m on m.id = mp.module_id
        where mp.enrolment_id = the_enrolment and not m.retired
    ) counted
    where id = the_enrolment;

    perform pg_notify('live', 'learner:' || the_learner);
    if the_cohort is not null then
        perform pg_notify('live', 'cohort:' || the_cohort);
    end if;
end
$$;
comment on function learning_count is 'Works the counters of one module for one enrolment out of the facts, gives the tick, and tells whoever is watching.';

create function learning_page_opened() returns trigger language plpgsql as $$
begin
    perform learning_count(new.enrolment_id, (select module_id from pages where id = new.page_id), new.first_opened_at);
    return null;
end
$$;
create trigger page_openings_count after insert on page_openings
    for each row execute function learning_page_opened();

create function learning_check_taken() returns trigger language plpgsql as $$
begin
    perform learning_count(new.enrolment_id, new.module_id, new.taken_at);
    return null;
end
$$;
create trigger check_attempts_count after insert on check_attempts
    for each row execute function learning_check_taken();
