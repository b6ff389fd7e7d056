-- What learners write about the modules that they have completed, and the certificates of completed courses.

create table module_reflections (
    enrolment_id uuid not null,
    module_id uuid not null,
    learnt text not null,
    used text not null,
    competencies text[] not null,
    version integer not null,
    changed_at timestamptz not null,
    constraint module_reflections_pkey primary key (enrolment_id, module_id),
    constraint module_reflections_completion_fkey foreign key (enrolment_id, module_id)
        references module_completions (enrolment_id, module_id) on delete cascade,
    constraint module_reflections_learnt_length check (char_length(learnt) <= 4000),
    constraint module_reflections_used_length check (char_length(used) <= 4000)
);
comment on table module_reflections is 'What learners write about a completed module for the record of their professional development. Private: no tutor, no organisation and no support reads it, and no view or function of the database does. It belongs into the export of a person''s own data, and goes with their account.';
comment on column module_reflections.learnt is 'Empty, as is `used`, when it was removed: the row stays, so that a form that is older than the removal is known to be.';
comment on column module_reflections.competencies is 'The ids of those that the learner says it is about, in the framework of the course.';
comment on column module_reflections.version is 'Goes up with each change; 0 is a module without a row.';

create table course_certificates (
    enrolment_id uuid not null,
    code text not null,
    latin_name text,
    title text not null,
    modules smallint not null,
    minutes integer not null,
    completed_at timestamptz not null,
    made_at timestamptz not null,
    constraint course_certificates_pkey primary key (enrolment_id),
    constraint course_certificates_code_key unique (code),
    constraint course_certificates_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint course_certificates_latin_name_length check (char_length(latin_name) between 1 and 110)
);
comment on table course_certificates is 'The certificate of a completed course, with what it says: it stands when the course changes afterwards, and goes with the account. Made when its learner asks for it.';
comment on column course_certificates.code is 'Anybody who has it reads what the certificate says, with initials in place of the name.';
comment on column course_certificates.latin_name is 'The name in Latin letters, as the learner gave it, where the certificate cannot show their own.';
comment on column course_certificates.completed_at is 'When the last of the modules was completed.';
