-- Organisations, their cohorts, and who is signed up to follow a cohort.

create table organisations (
    id uuid primary key,
    name text not null,
    kind text not null,
    created_at timestamptz not null,
    constraint organisations_name_key unique (name),
    constraint organisations_kind_known check (kind in ('university', 'employer'))
);
comment on table organisations is 'A university or employer that sends learners.';

create table cohorts (
    id uuid primary key,
    organisation_id uuid not null references organisations,
    course_id uuid not null,
    name text not null,
    created_at timestamptz not null,
    constraint cohorts_name_key unique (organisation_id, name)
);
comment on table cohorts is 'A group of students who take one course together. The reference to courses is added with that table.';

create table cohort_administrators (
    cohort_id uuid not null references cohorts on delete cascade,
    person_id uuid not null references people on delete cascade,
    signed_up_at timestamptz not null,
    signed_up_by uuid references people on delete set null,
    primary key (cohort_id, person_id)
);
create index cohort_administrators_person on cohort_administrators (person_id);
comment on table cohort_administrators is 'Being a tutor shows nothing; a row here shows this one cohort''s access and completion.';

create table organisation_administrators (
    organisation_id uuid not null references organisations on delete cascade,
    person_id uuid not null references people on delete cascade,
    signed_up_at timestamptz not null,
    signed_up_by uuid references people on delete set null,
    primary key (organisation_id, person_id)
);
create index organisation_administrators_person on organisation_administrators (person_id);
comment on table organisation_administrators is 'Signed up for a whole university or employer: follows all of its cohorts.';
