-- What can be done with a published paper: moved or withdrawn while nobody has started, extended afterwards.
create table paper_changes (
    id uuid primary key,
    paper_id uuid not null references papers on delete cascade,
    at timestamptz not null,
    changed_by uuid references people on delete set null,
    what text not null,
    reason text not null,
    opens_before timestamptz not null,
    closes_before timestamptz not null,
    opens_after timestamptz,
    closes_after timestamptz,
    constraint paper_changes_what_known check (what in ('moved', 'extended', 'withdrawn')),
    constraint paper_changes_after check ((what = 'withdrawn') = (opens_after is null) and (what = 'withdrawn') = (closes_after is null))
);
create index paper_changes_paper on paper_changes (paper_id, at);
create index paper_changes_changed_by on paper_changes (changed_by);
comment on table paper_changes is 'What was changed of a published paper, by whom and why.';

-- A close that moves changes the clock of whoever sits.
create trigger sitting_moved after update of closes_at on sittings for each row execute function sitting_news();
