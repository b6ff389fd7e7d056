-- What waits for a candidate and for a setter, for the start page.

create table results_seen (
    sitting_id uuid constraint results_seen_pkey primary key,
    seen_at timestamptz not null,
    constraint results_seen_sitting_id_fkey foreign key (sitting_id) references sittings on delete cascade
);
comment on table results_seen is 'When the candidate of a sitting last looked at its result. Until then, and when a correction changes it later, the start page says that it is new. It goes with the sitting.';

-- Nobody is told of old results as if they were new.
insert into results_seen (sitting_id, seen_at)
select s.id, now() from sittings s where s.submitted_at is not null and results_released(s.paper_id);

create function papers_waiting(candidate uuid) returns jsonb language sql stable as $$
    with mine as (
        select l.paper_id from paper_learners l where l.person_id = candidate
        union select l.paper_id from people_named h cross join lateral (
            select x.paper_id from paper_learners x where x.email = h.email and x.person_id is null offset 0
        ) l where h.id = candidate
        union select c.paper_id from cohort_students e join paper_cohorts c on c.cohort_id = e.cohort_id where e.learner_id = candidate
    ), own as materialized (
        select s.id, s.paper_id, s.submitted_at, s.passed, s.mark, s.available from sittings s where s.learner_id = candidate
    ), soon as materialized (
        select p.id, p.title, p.opens_at, p.closes_at
        from mine cross join lateral (select x.* from papers x where x.id = mine.paper_id offset 0) p
        where p.published_at is not null and p.closes_at > now() and p.opens_at < now() + interval '14 days'
            and (select count(*) from own s where s.paper_id = p.id) < p.attempts
            -- It is not sat now, and it is not known to be passed; nor is anything to be done before the result is out.
            and not exists (
                select from own s where s.paper_id = p.id and (s.submitted_at is null or s.passed or not results_released(p.id))
            )
    )
    select jsonb_build_object(
        'sitting', (
            select jsonb_build_object('sitting', s.id, 'title', p.title, 'remaining_ms', v.remaining_ms, 'paused', v.paused)
            from own s
            cross join lateral (select x.title from papers x where x.id = s.paper_id offset 0) p
            cross join lateral (select x.remaining_ms, x.paused from sitting_states x where x.id = s.id offset 0) v
            where s.submitted_at is null and v.remaining_ms > 0
            order by v.remaining_ms limit 1
        ),
        'papers', (
            select coalesce(jsonb_agg(jsonb_build_object('paper', p.id, 'title', p.title, 'opens', p.opens_at, 'closes', p.closes_at,
                    'open', p.opens_at <= now(), 'now', now()) order by p.closes_at, p.id), '[]')
            from (select x.* from soon x order by x.closes_at, x.id limit 5) p
        ),
        'more_papers', greatest(0, (select count(*) from soon) - 5),
        'results', (
            select coalesce(jsonb_agg(jsonb_build_object('sitting', r.id, 'title', r.title, 'mark', r.mark, 'available', r.available,
                    'passed', r.passed, 'changed', r.changed) order by r.submitted_at desc), '[]')
            from (
                select s.id, p.title, s.mark, s.available, s.passed, s.submitted_at, w.seen_at is not null as changed
                from own s
                cross join lateral (select x.title from papers x where x.id = s.paper_id offset 0) p
                left join results_seen w on w.sitting_id = s.id
                where s.submitted_at is not null and results_released(s.paper_id) and not still_to_mark(s.paper_id, s.id, s.submitted_at)
                    and (w.seen_at is null or exists (
                        select from mark_changes c join paper_corrections k on k.id = c.correction_id
                        where c.sitting_id = s.id and k.at > w.seen_at
                    ))
                order by s.submitted_at desc limit 5
            ) r
        )
    )
$$;
comment on function papers_waiting is 'assessment, for the other areas: what waits for a candidate: the paper that they sit now, up to five papers that they can start within 14 days, with how many more there are, and up to five results that are out and that they have not looked at, or that a correction has changed since.';

create function papers_kept(setter uuid) returns jsonb language sql stable as $$
    with mine as materialized (
        -- Support keeps no papers: those of everybody are not counted.
        select distinct p.paper_id as id
        from (select from sets_papers(setter) w where not w.everywhere limit 1) sets
        cross join lateral papers_seen(setter, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 200) p
        where p.own
    ), kept as materialized (
        select p.id, p.title, p.closes_at,
            case when p.published_at is null then 'draft' when now() < p.opens_at then 'waiting' when now() < p.closes_at then 'open' else 'closed' end as state,
            case when p.published_at is not null then
                (select count(*) from sittings s where s.paper_id = p.id and s.submitted_at is null and s.deadline_at > now()) else 0 end as sitting,
            p.published_at is not null and p.release = 'by-hand' and now() >= p.closes_at and not results_released(p.id)
                and exists (select from sittings s where s.paper_id = p.id and s.submitted_at is not null) as to_release
        -- Each by the key: a join could read the whole table.
        from mine cross join lateral (select x.* from papers x where x.id = mine.id offset 0) p
    )
    select jsonb_build_object(
        'drafts', count(*) filter (where k.state = 'draft'),
        'waiting', count(*) filter (where k.state = 'waiting'),
        'open', count(*) filter (where k.state = 'open'),
        'closed', count(*) filter (where k.state = 'closed'),
        'sat', coalesce((
            select jsonb_agg(jsonb_build_object('paper', x.id, 'title', x.title, 'sitting', x.sitting) order by x.closes_at, x.id)
            from (select y.* from kept y where y.sitting > 0 order by y.closes_at, y.id limit 5) x
        ), '[]'),
        'to_release', coalesce((
            select jsonb_agg(jsonb_build_object('paper', x.id, 'title', x.title) order by x.closes_at, x.id)
            from (select y.* from kept y where y.to_release order by y.closes_at, y.id limit 5) x
        ), '[]')
    )
    from kept k having count(*) > 0 or exists (select from sets_papers(setter) w where not w.everywhere)
$$;
comment on function papers_kept is 'assessment, for the other areas: the 200 newest papers of a setter by state, those that somebody sits now, and those that have closed and wait for their results to be released; null for who may set none.';
