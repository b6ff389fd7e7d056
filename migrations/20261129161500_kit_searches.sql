-- How all lists search. Both functions are inlined into the statement that calls them. No index helps a search for a part of a text: a list
-- starts from its own rows, which are few.

create function searchable(typed text) returns text language sql immutable parallel safe as $$
    select replace(replace(replace(replace(
        translate(
            regexp_replace(
                normalize(
                    -- Kinds of apostrophes and dashes.
                    translate(lower(typed collate "und-x-icu"), '’‘ʼʻ`´‐‑‒–—', '''''''''''''-----'),
                    nfkd
                ),
                -- Combining marks: an accented letter is decomposed into the letter and its marks.
                '[\u0300-\u036f]', '', 'g'
            ),
            -- Letters with a stroke, which are not decomposed.
            'łøđðħı', 'loddhi'
        ),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;
comment on function searchable is 'A text without accents, case and kinds of apostrophes and dashes, as it is compared with what somebody searches for.';

create function found_by(content text, search text) returns boolean language sql immutable parallel safe as $$
    select search = '' or strpos(searchable(content), searchable(search)) > 0
$$;
comment on function found_by is 'Whether the text contains what was searched for: "elodie" finds Élodie, and any apostrophe finds any other. An empty search finds all.';
