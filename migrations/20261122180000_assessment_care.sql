-- Extra time is given by an organisation and holds everywhere; each sees and takes back only what it gave itself.
alter table exam_adjustments add column organisation_id uuid references organisations on delete cascade;
update exam_adjustments a set organisation_id = (
    select o.id from organisations o
    where a.person_id in (select person from people_of_organisation(o.id))
    order by exists (select from paper_setters s where s.organisation_id = o.id and s.person_id = a.set_by) desc, o.id limit 1);
delete from exam_adjustments where organisation_id is null;
alter table exam_adjustments alter column organisation_id set not null;
alter table exam_adjustments drop constraint exam_adjustments_pkey;
alter table exam_adjustments add primary key (person_id, organisation_id);
comment on table exam_adjustments is 'Extra time and rest breaks that an organisation gave a person. It may tell of somebody''s health: no other organisation sees it.';

create view held_adjustments as
select person_id, max(extra_percent) as extra_percent, max(extra_minutes) as extra_minutes, max(break_minutes) as break_minutes
from exam_adjustments group by person_id;
comment on view held_adjustments is 'What holds for a person in every paper started from now on: the most that any organisation gave.';

create or replace function people_of_organisation(organisation uuid) returns table (person uuid) language sql stable as $$
    select e.learner_id from enrolments e join cohorts c on c.id = e.cohort_id where c.organisation_id = organisation
    union
    select h.id from paper_learners l join papers p on p.id = l.paper_id
    -- Named by address before there was an account.
    join people h on h.id = l.person_id or l.person_id is null and h.email = l.email
    where p.organisation_id = organisation
    union
    select s.learner_id from sittings s join papers p on p.id = s.paper_id
    where p.organisation_id = organisation and s.learner_id is not null
$$;

create or replace function results_released(paper uuid) returns boolean language sql stable as $$
    select case
        when p.release = 'at-once' or p.released_at is not null then true
        when p.release = 'by-hand' then false
        else p.closes_at <= now() and not exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null)
    end from papers p where p.id = paper
$$;
comment on function results_released is 'Whether the candidates of a paper may see their results. At its close means: when the last of them is through, extra time in it; what has been released once stays so.';

-- A flag is not an answer: setting one must not take back an answer that another window gave.
alter table answers add column flag_sequence bigint not null default 0;
update answers set flag_sequence = sequence;
comment on column answers.flag_sequence is 'As sequence, of the flag.';
