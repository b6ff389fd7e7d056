create table page_highlights (
    enrolment_id uuid not null,
    page_id uuid not null,
    passages text[] not null,
    version integer not null,
    changed_at timestamptz not null,
    constraint page_highlights_pkey primary key (enrolment_id, page_id),
    constraint page_highlights_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint page_highlights_page_id_fkey foreign key (page_id) references pages,
    constraint page_highlights_number check (cardinality(passages) <= 100)
);
create index page_highlights_page on page_highlights (page_id);
comment on table page_highlights is 'The passages of a page that learners mark for themselves. Private: no tutor, no organisation and no support reads it, and no view or function of the database does. It belongs into the export of a person''s own data, and goes with their account.';
comment on column page_highlights.passages is 'The words of each, as the page had them when it was chosen, with single spaces. Those that the page has no longer stay, and come last. Empty when all are removed: the row stays, so that a form that is older than the removal is known to be.';
comment on column page_highlights.version is 'Goes up with each change; 0 is a page without a row.';
