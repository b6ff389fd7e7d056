create table page_clarity (
    enrolment_id uuid not null,
    page_id uuid not null,
    version integer not null,
    clear boolean not null,
    words text not null,
    said_at timestamptz not null,
    constraint page_clarity_pkey primary key (enrolment_id, page_id, version),
    constraint page_clarity_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint page_clarity_version_fkey foreign key (page_id, version) references page_versions (page_id, version),
    constraint page_clarity_words_length check (char_length(words) <= 200)
);
create index page_clarity_version on page_clarity (page_id, version);
comment on table page_clarity is 'Whether a text of a page was clear to a learner: one answer for each, which can be changed. Nobody but the learner reads it yet. It will be for the authors of the course, as figures of five people or more like those of the end of a course, and as sentences without whose they are; never for tutors or organisations. It belongs into the export of a person''s own data, and goes with their account.';
comment on column page_clarity.words is 'What was not clear, if the learner says so; otherwise empty.';
