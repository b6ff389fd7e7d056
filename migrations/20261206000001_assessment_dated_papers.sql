create function papers_dated(candidate uuid, moment timestamptz)
returns table (id uuid, title text, opens_at timestamptz, closes_at timestamptz, changed_at timestamptz) language sql stable rows 5 as $$
    with mine as (
        select l.paper_id from paper_learners l where l.person_id = candidate
        union select l.paper_id from people_named h cross join lateral (
            select x.paper_id from paper_learners x where x.email = h.email and x.person_id is null offset 0
        ) l where h.id = candidate
        union select c.paper_id from cohort_students e join paper_cohorts c on c.cohort_id = e.cohort_id where e.learner_id = candidate
    ), own as materialized (
        select s.paper_id, s.submitted_at, s.passed from sittings s where s.learner_id = candidate
    )
    select p.id, p.title, p.opens_at, p.closes_at,
        greatest(p.published_at, (select max(c.at) from paper_changes c where c.paper_id = p.id))
    from mine cross join lateral (select x.* from papers x where x.id = mine.paper_id offset 0) p
    where p.published_at is not null and p.closes_at > moment
        and (select count(*) from own s where s.paper_id = p.id) < p.attempts
        and not exists (
            select from own s where s.paper_id = p.id and (s.submitted_at is null or s.passed or not results_released(p.id))
        )
$$;
comment on function papers_dated is 'assessment, for the other areas: the papers that a candidate can start until they close, each with its window and when it was last changed: those that papers_waiting shows, however far away.';
