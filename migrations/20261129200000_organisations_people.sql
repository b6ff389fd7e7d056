-- The people of an organisation, who belongs to it since when, and the uploads that bring them.

alter table organisations drop constraint organisations_kind_known;
alter table organisations add constraint organisations_kind_known
    check (kind in ('university', 'employer', 'funder', 'community'));
comment on table organisations is 'A university, an employer, a funder or the owner of a community.';

alter table organisations add column slug text;
comment on column organisations.slug is 'The name in its addresses: lower-case letters, digits and single hyphens. It never changes.';

create function organisation_slug() returns trigger language plpgsql as $$
begin
    if new.slug is null then
        new.slug := coalesce(nullif(trim(both '-' from left(regexp_replace(lower(new.name), '[^a-z0-9]+', '-', 'g'), 60)), ''), 'organisation');
        if exists (select from organisations o where o.slug = new.slug and o.id <> new.id) then
            new.slug := new.slug || '-' || right(new.id::text, 12);
        end if;
    end if;
    return new;
end $$;
comment on function organisation_slug is 'Makes a slug of the name where none is given, as the version before gives none.';
create trigger organisations_slug before insert or update on organisations for each row execute function organisation_slug();
update organisations set slug = null;
alter table organisations alter column slug set not null;
alter table organisations add constraint organisations_slug_key unique (slug);
alter table organisations add constraint organisations_slug_readable
    check (length(slug) <= 80 and slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');

create or replace view organisations_named as select o.id, o.name, o.kind, o.slug from organisations o;

alter table cohorts add column starts_on date, add column ends_on date, add column access_from date, add column access_until date;
alter table cohorts add constraint cohorts_ends_after_start check (ends_on >= starts_on);
alter table cohorts add constraint cohorts_access_ends_after_start check (access_until >= access_from);
comment on column cohorts.starts_on is 'The first day of the course. The days of a cohort are those of its organisation, in the United Kingdom.';
comment on column cohorts.access_from is 'The first day on which its students may open the course; without one, any.';
create or replace view cohorts_named as select c.id, c.organisation_id, c.name, c.course_id, c.access_from, c.access_until from cohorts c;

create function cohort_open(of_cohort uuid, moment timestamptz) returns boolean language sql stable as $$
    select not exists (
        select from cohorts c
        where c.id = of_cohort
        and not (moment at time zone 'Europe/London')::date between coalesce(c.access_from, '-infinity') and coalesce(c.access_until, 'infinity')
    )
$$;
comment on function cohort_open is 'cohorts, for the other areas: whether the students of a cohort may open its course at this moment. So may those of none.';

create table uploads (
    id uuid primary key,
    organisation_id uuid not null,
    person_id uuid,
    file_name text,
    state text not null,
    version integer not null default 1,
    attested_version text not null,
    attested_at timestamptz not null,
    created_at timestamptz not null,
    confirmed_at timestamptz,
    done_at timestamptz,
    undone_at timestamptz,
    columns jsonb not null default '[]',
    matching jsonb not null default '[]',
    linked_addresses boolean not null default false,
    refused text,
    warnings text[] not null default '{}',
    all_rows integer not null default 0,
    new_rows integer not null default 0,
    same_rows integer not null default 0,
    changed_rows integer not null default 0,
    wrong_rows integer not null default 0,
    left_out_rows integer not null default 0,
    hidden_rows integer not null default 0,
    progress integer not null default 0,
    removed_accounts integer not null default 0,
    returned boolean not null default false,
    constraint uploads_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint uploads_person_id_fkey foreign key (person_id) references people on delete set null,
    constraint uploads_state_known check (state in ('preview', 'confirmed', 'done', 'undoing', 'undone', 'failed')),
    constraint uploads_file_name_given check (length(trim(file_name)) between 1 and 200)
);
create index uploads_organisation on uploads (organisation_id, created_at);
create index uploads_person on uploads (person_id);
create index uploads_waiting on uploads (created_at) where state in ('preview', 'failed');
comment on table uploads is 'A file of people that somebody uploaded for an organisation, or one person by hand. What was in it is kept until the accounts exist.';
comment on column uploads.file_name is 'Null for one person by hand.';
comment on column uploads.version is 'Counts how often the file was read with another matching: who confirms says which preview was seen.';
comment on column uploads.attested_version is 'The version of the statement about sharing data that the uploader agreed to.';
comment on column uploads.columns is 'Each column of the file: its heading, and examples while there is the file.';
comment on column uploads.matching is 'What each column tells, as roster::Matching reads it.';
comment on column uploads.refused is 'Why no row could be read with this matching.';
comment on column uploads.progress is 'How many rows the job has written so far. They are there for others when all are.';
comment on column uploads.removed_accounts is 'How many accounts went when it was undone.';
comment on column uploads.returned is 'Something had changed between preview and confirmation, so it has to be confirmed again.';

create table upload_files (
    upload_id uuid primary key,
    content bytea not null,
    constraint upload_files_upload_id_fkey foreign key (upload_id) references uploads on delete cascade
);
comment on table upload_files is 'The bytes of an uploaded file. They are destroyed when the accounts exist, or when a week has passed.';

create table upload_rows (
    upload_id uuid not null,
    row_number integer not null,
    name text,
    email text,
    student_number text,
    team text,
    area text,
    cohort text,
    left_out boolean not null default false,
    problems jsonb,
    trouble text,
    person_id uuid,
    cohort_id uuid,
    asks boolean not null default false,
    outcome text,
    difference jsonb,
    primary key (upload_id, row_number),
    constraint upload_rows_upload_id_fkey foreign key (upload_id) references uploads on delete cascade,
    constraint upload_rows_outcome_known check (outcome in ('new', 'same', 'changed', 'wrong', 'left-out')),
    constraint upload_rows_trouble_known check (trouble in ('cohort-unknown', 'number-held'))
);
comment on table upload_rows is 'The rows of an uploaded file, as they were read, until the accounts exist.';
comment on column upload_rows.problems is 'Why the row cannot be read: the column and what to do, of each problem. Then it has no name and address.';
comment on column upload_rows.trouble is 'Why the row cannot be taken, by what is in the database.';
comment on column upload_rows.person_id is 'Who has this address, or gets an account with this id. No reference: the row is short-lived, and so may be the person.';
comment on column upload_rows.asks is 'The person has an account and is not of this organisation: they are asked first.';
comment on column upload_rows.left_out is 'The file says that the person is not active.';
comment on column upload_rows.difference is 'What changes: of each part its name, what was and what will be.';

create table memberships (
    organisation_id uuid not null,
    person_id uuid not null,
    student_number text,
    team text,
    area text,
    joined_at timestamptz not null,
    upload_id uuid,
    constraint memberships_pkey primary key (organisation_id, person_id),
    constraint memberships_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint memberships_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint memberships_upload_id_fkey foreign key (upload_id) references uploads on delete set null
);
create index memberships_person on memberships (person_id);
create index memberships_upload on memberships (upload_id);
create unique index memberships_student_number_key on memberships (organisation_id, student_number) where student_number is not null;
comment on table memberships is 'Who belongs to which organisation, with what this organisation keeps of them.';
comment on column memberships.upload_id is 'The upload that made the membership, so that it can be undone.';

insert into memberships (organisation_id, person_id, joined_at)
select c.organisation_id, e.learner_id, min(e.enrolled_at)
from enrolments e join cohorts c on c.id = e.cohort_id group by c.organisation_id, e.learner_id;

create table membership_requests (
    organisation_id uuid not null,
    person_id uuid not null,
    upload_id uuid,
    asked_at timestamptz not null,
    full_name text not null,
    student_number text,
    team text,
    area text,
    cohort_id uuid,
    constraint membership_requests_pkey primary key (organisation_id, person_id),
    constraint membership_requests_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint membership_requests_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint membership_requests_upload_id_fkey foreign key (upload_id) references uploads on delete set null,
    constraint membership_requests_cohort_id_fkey foreign key (cohort_id) references cohorts on delete set null
);
create index membership_requests_person on membership_requests (person_id);
create index membership_requests_upload on membership_requests (upload_id);
create index membership_requests_cohort on membership_requests (cohort_id);
comment on column membership_requests.full_name is 'As the organisation calls them: what their account says is theirs to show.';
comment on table membership_requests is 'An organisation has named somebody who has an account already. They belong to it when they have agreed: an address alone proves nothing.';

create view membership_questions as
select r.person_id, r.organisation_id, o.name from membership_requests r join organisations o on o.id = r.organisation_id;
comment on view membership_questions is 'organisations, for the other areas: which organisations ask a person whether they belong to them.';

-- Who administers an organisation, and its cohorts' tutors.
create function organisation_administration(of_slug text, asker uuid, since timestamptz)
returns table (organisation_id uuid, allowed boolean, proof jsonb) language sql stable rows 1 as $$
    select o.id, w.allowed, jsonb_build_object('organisation', o.id, 'allowed', w.allowed)
    from organisations o
    cross join lateral (
        select bool_or(x.allowed) as allowed from (
            select true as allowed
            from grants g
            where g.person_id = asker /* scope */
            and g.organisation_id = o.id /* scope */
            and g.role = 'organisation-administrator' /* scope */
            union all
            select exists (select from support_reason(asker, 'members', o.id, since)) from support_access(asker)
        ) x
    ) w
    where o.slug = of_slug /* scope */
    and w.allowed is not null /* implied: a proof that says neither is not read */
$$;
comment on function organisation_administration is 'No row for who does not administer the organisation. Not allowed is support that has given no reason since then.';

create function administered_organisations(asker uuid) returns table (organisation_id uuid) language sql stable as $$
    select g.organisation_id
    from grants g
    where g.person_id = asker /* scope */
    and g.role = 'organisation-administrator' /* scope */
$$;
comment on function administered_organisations is 'The organisations of which somebody is an administrator. Support is of none, and finds each by its address.';

create function cohort_tutors(of_cohort uuid) returns table (person_id uuid, granted_at timestamptz, granted_by uuid, reason text) language sql stable as $$
    select g.person_id, g.granted_at, g.granted_by, g.reason
    from grants g
    where g.cohort_id = of_cohort /* scope */
    and g.role = 'cohort-tutor' /* implied: no other role has a cohort */
$$;
comment on function cohort_tutors is 'The tutors of a cohort, for who administers its organisation. Whether they do is for the statement that calls it to ask.';

-- For the tutors of a cohort, who are of its organisation.
create view organisation_members as select m.organisation_id, m.person_id from memberships m;
comment on view organisation_members is 'organisations, for the other areas: who belongs to which organisation.';
