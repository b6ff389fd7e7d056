-- What is searched for is made searchable once a statement, and not again for each row: that was half the time of a long list. A function with
-- a subquery would not become part of the statement that calls it, so the statement gives both: found_by(name, $1, (select searchable($1))).

create function found_by(content text, search text, searched text) returns boolean language sql immutable parallel safe as $$
    select search = '' or strpos(searchable(content), searched) > 0
$$;
comment on function found_by(text, text, text) is 'Whether the text contains what was searched for: "elodie" finds Élodie, and any apostrophe finds any other. An empty search finds all. `searched` is (select searchable(search)): a subquery, which is worked out once a statement.';
comment on function found_by(text, text) is 'For the version before this one: found_by(text, text, text) works out once what is searched for.';
