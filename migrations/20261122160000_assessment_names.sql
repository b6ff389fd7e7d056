create function name_in_organisation(person uuid, organisation uuid) returns text language sql stable as $$
    select case
        when exists (select from enrolments e join cohorts c on c.id = e.cohort_id
                where e.learner_id = h.id and c.organisation_id = organisation)
            or exists (select from sittings s join papers p on p.id = s.paper_id
                where s.learner_id = h.id and p.organisation_id = organisation)
        then h.full_name
        else h.email
    end from people h where h.id = person
$$;
comment on function name_in_organisation is 'What setters of an organisation call a person: by name who is a student of theirs or has sat a paper of theirs; others by the address that the setter typed, which tells nothing new.';
