create table page_notes (
    enrolment_id uuid not null,
    page_id uuid not null,
    text text not null,
    bookmarked boolean not null,
    version integer not null,
    changed_at timestamptz not null,
    constraint page_notes_pkey primary key (enrolment_id, page_id),
    constraint page_notes_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint page_notes_page_id_fkey foreign key (page_id) references pages,
    constraint page_notes_text_length check (char_length(text) <= 4000)
);
create index page_notes_page on page_notes (page_id);
comment on table page_notes is 'What learners write beside a page for themselves, and which pages they have bookmarked. Private: no tutor, no organisation and no support reads it, and no view or function of the database does. It belongs into the export of a person''s own data, and goes with their account.';
comment on column page_notes.text is 'Empty for a bookmark alone, and for what was removed: the row stays, so that a form that is older than the removal is known to be.';
comment on column page_notes.version is 'Goes up with each change; 0 is a page without a row.';
