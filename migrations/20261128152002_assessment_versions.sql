-- Two windows may edit one paper: what was saved by one is not undone by the other without a word.
create table paper_versions (
    paper_id uuid not null references papers on delete cascade,
    part text not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_by uuid references people on delete set null,
    primary key (paper_id, part),
    constraint paper_versions_part_known check (part in ('settings', 'questions', 'candidates'))
);
create index paper_versions_changed_by on paper_versions (changed_by);
comment on table paper_versions is 'How often a part of a paper was saved. A form says which version it shows; another one is refused. No row: never since it was created.';
