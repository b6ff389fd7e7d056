-- Search in a course. A course has some dozens of pages, so their words are kept with them and need no index: a search reads the pages of
-- one course, however many others there are.

create function page_plain(html text) returns text language sql immutable strict parallel safe as $$
    select trim(regexp_replace(
        replace(replace(replace(replace(replace(
            regexp_replace(
                -- A word that is partly emphasised stays one word; what else ends ends a word.
                regexp_replace(html, '</?(a|b|code|em|i|span|strong|sub|sup)(\s[^>]*)?>', '', 'g'),
                '<[^>]*>', ' ', 'g'
            ),
            '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&'),
        '\s+', ' ', 'g'
    ))
$$;
comment on function page_plain is 'The text of a page, without its markup.';

alter table page_versions
    add column plain text not null generated always as (page_plain(html)) stored,
    add column words tsvector not null generated always as (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', page_plain(html)), 'B')
    ) stored;
comment on column page_versions.plain is 'The text without markup, of which a search shows a passage.';
comment on column page_versions.words is 'The words that a search compares, those of the title first.';
