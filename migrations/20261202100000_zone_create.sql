-- NMP Zone: closed communities of prescribers. Of an area, people outside it learn its name and its aim, and nothing else.
--
-- Two walls stand around an area. The first is the proof `AreaMember`, whose area every statement takes. The second is row-level security:
-- a statement sees the rows of one area only after `zone_access` has found the asker to be its member, in the same transaction. Without
-- that, of all areas nothing is there.

-- Who asks, in which area they were found to be a member, and whether they lead it. The settings end with the transaction.
create function zone_person() returns uuid language sql stable parallel safe as $$
    select nullif(current_setting('zone.person', true), '')::uuid
$$;
comment on function zone_person is 'Whom this transaction acts for in the Zone. Nobody before access has said so.';
create function zone_area() returns uuid language sql stable parallel safe as $$
    select nullif(current_setting('zone.area', true), '')::uuid
$$;
comment on function zone_area is 'The area whose rows this transaction sees. None before access has found who asks to be a member of it.';
create function zone_leading() returns boolean language sql stable parallel safe as $$
    select coalesce(current_setting('zone.lead', true), '') = 'yes'
$$;
comment on function zone_leading is 'Whether this transaction acts for a lead of that area.';

create table zone_areas (
    id uuid primary key,
    slug text not null constraint zone_areas_slug_key unique,
    name text not null,
    aim text not null,
    made_at timestamptz not null,
    constraint zone_areas_name_given check (length(trim(name)) between 1 and 200),
    constraint zone_areas_aim_given check (length(trim(aim)) between 1 and 500)
);
comment on table zone_areas is 'zone, for the other areas: the areas of NMP Zone. What stands here is public.';

create table zone_admitted_domains (
    area_id uuid not null constraint zone_admitted_domains_area_id_fkey references zone_areas on delete cascade,
    domain text not null,
    constraint zone_admitted_domains_pkey primary key (area_id, domain),
    constraint zone_admitted_domains_domain_form check (domain = lower(domain) and domain not like '%@%')
);
comment on table zone_admitted_domains is 'Whose address is of such a domain becomes a member of the area without a decision by a lead.';

create table zone_members (
    id uuid primary key,
    area_id uuid not null constraint zone_members_area_id_fkey references zone_areas on delete cascade,
    person_id uuid not null constraint zone_members_person_id_fkey references people on delete cascade,
    state text not null,
    code_version text not null,
    code_accepted_at timestamptz not null,
    applied_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid constraint zone_members_decided_by_fkey references people on delete set null,
    reason text,
    constraint zone_members_once unique (person_id, area_id),
    constraint zone_members_of_area unique (id, area_id),
    constraint zone_members_state_known check (state in ('waiting', 'member', 'refused', 'removed')),
    constraint zone_members_decided check ((state = 'waiting') = (decided_at is null)),
    constraint zone_members_reason_given check ((state in ('refused', 'removed')) = (reason is not null))
);
create index zone_members_area on zone_members (area_id, state, applied_at, id);
create index zone_members_decided_by on zone_members (decided_by);
comment on table zone_members is 'Who has applied to an area, and what became of it: a row for each person and area. Who leaves has no row any more; coming back is a new application.';
comment on column zone_members.code_version is 'Which code of conduct they have accepted, at code_accepted_at.';
comment on column zone_members.decided_by is 'The lead who decided; nobody when a domain is admitted, or when that account is gone.';
comment on column zone_members.reason is 'What a lead wrote to somebody whom they refused or removed, who reads it.';

create table zone_profiles (
    member_id uuid primary key,
    area_id uuid not null,
    person_id uuid not null constraint zone_profiles_person_id_fkey references people on delete cascade,
    name text not null,
    role text,
    work_area text,
    place text,
    about text,
    interests text,
    years_qualified smallint,
    picture_id uuid,
    shows_email boolean not null default false,
    telephone text,
    takes_messages boolean not null default true,
    own_views boolean not null default false,
    joined_at timestamptz not null,
    changed_at timestamptz not null,
    constraint zone_profiles_member_id_fkey foreign key (member_id, area_id) references zone_members (id, area_id) on delete cascade,
    constraint zone_profiles_years_known check (years_qualified between 0 and 80),
    constraint zone_profiles_not_blank check (
        trim(coalesce(role, '-')) <> '' and trim(coalesce(work_area, '-')) <> '' and trim(coalesce(place, '-')) <> ''
        and trim(coalesce(about, '-')) <> '' and trim(coalesce(interests, '-')) <> '' and trim(coalesce(telephone, '-')) <> ''
    )
);
create index zone_profiles_person on zone_profiles (person_id);
create index zone_profiles_member on zone_profiles (member_id, area_id);
comment on table zone_profiles is 'What the directory of an area shows of a member: a row for each member, and nobody else. All but the name is optional, and null when blank.';
comment on column zone_profiles.name is 'The name of the account, kept the same by a trigger: the directory sorts and searches by it.';
comment on column zone_profiles.work_area is 'The area of work, as picked from the list or as typed.';
comment on column zone_profiles.own_views is 'The profile says that its views are the person''s own.';

-- The account's name is the name in the directory. The trigger acts for the person whose name it is.
create function zone_name_kept() returns trigger language plpgsql as $$
declare
    asked text := current_setting('zone.person', true);
begin
    perform set_config('zone.person', new.id::text, true);
    update zone_profiles set name = new.full_name where person_id = new.id and name is distinct from new.full_name;
    perform set_config('zone.person', coalesce(asked, ''), true);
    return null;
end $$;
comment on function zone_name_kept is 'Keeps the name in the directories of the Zone that of the account.';
create trigger people_zone_name after update of full_name on people for each row execute function zone_name_kept();

-- The second wall. FORCE: the owner of the tables stands before it too, unless it is a superuser.
alter table zone_members enable row level security, force row level security;
create policy zone_members_seen on zone_members for select using (
    person_id = zone_person() or area_id = zone_area() and (state = 'member' or zone_leading())
);
create policy zone_members_applied on zone_members for insert with check (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
);
create policy zone_members_changed on zone_members for update using (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
);
create policy zone_members_left on zone_members for delete using (person_id = zone_person());

alter table zone_profiles enable row level security, force row level security;
create policy zone_profiles_seen on zone_profiles for select using (area_id = zone_area() or person_id = zone_person());
create policy zone_profiles_made on zone_profiles for insert with check (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
);
create policy zone_profiles_changed on zone_profiles for update using (person_id = zone_person());
create policy zone_profiles_removed on zone_profiles for delete using (
    person_id = zone_person() or area_id = zone_area() and zone_leading()
);

alter table zone_admitted_domains enable row level security, force row level security;
create policy zone_admitted_domains_asked on zone_admitted_domains for select using (
    domain = nullif(current_setting('zone.domain', true), '') or area_id = zone_area() and zone_leading()
);
create policy zone_admitted_domains_kept on zone_admitted_domains for insert with check (area_id = zone_area() and zone_leading());
create policy zone_admitted_domains_dropped on zone_admitted_domains for delete using (area_id = zone_area() and zone_leading());

-- Leads: a role for one area.
alter table grants add column zone_area_id uuid constraint grants_zone_area_id_fkey references zone_areas on delete cascade;
create index grants_zone_area on grants (zone_area_id);
alter table grants drop constraint grants_once;
alter table grants add constraint grants_once unique nulls not distinct (person_id, role, organisation_id, cohort_id, zone_area_id);
alter table grants drop constraint grants_role_known;
alter table grants add constraint grants_role_known check (role in ('organisation-administrator', 'cohort-tutor', 'paper-setter', 'support', 'zone-lead'));
alter table grants drop constraint grants_scope_of_role;
alter table grants add constraint grants_scope_of_role check (case role
    when 'cohort-tutor' then cohort_id is not null and num_nonnulls(organisation_id, zone_area_id) = 0
    when 'zone-lead' then zone_area_id is not null and num_nonnulls(organisation_id, cohort_id) = 0
    when 'support' then num_nonnulls(organisation_id, cohort_id, zone_area_id) = 0
    else organisation_id is not null and num_nonnulls(cohort_id, zone_area_id) = 0
end);

create or replace view roles_held as
select g.person_id, g.role, coalesce(g.organisation_id, g.cohort_id, g.zone_area_id) as scope_id, coalesce(o.name, c.name, a.name) as scope,
    g.granted_at, g.granted_by, g.reason
from grants g
left join organisations_named o on o.id = g.organisation_id
left join cohorts_named c on c.id = g.cohort_id
left join zone_areas a on a.id = g.zone_area_id;

-- Opens an area for the transaction: from here on the second wall shows its rows, to a lead also those of applicants.
create function zone_access(of_slug text, asker uuid) returns table (proof jsonb) language plpgsql as $$
begin
    perform set_config('zone.person', asker::text, true), set_config('zone.area', '', true), set_config('zone.lead', '', true);
    select jsonb_build_object('area', a.id, 'member', m.id, 'person', m.person_id, 'lead', exists (
            select from grants g
            where g.person_id = m.person_id /* scope */
            and g.zone_area_id = a.id /* scope */
            and g.role = 'zone-lead' /* implied: no other role has an area of the Zone */
        ))
    into proof
    from zone_areas a join zone_members m on m.area_id = a.id
    where a.slug = of_slug /* scope */
    and m.person_id = asker /* scope */
    and m.state = 'member' /* scope */;
    if proof is not null then
        perform set_config('zone.area', proof->>'area', true),
            set_config('zone.lead', case when (proof->>'lead')::boolean then 'yes' else '' end, true);
        return next;
    end if;
end $$;
comment on function zone_access is 'A row for a member of the area: the proof, with whether they lead it. From then on the transaction sees the rows of this area, and of no other.';
