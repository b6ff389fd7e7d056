-- What the tutors of a cohort do beside reading its table: target dates of its modules, notes about its students, reminders.

create table cohort_dates (
    cohort_id uuid not null constraint cohort_dates_cohort_id_fkey references cohorts on delete cascade,
    module_id uuid not null constraint cohort_dates_module_id_fkey references modules,
    due_on date not null,
    set_at timestamptz not null,
    set_by uuid constraint cohort_dates_set_by_fkey references people on delete set null,
    constraint cohort_dates_pkey primary key (cohort_id, module_id)
);
create index cohort_dates_module on cohort_dates (module_id);
create index cohort_dates_set_by on cohort_dates (set_by);
comment on table cohort_dates is 'The day, in London, by which the students of a cohort should have completed a module. A cohort without any has no dates.';

create table cohort_notes (
    id uuid constraint cohort_notes_pkey primary key,
    cohort_id uuid not null constraint cohort_notes_cohort_id_fkey references cohorts on delete cascade,
    person_id uuid not null constraint cohort_notes_person_id_fkey references people on delete cascade,
    author_id uuid constraint cohort_notes_author_id_fkey references people on delete set null,
    text text not null,
    written_at timestamptz not null,
    constraint cohort_notes_text_length check (char_length(text) between 1 and 2000)
);
create index cohort_notes_student on cohort_notes (cohort_id, person_id, written_at);
create index cohort_notes_person on cohort_notes (person_id);
create index cohort_notes_author on cohort_notes (author_id);
comment on table cohort_notes is 'What tutors of a cohort have written about a student of it, for one another. It is personal data of the student, and belongs into a copy of their data.';

create table cohort_reminders (
    id uuid constraint cohort_reminders_pkey primary key,
    cohort_id uuid not null constraint cohort_reminders_cohort_id_fkey references cohorts on delete cascade,
    author_id uuid constraint cohort_reminders_author_id_fkey references people on delete set null,
    text text not null,
    begun_at timestamptz not null,
    sent_at timestamptz,
    constraint cohort_reminders_text_length check (char_length(text) between 1 and 2000)
);
create index cohort_reminders_cohort on cohort_reminders (cohort_id);
create index cohort_reminders_author on cohort_reminders (author_id);
-- The choice of somebody replaces their last one that was not sent, so that these do not pile up.
create unique index cohort_reminders_draft on cohort_reminders (cohort_id, author_id) where sent_at is null;
comment on table cohort_reminders is 'A reminder of a tutor to students of a cohort: chosen and being written as long as it has no sent_at.';

create table cohort_reminded (
    reminder_id uuid not null constraint cohort_reminded_reminder_id_fkey references cohort_reminders on delete cascade,
    person_id uuid not null constraint cohort_reminded_person_id_fkey references people on delete cascade,
    outcome text,
    stop_hash bytea,
    constraint cohort_reminded_pkey primary key (reminder_id, person_id),
    constraint cohort_reminded_stop_hash_key unique (stop_hash),
    constraint cohort_reminded_outcome_known check (outcome in ('sent', 'without', 'had-one')),
    constraint cohort_reminded_sent_stops check ((stop_hash is not null) = coalesce(outcome = 'sent', false))
);
create index cohort_reminded_person on cohort_reminded (person_id);
comment on table cohort_reminded is 'Who was chosen for a reminder, and what became of it. Who was not in the cohort any more when it was sent is not among them.';
comment on column cohort_reminded.outcome is 'Null until it is sent. without: takes no reminders, or has not opened the account: tutors are told neither who nor how many; had-one: was chosen for one that was sent within a week.';
comment on column cohort_reminded.stop_hash is 'SHA-256 of the token in the mail, by which its reader stops all such reminders without signing in.';

create table reminder_stops (
    person_id uuid constraint reminder_stops_pkey primary key constraint reminder_stops_person_id_fkey references people on delete cascade,
    stopped_at timestamptz not null
);
comment on table reminder_stops is 'Who takes no reminders from tutors.';

create view reminders_stopped as select s.person_id from reminder_stops s;
comment on view reminders_stopped is 'cohorts, for the other areas: who takes no reminders from tutors.';

-- Tries in vain are counted for each student of a cohort, and most tries are passed.
create index check_attempts_in_vain on check_attempts (enrolment_id, module_id) where not passed;

-- A tutor who chooses one student, sends a reminder and looks at the numbers learns nothing of whether that student takes reminders. So it
-- counts for the week that somebody was chosen for one that was sent, whether or not they got it.
create function reminder_outcome(of_cohort uuid, of_person uuid, since timestamptz) returns text language sql stable as $$
    select case
        when not exists (
            select from cohort_students s
            join cohorts c on c.id = s.cohort_id
            join progress_shared x on x.organisation_id = c.organisation_id and x.person_id = s.learner_id
            where s.cohort_id = of_cohort and s.learner_id = of_person
        ) then null
        when exists (
            select from cohort_reminded r join cohort_reminders m on m.id = r.reminder_id
            where r.person_id = of_person and r.outcome in ('sent', 'without') and m.cohort_id = of_cohort and m.sent_at > since
        ) then 'had-one'
        when exists (select from reminder_stops t where t.person_id = of_person) then 'without'
        when not exists (select from activation_states a where a.person_id = of_person and a.state = 'active') then 'without'
        else 'sent'
    end
$$;
comment on function reminder_outcome is 'What becomes of a reminder to a student of a cohort that is sent now, as cohort_reminded keeps it; null for who is not in the cohort any more.';
