-- Each of these people is looked up by the key, and so is what they sat or study. Told as one list, which the plan knows nothing of,
-- they were compared one by one with everybody there is.
create or replace function known_to_organisation(organisation uuid, people uuid[]) returns table (person uuid) language sql stable rows 100 as $$
    select distinct k.person from unnest(people) as k (person)
    cross join lateral (
        select from enrolments e where e.learner_id = k.person
            and (select c.organisation_id from cohorts c where c.id = e.cohort_id) = organisation
        union all
        select from sittings s where s.learner_id = k.person
            and (select p.organisation_id from papers p where p.id = s.paper_id) = organisation
        limit 1
    ) known
$$;
