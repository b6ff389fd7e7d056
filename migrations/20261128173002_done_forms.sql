create table done_forms (
    person_id uuid not null references people on delete cascade,
    token uuid not null,
    what text not null,
    made uuid not null,
    done_at timestamptz not null,
    constraint done_forms_pkey primary key (person_id, token, what)
);
create index done_forms_done_at on done_forms (done_at);
comment on table done_forms is 'Forms that were sent and must not do twice what they say. Rows go after a day.';
comment on column done_forms.token is 'Drawn into the form.';
comment on column done_forms.what is 'What the form asks for.';
comment on column done_forms.made is 'What it made, or what it was about.';
