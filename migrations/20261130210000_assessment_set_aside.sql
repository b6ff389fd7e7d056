-- A sitting that cannot be marked again must not keep the others from their marks.
alter table remarkings add column aside uuid[] not null default '{}';
comment on column remarkings.aside is 'The sittings that could not be marked, each by itself. They are tried once more when all others are done.';
comment on column remarkings.marked_to is 'The sittings are marked in the order of their ids; those up to this one are done, but for those that are set aside.';
comment on column remarkings.failed is 'The job has failed for good, or only sittings are left that cannot be marked: it has to be queued again.';

create or replace function remarking_of(of_paper uuid) returns jsonb language sql stable as $$
    select jsonb_build_object('question', i.position, 'marked', r.marked, 'of', greatest(r.sittings, r.marked), 'failed', r.failed,
        'aside', (
            select coalesce(jsonb_agg(jsonb_build_array(s.id, coalesce(h.full_name, 'Erased account')) order by s.id), '[]')
            from sittings s left join people_named h on h.id = s.learner_id where s.id = any (r.aside)
        ))
    from remarkings r
    join paper_corrections c on c.id = r.correction_id
    join paper_items i on i.id = c.item_id
    where r.paper_id = of_paper
$$;

create function still_to_mark(of_paper uuid, sitting uuid, submitted timestamptz) returns boolean language sql stable as $$
    select exists (
        select from remarkings r
        where r.paper_id = of_paper and r.recorded_at > submitted and (r.marked_to < sitting or sitting = any (r.aside))
    )
$$;
comment on function still_to_mark is 'Whether this sitting is marked by the key of before a correction: until it is marked again, its result is not final.';
