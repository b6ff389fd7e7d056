-- Extra time can be given to an address that a paper names, whether anybody has an account with it or not: it waits for the account,
-- as the paper does. So whoever gives it does not learn who has one.
alter table exam_adjustments add column id uuid not null default gen_random_uuid();
alter table exam_adjustments add column email text;
update exam_adjustments a set email = p.email from people p where p.id = a.person_id;
alter table exam_adjustments drop constraint exam_adjustments_pkey;
alter table exam_adjustments add primary key (id);
alter table exam_adjustments alter column person_id drop not null;
alter table exam_adjustments add constraint exam_adjustments_person_key unique (person_id, organisation_id);
alter table exam_adjustments add constraint exam_adjustments_for_somebody check (person_id is not null or email is not null);
create unique index exam_adjustments_waiting on exam_adjustments (organisation_id, email) where person_id is null;
comment on column exam_adjustments.person_id is 'Null while it waits: it is for whoever has the account with this address.';
comment on column exam_adjustments.email is 'The address that it was given by. Null only where the version before gave it.';

create function known_to_organisation(organisation uuid, people uuid[]) returns table (person uuid) language sql stable as $$
    select e.learner_id from enrolments e join cohorts c on c.id = e.cohort_id
    where e.learner_id = any(people) and c.organisation_id = organisation
    union
    select s.learner_id from sittings s join papers p on p.id = s.paper_id
    where s.learner_id = any(people) and p.organisation_id = organisation
$$;
comment on function known_to_organisation is 'Whom of these the setters of an organisation know by name: students of its cohorts, and who has sat a paper of it. Everybody else is for them the address that they typed, and whether anybody has an account with it is not for them to learn.';
comment on function name_in_organisation is 'Of the version before. Goes when that version is gone.';
comment on function people_of_organisation is 'Of the version before. Goes when that version is gone.';
