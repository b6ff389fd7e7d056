-- One statement a page of the directory. What it reads is bounded: some words near each typed one, and the first members who have the
-- rarest of them, in the order of the list. Where that leaves members out, the answer says so.

-- `^@` finds its index only for a constant: what begins with a text lies between it and the same with the last letter of all behind it.

-- The words of the area near each typed one: 0 the same, 1 beginning with it, 2 one slip away, 3 alike.
create function zone_near(of_area uuid, typed text[]) returns table (typed_at int, word text, off int, members int)
language plpgsql stable parallel safe as $$
begin
    return query
    select t.n::int, near.word, near.off, near.members
    from unnest(typed) with ordinality t (word, n)
    cross join lateral (select case when length(t.word) >= 3 then array(select * from zone_one_left_out(t.word)) end as slips) s
    cross join lateral (
        select c.word::text, min(c.off) as off, min(c.members) as members
        from (
            select w.word, 0 as off, w.members from zone_words w
            where w.area_id = of_area and w.word = any(array[t.word, typed[t.n - 1] || t.word, t.word || typed[t.n + 1]])
            union all
            (select w.word, 1, w.members from zone_words w
            where w.area_id = of_area and w.word >= t.word and w.word < t.word || chr(1114111) and length(t.word) >= 2
            order by w.members desc, w.word limit 30)
            union all
            select w.word, 2, w.members from zone_words w
            where w.area_id = of_area and w.word = any(s.slips) and w.word <> ''
            union all
            select w.word, 2, w.members from zone_slips l join zone_words w on w.area_id = l.area_id and w.word = l.word
            where l.area_id = of_area and l.slip = any(s.slips || t.word) and s.slips is not null
        ) c
        group by c.word
        order by 2, 3 desc, 1
        limit 30
    ) near;
end $$;
comment on function zone_near is 'The words of the area near each typed one, at most 30: the same, those beginning with it, those one slip away. Two letters are only a beginning, one is only itself.';

create function zone_alike(of_area uuid, typed text) returns table (word text, members int) language sql stable parallel safe as $$
    select near.word::text, near.members
    -- Of the same first letter and nearly the same length: to look among all words would take longer, the more there are.
    from generate_series(length(typed) - 2, length(typed) + 2) n
    cross join lateral (
        select w.word, w.members from zone_words w
        where w.area_id = of_area and w.kind = 'word' and w.shape = left(typed, 1) || n order by w.word <-> typed limit 10
    ) near
    where length(typed) >= 5
    and levenshtein_less_equal(near.word, typed, 3) <= case when length(typed) < 8 then 2 else 3 end
    order by levenshtein_less_equal(near.word, typed, 3), near.members desc, near.word
    limit 10
$$;
comment on function zone_alike is 'The words of the area that share the most runs of three letters with a typed one that has more than one slip. Its first letter is right.';

create function zone_found(of_area uuid, search text, filters text[], sorted text, after_key text, after_id uuid, rows_a_page int)
returns jsonb language plpgsql stable as $$
declare
    -- So many are ordered by relevance, and counted: more where no other word has to be compared.
    most int := 40;
    -- So many are looked through at most, and so many where names have been found already.
    looked_through int := 600;
    looked_through_beside_names constant int := 100;
    typed text[] := array(select left(w, 60) from unnest((string_to_array(zone_made(search), ' '))[1:6]) w);
    given int := cardinality(filters);
    -- The words near each typed one (1 to 6), and the values of the filters (-1 to -3).
    c_at int[] := '{}'; c_word text[] := '{}'; c_off int[] := '{}'; c_members int[] := '{}';
    k_at int[]; k_word text[]; k_off int[]; k_members int[];
    asked int[] := '{}';
    unknown text[] := '{}';
    -- A member who is found has one word of each.
    w1 text[]; w2 text[]; w3 text[]; w4 text[]; w5 text[]; w6 text[];
    d_at int; d_word text[]; d_off int[]; d_members int[];
    v1 text[]; v2 text[]; v3 text[]; v4 text[]; v5 text[]; v6 text[]; r1 bigint; r2 bigint; r3 bigint;
    alone boolean; few boolean; two boolean;
    -- An order by name or date has no place for what is only near, unless nothing else is found.
    loose boolean;
    -- The key of a page: its order, whether it has what is only near, and where it ends.
    mark text; anew boolean := false; later boolean; after text;
    after_at timestamptz;
    ids uuid[] := '{}'; keys text[] := '{}'; offs int[] := '{}'; more uuid[]; more_keys text[]; more_offs int[];
    n int; wanted int; budget int; left_out boolean := false;
    stop_key text; stop_id uuid; stop_at timestamptz;
    in_all int; known int; complete boolean := false;
    page uuid[]; last jsonb; next jsonb; rows jsonb; choices jsonb; counted text;
begin
    select members into in_all from zone_words where area_id = of_area and word = '';
    in_all := coalesce(in_all, 0);
    if cardinality(typed) = 0 and sorted = 'relevance' then sorted := 'name'; end if;
    mark := case sorted when 'relevance' then 'r' when 'newest' then 'd' else 'n' end;
    if left(after_key, 1) <> mark then
        anew := true;
        after_key := null;
        after_id := null;
    end if;
    later := after_key is not null;
    after := coalesce(substr(after_key, 3), '');
    loose := sorted = 'relevance' or coalesce(substr(after_key, 2, 1) = 'l', false);

    if cardinality(typed) > 0 then
        select array_agg(z.typed_at), array_agg(z.word), array_agg(z.off), array_agg(z.members)
        into c_at, c_word, c_off, c_members from zone_near(of_area, typed) z;
        for n in 1 .. cardinality(typed) loop
            if n = any(c_at) then
                asked := asked || n;
            elsif length(typed[n]) > 1 then
                asked := asked || n;
                select c_at || array_agg(n), c_word || array_agg(a.word), c_off || array_agg(3), c_members || array_agg(a.members)
                into c_at, c_word, c_off, c_members from zone_alike(of_area, typed[n]) a;
                if n = any(c_at) is not true then unknown := unknown || typed[n]; end if;
            end if;
        end loop;
    end if;
    if given > 0 then
        select max(zone_mark(f)) filter (where f ^@ '=role:'), max(zone_mark(f)) filter (where f ^@ '=work:'), max(zone_mark(f)) filter (where f ^@ '=place:')
        into r1, r2, r3 from unnest(filters) f;
        select c_at || array_agg(-f.n::int), c_word || array_agg(f.word), c_off || array_agg(0), c_members || array_agg(coalesce(w.members, 0))
        into c_at, c_word, c_off, c_members
        from unnest(filters) with ordinality f (word, n) left join zone_words w on w.area_id = of_area and w.word = f.word;
    elsif cardinality(asked) = 0 then
        c_at := array[0]; c_word := array['']; c_off := array[0]; c_members := array[in_all];
    end if;
    alone := cardinality(asked) + given <= 1;
    two := cardinality(asked) = 2 and given = 0;
    most := case when alone then 100 else 40 end;

    loop
        exit when cardinality(unknown) > 0 or in_all = 0 or cardinality(typed) > 0 and cardinality(asked) = 0;
        select array_agg(g), array_agg(w), array_agg(o), array_agg(m),
            array_agg(w) filter (where g = asked[1]), array_agg(w) filter (where g = asked[2]), array_agg(w) filter (where g = asked[3]),
            array_agg(w) filter (where g = asked[4]), array_agg(w) filter (where g = asked[5]), array_agg(w) filter (where g = asked[6])
        into k_at, k_word, k_off, k_members, w1, w2, w3, w4, w5, w6
        from unnest(c_at, c_word, c_off, c_members) c (g, w, o, m) where loose or o <= 1;
        if num_nonnulls(w1, w2, w3, w4, w5, w6) < cardinality(asked) then
            loose := true;
            continue;
        end if;
        -- Those who have the rarest of the words are looked through.
        select g into d_at from unnest(k_at, k_members) s (g, m) group by g order by sum(m), g limit 1;
        select array_agg(w order by o, m desc, w), array_agg(o order by o, m desc, w), array_agg(m order by o, m desc, w)
        into d_word, d_off, d_members
        from unnest(k_at, k_word, k_off, k_members) c (g, w, o, m) where g = d_at;

        -- They have a word of theirs: that is not compared again.
        v1 := case when d_at is distinct from asked[1] then w1 end; v2 := case when d_at is distinct from asked[2] then w2 end;
        v3 := case when d_at is distinct from asked[3] then w3 end; v4 := case when d_at is distinct from asked[4] then w4 end;
        v5 := case when d_at is distinct from asked[5] then w5 end; v6 := case when d_at is distinct from asked[6] then w6 end;
        few := num_nonnulls(v1, v2, v3, v4, v5, v6) = 0;
        -- A filter alone is compared where the words are.
        looked_through := case when few then 4000 else 600 end;

        if sorted = 'relevance' then
            budget := looked_through;
            if cardinality(asked) > 1 then
                -- A name that begins with one of the words, and has another: they stand together among those who have the other.
                select array_agg(found.member_id order by found.off, found.sort_key, found.member_id),
                    array_agg(found.sort_key order by found.off, found.sort_key, found.member_id),
                    array_agg(case when two then found.off end order by found.off, found.sort_key, found.member_id)
                into more, more_keys, more_offs
                from (
                    select near.member_id, near.sort_key,
                        min(pair.off + case when pair.typed and not near.sort_key ^@ (pair.starts || ' ') then 1 else 0 end) as off
                    from (
                        select x.starts, y.w, x.o + y.o as off, x.o = 0 as typed
                        from (
                            select g, typed[g] as starts, 0 as o from unnest(asked) g
                            union all select g, w || ' ', o from unnest(k_at, k_word, k_off) c (g, w, o) where g > 0 and o > 1
                        ) x
                        join unnest(k_at, k_word, k_off, k_members) y (g, w, o, m) on y.g > 0 and y.g <> x.g
                        order by x.o + y.o, y.m desc, x.starts, y.w
                        limit 80
                    ) pair
                    cross join lateral (
                        select p.member_id, p.sort_key from zone_postings p
                        where p.area_id = of_area and p.word = pair.w and p.sort_key >= pair.starts and p.sort_key < pair.starts || chr(1114111)
                        order by p.sort_key, p.member_id limit 40
                    ) near
                    group by near.member_id, near.sort_key
                ) found
                cross join lateral (
                    -- Two words are a name, and it has both.
                    select where two union all
                    select from zone_profiles f
                    where f.area_id = of_area and f.member_id = found.member_id
                    and f.words @> filters
                    and (w1 is null or f.words && w1) and (w2 is null or f.words && w2) and (w3 is null or f.words && w3)
                    and (w4 is null or f.words && w4) and (w5 is null or f.words && w5) and (w6 is null or f.words && w6)
                    limit 1
                ) fits;
                if cardinality(more) > 0 then
                    ids := more[1:most];
                    keys := more_keys[1:most];
                    offs := more_offs[1:most];
                    budget := case when cardinality(ids) > rows_a_page then 0 else looked_through_beside_names end;
                end if;
            end if;
            for n in 1 .. cardinality(d_word) loop
                wanted := most + 1 - cardinality(ids);
                if wanted <= 0 or budget <= 0 then
                    left_out := true;
                    exit;
                end if;
                if alone then
                    select array_agg(l.member_id), array_agg(l.sort_key) into more, more_keys from (
                        select p.member_id, p.sort_key from zone_postings p
                        where p.area_id = of_area and p.word = d_word[n] and p.member_id <> all(ids)
                        order by p.sort_key, p.member_id limit wanted
                    ) l;
                    more_offs := array_fill(d_off[n], array[coalesce(cardinality(more), 0)]);
                else
                    select array_agg(f.member_id) into more from (
                        select l.member_id
                        from (
                            select p.member_id, p.sort_key, p.role_mark, p.work_mark, p.place_mark from zone_postings p
                            where p.area_id = of_area and p.word = d_word[n]
                            order by p.sort_key, p.member_id limit budget
                        ) l
                        cross join lateral (
                            select where few union all
                            select from zone_profiles f
                            where f.area_id = of_area and f.member_id = l.member_id
                            and (v1 is null or f.words && v1) and (v2 is null or f.words && v2) and (v3 is null or f.words && v3)
                            and (v4 is null or f.words && v4) and (v5 is null or f.words && v5) and (v6 is null or f.words && v6)
                            limit 1
                        ) rest
                        where l.member_id <> all(ids)
                        and (r1 is null or l.role_mark = r1) and (r2 is null or l.work_mark = r2) and (r3 is null or l.place_mark = r3)
                        limit wanted
                    ) f;
                    more_keys := array_fill(null::text, array[coalesce(cardinality(more), 0)]);
                    more_offs := array_fill(null::int, array[coalesce(cardinality(more), 0)]);
                    left_out := left_out or d_members[n] > budget;
                    budget := budget - d_members[n];
                end if;
                ids := ids || more;
                keys := keys || more_keys;
                offs := offs || more_offs;
            end loop;
            left_out := left_out or not alone and cardinality(ids) > most;
            complete := not left_out and cardinality(ids) <= most;
            known := case when complete then cardinality(ids) end;
            with ranked as materialized (
                select i.member_id, coalesce(i.sort_key, f.sort_key) as sort_key, coalesce(i.off, f.off) as off
                from unnest(ids[1:most], keys[1:most], offs[1:most]) i (member_id, sort_key, off)
                cross join lateral (
                    select null as sort_key, null::int as off where i.off is not null union all
                    select p.sort_key, (select sum(best.o)::int from (
                        select min(c.o) as o from unnest(k_at, k_word, k_off) c (g, w, o) where c.g > 0 and c.w = any(p.words) group by c.g
                    ) best)
                    from zone_profiles p
                    where i.off is null and p.area_id = of_area and p.member_id = i.member_id
                    limit 1
                ) f
            ),
            shown as (
                select * from ranked r
                where not later or (r.off, r.sort_key, r.member_id) > (left(after, 2)::int, substr(after, 3) collate "C", after_id)
                order by r.off, r.sort_key, r.member_id limit rows_a_page + 1
            )
            select array_agg(member_id order by off, sort_key, member_id),
                (array_agg(jsonb_build_object('key', 'rl' || lpad(off::text, 2, '0') || sort_key, 'id', member_id) order by off, sort_key, member_id))[rows_a_page]
            into page, last from shown;
            if cardinality(page) > rows_a_page then next := last; end if;
        else
            -- In variables of their own: a function that may tell what it compares keeps the policies from the index.
            after_at := case when later and sorted = 'newest' then after::timestamptz else 'infinity' end;
            after_id := coalesce(after_id, case sorted when 'newest' then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else '00000000-0000-0000-0000-000000000000' end::uuid);
            -- A short look first; a long one where it has not filled the page.
            foreach budget in array case when few then array[300, 1200, looked_through] else array[300, looked_through] end loop
                wanted := case when not later then most + 1 else rows_a_page + 1 end;
                -- So many of each word that they are not more together.
                budget := case when alone and cardinality(d_word) = 1 then wanted else (
                    select max(l) from unnest(array[10, 20, 40, 80, 160, 300, 600, 1000, 2000, 4000]) l
                    where l = 10 or (select sum(least(m, l)) from unnest(d_members) m) <= budget
                ) end;
                if sorted = 'name' then
                    with looked as materialized (
                        select d.word, l.*
                        from unnest(d_word) d (word)
                        cross join lateral (
                            select p.sort_key, p.member_id, p.role_mark, p.work_mark, p.place_mark from zone_postings p
                            where p.area_id = of_area and p.word = d.word
                            and (p.sort_key, p.member_id) > (after collate "C", after_id)
                            order by p.sort_key, p.member_id limit budget
                        ) l
                    ),
                    stops as (
                        select e.sort_key, e.member_id
                        from (select l.word from looked l group by l.word having count(*) = budget) cut
                        cross join lateral (
                            select l.sort_key, l.member_id from looked l where l.word = cut.word order by l.sort_key desc, l.member_id desc limit 1
                        ) e
                        order by 1, 2 limit 1
                    ),
                    found as (
                        select distinct l.sort_key, l.member_id
                        from looked l
                        left join stops s on true
                        cross join lateral (
                            select where few union all
                            select from zone_profiles f
                            where f.area_id = of_area and f.member_id = l.member_id
                            and (v1 is null or f.words && v1) and (v2 is null or f.words && v2) and (v3 is null or f.words && v3)
                            and (v4 is null or f.words && v4) and (v5 is null or f.words && v5) and (v6 is null or f.words && v6)
                            limit 1
                        ) rest
                        where (s.member_id is null or (l.sort_key, l.member_id) <= (s.sort_key, s.member_id))
                        and (r1 is null or l.role_mark = r1) and (r2 is null or l.work_mark = r2) and (r3 is null or l.place_mark = r3)
                        order by l.sort_key, l.member_id limit wanted
                    )
                    select array_agg(f.member_id order by f.sort_key, f.member_id),
                        (array_agg(jsonb_build_object('key', f.sort_key, 'id', f.member_id) order by f.sort_key, f.member_id))[rows_a_page],
                        (select jsonb_build_object('key', s.sort_key, 'id', s.member_id) from stops s)
                    into ids, last, next from found f;
                else
                                        with looked as materialized (
                        select d.word, l.*
                        from unnest(d_word) d (word)
                        cross join lateral (
                            select p.joined_at, p.member_id, p.role_mark, p.work_mark, p.place_mark from zone_postings p
                            where p.area_id = of_area and p.word = d.word
                            and (p.joined_at, p.member_id) < (after_at, after_id)
                            order by p.joined_at desc, p.member_id desc limit budget
                        ) l
                    ),
                    stops as (
                        select e.joined_at, e.member_id
                        from (select l.word from looked l group by l.word having count(*) = budget) cut
                        cross join lateral (
                            select l.joined_at, l.member_id from looked l where l.word = cut.word order by l.joined_at, l.member_id limit 1
                        ) e
                        order by 1 desc, 2 desc limit 1
                    ),
                    found as (
                        select distinct l.joined_at, l.member_id
                        from looked l
                        left join stops s on true
                        cross join lateral (
                            select where few union all
                            select from zone_profiles f
                            where f.area_id = of_area and f.member_id = l.member_id
                            and (v1 is null or f.words && v1) and (v2 is null or f.words && v2) and (v3 is null or f.words && v3)
                            and (v4 is null or f.words && v4) and (v5 is null or f.words && v5) and (v6 is null or f.words && v6)
                            limit 1
                        ) rest
                        where (s.member_id is null or (l.joined_at, l.member_id) >= (s.joined_at, s.member_id))
                        and (r1 is null or l.role_mark = r1) and (r2 is null or l.work_mark = r2) and (r3 is null or l.place_mark = r3)
                        order by l.joined_at desc, l.member_id desc limit wanted
                    )
                    select array_agg(f.member_id order by f.joined_at desc, f.member_id desc),
                        (array_agg(jsonb_build_object('key', f.joined_at, 'id', f.member_id) order by f.joined_at desc, f.member_id desc))[rows_a_page],
                        (select jsonb_build_object('key', s.joined_at, 'id', s.member_id) from stops s)
                    into ids, last, next from found f;
                end if;
                ids := coalesce(ids, '{}');
                exit when next is null or cardinality(ids) > rows_a_page;
            end loop;
            complete := next is null and not later and cardinality(ids) <= most;
            known := case when complete then cardinality(ids) when alone and cardinality(d_word) = 1 then d_members[1] end;
            page := ids;
            if cardinality(ids) > rows_a_page then next := last; else left_out := next is not null; end if;
            next := next || jsonb_build_object('key', mark || case when loose then 'l' else 's' end || (next->>'key'));
        end if;
        exit when cardinality(ids) > 0 or loose or next is not null or later or cardinality(typed) = 0;
        loose := true;
    end loop;
    if cardinality(ids) = 0 and next is null then
        complete := true;
        known := 0;
    end if;

    select jsonb_agg(jsonb_build_object('member', f.member_id, 'name', f.name, 'role', f.role, 'work_area', f.work_area, 'place', f.place, 'interests', f.interests) order by i.n)
    into rows
    from unnest(page[1:rows_a_page]) with ordinality i (member_id, n)
    cross join lateral (
        select p.* from zone_profiles p where p.area_id = of_area and p.member_id = i.member_id limit 1
    ) f;
    counted := case when cardinality(typed) = 0 and given = 0 then 'area' when complete and known > 0 then 'found' else 'nothing' end;
    if counted = 'found' then
        select jsonb_object_agg(v.kind, v.choices) into choices from (
            select c.kind, jsonb_agg(jsonb_build_object('value', c.value, 'members', c.members) order by c.members desc, c.value collate "C") as choices
            from (
                select v.kind, v.value, count(*) as members
                from unnest(ids) i (member_id)
                cross join lateral (
                    select p.role, p.work_area, p.place from zone_profiles p where p.area_id = of_area and p.member_id = i.member_id limit 1
                ) f
                cross join lateral (values ('role', f.role), ('work', f.work_area), ('place', f.place)) v (kind, value)
                where v.value is not null
                group by v.kind, v.value
            ) c group by c.kind
        ) v;
    else
        select jsonb_object_agg(k.kind, k.choices) into choices from (
            select k.kind, (
                select jsonb_agg(jsonb_build_object(
                    'value', substr(v.word, length(k.kind) + 3), 'members', case when counted = 'area' then v.members end
                ) order by v.members desc, v.word)
                from (
                    select w.word, w.members from zone_words w
                    where w.area_id = of_area and w.kind = k.kind and w.kind <> 'word' order by w.members desc, w.word limit 20
                ) v
            ) as choices
            from (values ('role'), ('work'), ('place')) k (kind)
        ) k where k.choices is not null;
    end if;
    return jsonb_build_object(
        'rows', coalesce(rows, '[]'), 'next', next, 'found', known, 'in_all', in_all, 'left_out', left_out, 'anew', anew, 'unknown', unknown,
        'counted', counted, 'choices', coalesce(choices, '{}')
    );
end $$;
comment on function zone_found is 'A page of the directory of an area. search is as typed; filters are words of zone_profile_words that begin with "="; sorted is relevance, name or newest; the key and id are of the page before, as it gave them. "found" is null where they were not all counted, "left_out" true where some were not looked at.';
