create function administration_waits(asker uuid) returns table (slug text, name text, uploads bigint, asking bigint)
language sql stable rows 1 as $$
    select o.slug, o.name,
        (select count(*) from uploads u where u.organisation_id = o.id and u.state in ('preview', 'failed')),
        (select count(*) from sponsorships s
            where s.organisation_id = o.id and s.consented_at is not null and s.confirmed_at is null)
    -- The first few, as in the header of everybody: nobody administers more.
    from (select a.organisation_id from administered_organisations(asker) a order by a.organisation_id limit 10) a
    cross join lateral (select x.id, x.slug, x.name from organisations x where x.id = a.organisation_id offset 0) o
$$;
comment on function administration_waits is 'organisations, for the other areas: the organisations that somebody administers, with how many uploads wait to be confirmed, and how many learners ask whether it pays for them.';
