-- The sittings that were marked before there were triggers. Apart from the triggers, whose lock would hold submissions up meanwhile; what
-- they have written by now stays.
insert into sitting_totals (sitting_id, marks, unreadable)
select g.sitting_id, array_agg(g.marks order by g.first), sum(g.unreadable)::integer
from (
    select m.sitting_id, sum(m.marks)::integer as marks, min(i.position) as first, count(*) filter (where m.unreadable) as unreadable
    from item_marks m join paper_items i on i.id = m.item_id
    group by m.sitting_id, i.section_id, i.category
) g
group by g.sitting_id
on conflict (sitting_id) do nothing;
