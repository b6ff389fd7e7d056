-- What each candidate of a paper answered and got: a column each, in one order. `make bench` measures it.
select s.attempt, m.items as "items!", m.marks as "marks!", m.unreadable as "unreadable!",
    m.responses as "responses!: Vec<Option<String>>", m.verdicts as "verdicts!: Vec<Option<String>>"
from sittings s
cross join lateral (
    select array_agg(m.item_id) as items, array_agg(m.marks) as marks, array_agg(m.unreadable) as unreadable,
        array_agg(a.response::text) as responses, array_agg(m.verdict::text) as verdicts
    from (select x.* from item_marks x where x.sitting_id = s.id offset 0) m
    left join (select x.* from answers x where x.sitting_id = s.id offset 0) a on a.item_id = m.item_id
) m
where s.paper_id = $1 and s.submitted_at is not null and m.items is not null
