-- The directory of an area is searched by words. What makes it quick in an area of a million is that no statement reads more than a bounded
-- number of rows: the words of an area are few beside its members, and the members who have a word stand in the order in which they are shown.

create extension if not exists pg_trgm;
create extension if not exists btree_gist;
create extension if not exists fuzzystrmatch;

-- Functions below a generated column name their schema: a restored backup computes the column without one.
create function zone_spelt(typed text) returns text language sql immutable parallel safe as $$
    select btrim(regexp_replace(
        translate(
            -- Most texts have no accents: the rest takes ten times as long.
            case when octet_length(typed) = length(typed) then lower(typed) else public.searchable(typed) end,
            -- Full stops and soft hyphens join like hyphens. All other punctuation is a gap; apostrophes, quotes and joiners are nothing.
            U&'.\00ad/,&_()[]{}=:;!?+*#@|\\<>%$^~''"`\200b\200c\200d\2060', '--                           '
        ),
        '\s+', ' ', 'g'
    ))
$$;
comment on function zone_spelt is 'A text in the letters that the directory compares: without accents, case and apostrophes, punctuation a space, hyphens kept.';

create function zone_made(typed text) returns text language sql immutable parallel safe as $$
    select btrim(regexp_replace(translate(public.zone_spelt(typed), '-', ' '), ' +', ' ', 'g'))
$$;
comment on function zone_made is 'The words of a text with a space between: what is stored and what is typed are made by this one function. Names stand in this order.';

create function zone_joined(name text) returns text[] language plpgsql immutable parallel safe as $$
declare
    parts text[] := string_to_array(public.zone_spelt(name), ' ');
    joined text[] := '{}';
    words text[];
    before text;
begin
    for n in 1 .. cardinality(parts) loop
        words := array_remove(string_to_array(parts[n], '-'), '');
        for w in 1 .. cardinality(words) loop
            -- A gap that people leave out. Any other would make a word of its own for nearly everybody, and the words as many as the members.
            if w > 1 or length(before) <= 2 or before in ('abu', 'ben', 'bin', 'fitz', 'mac', 'van', 'von')
                or n = 2 and cardinality(parts) > 2 then
                joined := joined || left(before || words[w], 60);
            end if;
            before := words[w];
        end loop;
    end loop;
    return joined;
end $$;
comment on function zone_joined is 'The words of a name that are also written as one: Annmarie for Ann-Marie, StJohn for St John.';

create function zone_profile_words(name text, role text, work_area text, place text, interests text) returns text[]
language plpgsql immutable parallel safe as $$
declare
    words text[] := string_to_array(public.zone_made(concat_ws(' ', name, role, work_area, place, interests)), ' ')
        || public.zone_joined(name) || array[''];
begin
    return array(
        select distinct left(word, 60) collate "C" from unnest(words) word
        union all
        select value from unnest(array['=role:' || left(role, 200), '=work:' || left(work_area, 200), '=place:' || left(place, 200)]) value
        where value is not null
    );
end $$;
comment on function zone_profile_words is 'What a profile is found by: its words, cut to 60 characters; the values of the filters, which begin with "="; and the empty word, which every profile has.';

create function zone_mark(word text) returns bigint language sql immutable strict parallel safe as $$
    select ('x' || left(md5(word), 16))::bit(64)::bigint
$$;
comment on function zone_mark is 'A number for a value of a filter: nobody will see two values with the same one.';

alter table zone_profiles
    add column sort_key text collate "C" not null generated always as (zone_made(name)) stored,
    add column words text[] not null generated always as (zone_profile_words(name, role, work_area, place, interests)) stored;
comment on column zone_profiles.sort_key is 'Where the name stands in the directory: by its letters without accents, so that Sian and Siân are neighbours.';
comment on column zone_profiles.words is 'What the profile is found by: see zone_profile_words.';

create table zone_words (
    area_id uuid not null constraint zone_words_area_id_fkey references zone_areas on delete cascade,
    word text collate "C" not null,
    kind text not null generated always as (case
        when word = '' then 'all' when left(word, 1) <> '=' then 'word' else split_part(substr(word, 2), ':', 1)
    end) stored,
    shape text not null generated always as (left(word, 1) || length(word)) stored,
    members int not null,
    constraint zone_words_pkey primary key (area_id, word)
);
create index zone_words_values on zone_words (area_id, kind, members desc, word) where kind <> 'word';
create index zone_words_near on zone_words using gist (area_id, shape, word gist_trgm_ops (siglen = 32)) where kind = 'word';
comment on table zone_words is 'The words of the profiles of an area, each with how many members have it.';
comment on column zone_words.shape is 'The first letter and the number of letters: where words with slips are looked for.';
comment on column zone_words.kind is 'A word; a value of a filter: role, work or place; or the empty word, which all have.';

create table zone_slips (
    area_id uuid not null,
    word text collate "C" not null,
    slip text collate "C" not null,
    constraint zone_slips_pkey primary key (area_id, word, slip),
    constraint zone_slips_word_fkey foreign key (area_id, word) references zone_words (area_id, word) on delete cascade
);
create index zone_slips_slip on zone_slips (area_id, slip);
comment on table zone_slips is 'What is left of a word when one letter is left out. Two words with one of these in common are one slip apart, or two.';

create table zone_postings (
    area_id uuid not null,
    word text collate "C" not null,
    sort_key text collate "C" not null,
    member_id uuid not null,
    joined_at timestamptz not null,
    role_mark bigint,
    work_mark bigint,
    place_mark bigint,
    constraint zone_postings_pkey primary key (area_id, word, sort_key, member_id) include (role_mark, work_mark, place_mark)
);
create index zone_postings_newest on zone_postings (area_id, word, joined_at, member_id) include (role_mark, work_mark, place_mark);
comment on table zone_postings is 'Who has a word, in the orders of the directory. Triggers of zone_profiles keep it.';
comment on column zone_postings.role_mark is 'zone_mark of the value of the filter: a search with a filter reads it here, in the index, and not in hundreds of profiles. So are the two others.';

alter table zone_words enable row level security, force row level security;
create policy zone_words_of_area on zone_words using (area_id = zone_area());
alter table zone_slips enable row level security, force row level security;
create policy zone_slips_of_area on zone_slips using (area_id = zone_area());
alter table zone_postings enable row level security, force row level security;
create policy zone_postings_of_area on zone_postings using (area_id = zone_area());

create function zone_one_left_out(word text) returns setof text language sql immutable parallel safe as $$
    select distinct left(word, n - 1) || substr(word, n + 1) from generate_series(1, length(word)) n
$$;
comment on function zone_one_left_out is 'A word without one of its letters, in all ways.';

create function zone_words_counted(of_area uuid, words text[], numbers int[]) returns void language plpgsql as $$
begin
    -- Nearly every change counts the same few words. One after the other, they never wait for each other in a ring.
    perform pg_advisory_xact_lock(hashtextextended(of_area::text, 20261202120000));
    with counted as (
        insert into zone_words as w (area_id, word, members)
        select of_area, given.word, given.n from unnest(words, numbers) given (word, n) where given.n > 0
        on conflict (area_id, word) do update set members = w.members + excluded.members
        returning w.word, w.members
    )
    insert into zone_slips (area_id, word, slip)
    select of_area, c.word, slip
    from counted c
    join unnest(words, numbers) given (word, n) on given.word = c.word /* It is new */ and given.n = c.members
    cross join zone_one_left_out(c.word) slip
    where left(c.word, 1) <> '=' and length(c.word) >= 2
    on conflict do nothing;
    -- Where the area itself is going, its words are gone before its profiles.
    update zone_words w set members = w.members + given.n from unnest(words, numbers) given (word, n)
    where w.area_id = of_area and w.word = given.word and given.n < 0;
    delete from zone_words where area_id = of_area and word = any(words) and members <= 0;
end $$;
comment on function zone_words_counted is 'Adds to the numbers of words. A word that nobody has any more goes.';

-- Whoever may change a profile changes its words too, also where the area is not open to them: who is removed with their account, or renamed.
create function zone_profile_searched() returns trigger language plpgsql as $$
declare
    asked text := current_setting('zone.area', true);
    of_area uuid;
    counted record;
begin
    if tg_op = 'INSERT' then
        for of_area in select distinct area_id from new_rows order by 1 loop
            perform set_config('zone.area', of_area::text, true);
            with marked as materialized (
                select n.words, n.sort_key, n.member_id, n.joined_at, zone_mark('=role:' || left(n.role, 200)) as role_mark,
                    zone_mark('=work:' || left(n.work_area, 200)) as work_mark, zone_mark('=place:' || left(n.place, 200)) as place_mark
                from new_rows n where n.area_id = of_area
            )
            insert into zone_postings (area_id, word, sort_key, member_id, joined_at, role_mark, work_mark, place_mark)
            select of_area, word, m.sort_key, m.member_id, m.joined_at, m.role_mark, m.work_mark, m.place_mark
            from marked m, unnest(m.words) word order by word collate "C", m.sort_key, m.member_id;
            select array_agg(word) as words, array_agg(n) as numbers into counted from (
                select word, count(*)::int as n from new_rows r, unnest(r.words) word where r.area_id = of_area group by word
            ) c;
            perform zone_words_counted(of_area, counted.words, counted.numbers);
        end loop;
    elsif tg_op = 'DELETE' then
        for of_area in select distinct area_id from old_rows order by 1 loop
            perform set_config('zone.area', of_area::text, true);
            delete from zone_postings p using old_rows o, unnest(o.words) had (word)
            where o.area_id = of_area and p.area_id = of_area and p.word = had.word and p.sort_key = o.sort_key and p.member_id = o.member_id;
            select array_agg(word) as words, array_agg(n) as numbers into counted from (
                select word, -count(*)::int as n from old_rows r, unnest(r.words) word where r.area_id = of_area group by word
            ) c;
            perform zone_words_counted(of_area, counted.words, counted.numbers);
        end loop;
    else
        for of_area in
            select distinct area_id from (
                select area_id, member_id, words, sort_key, joined_at from new_rows
                except select area_id, member_id, words, sort_key, joined_at from old_rows
            ) changed order by 1
        loop
            perform set_config('zone.area', of_area::text, true);
            delete from zone_postings p using old_rows o, unnest(o.words) had (word)
            where o.area_id = of_area and p.area_id = of_area and p.word = had.word and p.sort_key = o.sort_key and p.member_id = o.member_id;
            with marked as materialized (
                select n.words, n.sort_key, n.member_id, n.joined_at, zone_mark('=role:' || left(n.role, 200)) as role_mark,
                    zone_mark('=work:' || left(n.work_area, 200)) as work_mark, zone_mark('=place:' || left(n.place, 200)) as place_mark
                from new_rows n where n.area_id = of_area
            )
            insert into zone_postings (area_id, word, sort_key, member_id, joined_at, role_mark, work_mark, place_mark)
            select of_area, word, m.sort_key, m.member_id, m.joined_at, m.role_mark, m.work_mark, m.place_mark
            from marked m, unnest(m.words) word order by word collate "C", m.sort_key, m.member_id;
            select array_agg(word) as words, array_agg(n) as numbers into counted from (
                select word, sum(n)::int as n from (
                    select word, 1 as n from new_rows r, unnest(r.words) word where r.area_id = of_area
                    union all select word, -1 from old_rows r, unnest(r.words) word where r.area_id = of_area
                ) changed group by word having sum(n) <> 0
            ) c;
            perform zone_words_counted(of_area, counted.words, counted.numbers);
        end loop;
    end if;
    perform set_config('zone.area', coalesce(asked, ''), true);
    return null;
end $$;
comment on function zone_profile_searched is 'Keeps the words and postings of profiles that come, change and go.';
create trigger zone_profiles_came after insert on zone_profiles referencing new table as new_rows
    for each statement execute function zone_profile_searched();
create trigger zone_profiles_changed after update on zone_profiles referencing old table as old_rows new table as new_rows
    for each statement execute function zone_profile_searched();
create trigger zone_profiles_gone after delete on zone_profiles referencing old table as old_rows
    for each statement execute function zone_profile_searched();

-- Asked once a statement, not once a row: a search looks through hundreds of profiles.
alter policy zone_profiles_seen on zone_profiles using (area_id = (select zone_area()) or person_id = (select zone_person()));
