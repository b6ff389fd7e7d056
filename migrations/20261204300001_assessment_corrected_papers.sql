-- A published paper can be closed now, its words corrected, and its access code set or removed: each with a reason.
alter table paper_changes
    add column title_before text,
    add column title_after text,
    drop constraint paper_changes_what_known,
    drop constraint paper_changes_after,
    add constraint paper_changes_what_known
        check (what in ('moved', 'extended', 'withdrawn', 'closed', 'reworded', 'code-set', 'code-removed')),
    add constraint paper_changes_after check (
        (what in ('withdrawn', 'reworded', 'code-set', 'code-removed')) = (opens_after is null)
        and (what in ('withdrawn', 'reworded', 'code-set', 'code-removed')) = (closes_after is null)
    ),
    add constraint paper_changes_titles check (
        (what = 'reworded') = (title_before is not null) and (what = 'reworded') = (title_after is not null)
    );
comment on column paper_changes.title_before is 'Of corrected words alone. The same as title_after if only the instructions were corrected. A code is in no column: who reads the changes need not learn it.';
