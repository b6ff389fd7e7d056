-- Organisations that pay for learners who have an account of their own, and answers of no that are remembered.

alter table organisations add column sponsor_code text;
alter table organisations add constraint organisations_sponsor_code_key unique (sponsor_code);
alter table organisations add constraint organisations_sponsor_code_readable check (sponsor_code ~ '^[A-HJ-NP-Z2-9]{10}$');
comment on column organisations.sponsor_code is 'By which learners for whom it pays name it. Null while it gives none out.';

alter table registrations add column sponsor_code text;
comment on column registrations.sponsor_code is 'For the page after the address is proven. Nobody has looked yet whether an organisation gives out this code.';

create table sponsorships (
    organisation_id uuid not null,
    person_id uuid not null,
    named_at timestamptz not null,
    consent_version text,
    consented_at timestamptz,
    shown_from timestamptz,
    confirmed_at timestamptz,
    confirmed_by uuid,
    ended_at timestamptz,
    ended_by text,
    constraint sponsorships_pkey primary key (organisation_id, person_id),
    constraint sponsorships_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint sponsorships_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint sponsorships_confirmed_by_fkey foreign key (confirmed_by) references people on delete set null,
    constraint sponsorships_consent_has_version check ((consented_at is null) = (consent_version is null)),
    constraint sponsorships_shown_with_consent check (consented_at is null or shown_from is not null),
    constraint sponsorships_confirmed_with_consent check (confirmed_at is null or consented_at is not null),
    constraint sponsorships_ended_without_consent check (ended_at is null or consented_at is null),
    constraint sponsorships_ended_by_known check (ended_by in ('learner', 'organisation')),
    constraint sponsorships_ended_by_somebody check ((ended_at is null) = (ended_by is null))
);
create index sponsorships_person on sponsorships (person_id);
create index sponsorships_confirmed_by on sponsorships (confirmed_by);
comment on table sponsorships is 'Learners who name an organisation that pays for them. It sees their progress while both have said so: progress_seen decides.';
comment on column sponsorships.consent_version is 'The version of the text by which they consented to the organisation seeing their progress. Every consent is in audit_events too.';
comment on column sponsorships.consented_at is 'Null while they have only named the organisation, and after either side has ended it.';
comment on column sponsorships.shown_from is 'Since when the organisation could see who it is. It stays when they end it.';
comment on column sponsorships.confirmed_at is 'When an administrator of the organisation said that it pays.';
comment on column sponsorships.ended_by is 'The organisation refused or ended it, or the learner did: then the organisation has no place in their account.';

create view sponsors_of_people as
select s.person_id, s.organisation_id, o.name, s.consent_version, s.consented_at, s.confirmed_at, s.ended_at
from sponsorships s join organisations o on o.id = s.organisation_id
where s.ended_by is distinct from 'learner';
comment on view sponsors_of_people is 'organisations, for the other areas: the organisations that a person has named as paying for them. For the person alone.';

create view sponsorships_shown as
select s.person_id, s.organisation_id, s.shown_from, s.ended_at from sponsorships s where s.shown_from is not null;
comment on view sponsorships_shown is 'organisations, for the other areas: whom an organisation could see because they named it, since when and until when.';

create view course_progress as
select e.learner_id as person_id, e.cohort_id, c.title as course, e.modules_completed, e.last_seen_at,
    (select count(*) from modules m where m.course_id = c.id and not m.retired) as modules
from enrolments e join courses c on c.id = e.course_id;
comment on view course_progress is 'learning, for the other areas: how far people are in their courses. Whose progress may be seen is for the statement that reads it to ask: progress_seen.';

create function progress_seen(of_organisation uuid, of_person uuid, in_cohort uuid)
returns table (person_id uuid) language sql stable rows 1 as $$
    select of_person
    from cohorts c
    where c.id = in_cohort /* scope */
    and c.organisation_id = of_organisation /* scope */
    union all
    select s.person_id
    from sponsorships s
    where in_cohort is null /* scope */
    and s.organisation_id = of_organisation /* scope */
    and s.person_id = of_person /* scope */
    and s.consented_at is not null /* implied: a constraint wants the consent before the confirmation */
    and s.confirmed_at is not null /* scope */
$$;
comment on function progress_seen is 'A row if an organisation may see the progress of a person in a course that they follow in this cohort, or in none. It sees that of the courses that it gives them in a cohort of its own, to which they came with their consent; that of the courses that they follow by themselves only while it pays for them and they have consented. Who of the organisation looks is for the statement that calls it to ask.';

-- Who said no is not asked again for a year, and the organisation cannot tell them from people who have not answered.
alter table membership_requests add column declined_at timestamptz;
create index membership_requests_asked_at on membership_requests (asked_at);
create index membership_requests_student_number on membership_requests (organisation_id, student_number) where student_number is not null;
comment on column membership_requests.asked_at is 'When the organisation last named them. After 90 days without an answer it is as if it had not, as with an invitation.';
comment on column membership_requests.declined_at is 'When the person said no. They are not asked again for a year, and the organisation is told nothing.';

comment on column uploads.removed_accounts is 'How many people who had not answered went when it was undone: those who were invited, and those who were asked.';

create or replace view membership_questions as
select r.person_id, r.organisation_id, o.name, r.declined_at is not null as declined
from membership_requests r join organisations o on o.id = r.organisation_id
where r.declined_at is null or r.full_name <> '';
comment on view membership_questions is 'organisations, for the other areas: which organisations ask a person whether they belong to them, and to which of these the person has said no. One that has taken the question back is not among them.';

-- A look at the people of an organisation is also one at the learners who have named it.
create or replace view support_looks as
select e.id, e.at, e.subject_id as person_id, e.actor_id, e.action, e.detail->>'reason' as reason
from audit_log e
where e.action in ('support.unlocked', 'support.mail_sent', 'support.sessions_ended')
    or e.action = 'assessment.seen_by_support' and e.detail ? 'person'
union all
select e.id, e.at, m.person_id, e.actor_id, e.action, e.detail->>'reason'
from member_details m
join audit_log e on e.action = 'assessment.seen_by_support' and e.detail->>'members' = m.organisation_id::text
    and e.at > m.joined_at - interval '1 hour'
union all
select e.id, e.at, s.person_id, e.actor_id, e.action, e.detail->>'reason'
from sponsorships_shown s
join audit_log e on e.action = 'assessment.seen_by_support' and e.detail->>'members' = s.organisation_id::text
    and e.at > s.shown_from - interval '1 hour' and e.at < coalesce(s.ended_at, 'infinity')
-- The row of a member above says it already.
where not exists (select from organisation_members m where m.organisation_id = s.organisation_id and m.person_id = s.person_id)
union all
select e.id, e.at, s.person_id, e.actor_id, e.action, e.detail->>'reason'
from (select person_id, paper_id, min(started_at) as started_at from papers_sat group by person_id, paper_id) s
join audit_log e on e.action = 'assessment.seen_by_support' and e.detail->>'paper' = s.paper_id::text
    and e.at > s.started_at - interval '1 hour';
