-- Who sees a paper, and who sets papers in an organisation: in one place, so that a page asks it in the statement that reads what it shows.
create function paper_access(of_paper uuid, asker uuid, since timestamptz) returns table (organisation_id uuid, allowed boolean) language sql stable rows 1 as $$
    select p.organisation_id, a.own or exists (
        select from audit_events e
        where e.actor_id = asker and e.action = 'assessment.seen_by_support' and e.detail->>'paper' = of_paper::text and e.at > since
    )
    from papers p
    cross join lateral (
        select coalesce(p.set_by = asker, false)
            and exists (select from paper_setters s where s.organisation_id = p.organisation_id and s.person_id = asker)
            or exists (select from organisation_administrators o where o.organisation_id = p.organisation_id and o.person_id = asker) as own
    ) a
    where p.id = of_paper and (a.own or exists (select from people h where h.id = asker and h.support))
$$;
comment on function paper_access is 'No row for whom the paper does not concern. Not allowed is support that has given no reason since then.';

create function organisation_access(of_organisation uuid, asker uuid, since timestamptz) returns table (support boolean, reason boolean) language sql stable rows 1 as $$
    select not a.own, a.own or exists (
        select from audit_events e
        where e.actor_id = asker and e.action = 'assessment.seen_by_support' and e.detail->>'organisation' = of_organisation::text and e.at > since
    )
    from (
        select exists (select from paper_setters s where s.organisation_id = of_organisation and s.person_id = asker)
            or exists (select from organisation_administrators o where o.organisation_id = of_organisation and o.person_id = asker) as own
    ) a
    where a.own or exists (select from people h, organisations o where h.id = asker and h.support and o.id = of_organisation)
$$;
comment on function organisation_access is 'No row for who may not set papers there. The reason is the one that support gives before it looks at people of the organisation.';
