-- Results are released of a published paper, after it was published: what was pressed on a draft, or before a paper was withdrawn and
-- published again, releases nothing.
create or replace function results_released(paper uuid) returns boolean language sql stable as $$
    select case
        when p.release = 'at-once' then true
        when coalesce(p.released_at >= p.published_at, false) then true
        when p.release = 'by-hand' then false
        else p.closes_at <= now() and not exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null)
    end from papers p where p.id = paper
$$;
comment on function results_released is 'Whether the candidates of a paper may see their results. At its close means: when the last of them is through, extra time in it; what has been released since it was published stays so.';
