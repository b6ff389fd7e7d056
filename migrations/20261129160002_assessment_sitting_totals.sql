-- What the results of a paper are summed up from, a row a sitting: reading the marks of every question cost more with each of them.
-- In the order in which a submission takes them, so that the two never wait for each other.
lock table item_marks in share row exclusive mode;
lock table sittings in share row exclusive mode;
create table sitting_totals (
    sitting_id uuid primary key references sittings on delete cascade,
    marks integer[] not null,
    unreadable integer not null
);
comment on table sitting_totals is 'Kept by the triggers of item_marks: what a submitted sitting came to. Sums of the marks of a paper are made of these rows.';
comment on column sitting_totals.marks is 'The marks of the questions of each category in each section, in the order of the first question of each.';
comment on column sitting_totals.unreadable is 'How many answers cannot be read.';

-- Sittings and questions are looked up by the key, one by one: the plan of a function is kept, and must serve one sitting as well as a
-- correction of all sittings of a paper.
create function count_marks() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from sitting_totals t where t.sitting_id in (select c.sitting_id from counted c);
    end if;
    insert into sitting_totals as t (sitting_id, marks, unreadable)
    select s.id, n.marks, n.unreadable
    from (select distinct c.sitting_id as id from counted c) s
    cross join lateral (
        select array_agg(g.marks order by g.first) as marks, sum(g.unreadable)::integer as unreadable
        from (
            select sum(m.marks)::integer as marks, min(i.position) as first, count(*) filter (where m.unreadable) as unreadable
            from (select x.* from item_marks x where x.sitting_id = s.id offset 0) m
            cross join lateral (
                select x.section_id, x.category, x.position from paper_items x where x.id = m.item_id offset 0
            ) i
            group by i.section_id, i.category
        ) g
    ) n
    where n.marks is not null
    on conflict (sitting_id) do update set marks = excluded.marks, unreadable = excluded.unreadable;
    return null;
end $$;
comment on function count_marks is 'Sums up the marks of the sittings whose marks have changed. Without marks there is no row.';

create trigger marks_written after insert on item_marks
    referencing new table as counted for each statement execute function count_marks();
create trigger marks_changed after update on item_marks
    referencing new table as counted for each statement execute function count_marks();
create trigger marks_removed after delete on item_marks
    referencing old table as counted for each statement execute function count_marks();
