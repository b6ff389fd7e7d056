-- A correction is recorded at once; a job then marks the sittings of the paper again, in portions. How far it is, is here.
create table remarkings (
    paper_id uuid primary key references papers on delete cascade,
    correction_id uuid not null references paper_corrections on delete cascade,
    recorded_at timestamptz not null default clock_timestamp(),
    sittings integer not null,
    marked integer not null default 0,
    marked_to uuid not null default '00000000-0000-0000-0000-000000000000',
    released boolean not null,
    failed boolean not null default false,
    constraint remarkings_correction_key unique (correction_id),
    constraint remarkings_counted check (sittings >= 0 and marked >= 0)
);
comment on table remarkings is 'The papers whose sittings are being marked again after a correction: one correction of a paper at a time. The row goes with the last portion.';
comment on column remarkings.recorded_at is 'When the paper was held for the correction: what was submitted before is marked by the old key, what is submitted later by the new one.';
comment on column remarkings.sittings is 'How many sittings were submitted when the question was corrected.';
comment on column remarkings.marked_to is 'The sittings are marked in the order of their ids; those up to this one are done.';
comment on column remarkings.released is 'Whether candidates could see their results when the question was corrected. If not, the release waits.';
comment on column remarkings.failed is 'The job has failed for good, and has to be queued again.';

create function remarking_of(of_paper uuid) returns jsonb language sql stable as $$
    select jsonb_build_object('question', i.position, 'marked', r.marked, 'of', greatest(r.sittings, r.marked), 'failed', r.failed)
    from remarkings r
    join paper_corrections c on c.id = r.correction_id
    join paper_items i on i.id = c.item_id
    where r.paper_id = of_paper
$$;
comment on function remarking_of is 'How far the correction of a paper is, as domain::assessment::results::Remarking; null when everybody has been marked.';

create or replace function results_released(paper uuid) returns boolean language sql stable as $$
    select case
        when exists (select from remarkings r where r.paper_id = p.id and not r.released) then false
        when p.release = 'at-once' then true
        when coalesce(p.released_at >= p.published_at, false) then true
        when p.release = 'by-hand' then false
        else p.closes_at <= now() and not exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null)
    end from papers p where p.id = paper
$$;
comment on function results_released is 'Whether the candidates of a paper may see their results. At its close means: when the last of them is through, extra time in it; what has been released since it was published stays so. Results that were not out when a question was corrected wait until everybody has been marked again.';
