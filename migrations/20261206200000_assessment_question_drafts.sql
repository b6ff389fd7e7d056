create table question_drafts (
    id uuid not null,
    organisation_id uuid not null,
    person_id uuid not null,
    template_id uuid,
    version bigint not null,
    fields json not null,
    pasted text,
    changed_at timestamptz not null,
    constraint question_drafts_pkey primary key (id),
    constraint question_drafts_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint question_drafts_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint question_drafts_template_id_fkey foreign key (template_id) references question_templates on delete cascade
);
create index question_drafts_changed_at on question_drafts (changed_at);
create index question_drafts_organisation on question_drafts (organisation_id);
create index question_drafts_person on question_drafts (person_id, changed_at);
create index question_drafts_template on question_drafts (template_id);
comment on table question_drafts is 'Questions that somebody writes by form. They go when the question is saved, or after thirty days without a change.';
comment on column question_drafts.template_id is 'The question that is changed. Null for a new one.';
comment on column question_drafts.version is 'When that question was last changed, in microseconds since 1970, as the form showed it. 0 for a new one.';
comment on column question_drafts.fields is 'What stands in each field of the form, by its name.';
comment on column question_drafts.pasted is 'A text that the form could not be filled in from, until it can.';
