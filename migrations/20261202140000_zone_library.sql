-- The people and services that an area pins for its members, and its library: links and files, each with its versions.

-- Whoever is no member any more has no profile, so what points to a profile is of the area's members and nobody else.
drop index zone_profiles_member;
alter table zone_profiles add constraint zone_profiles_of_area unique (member_id, area_id);

create table zone_contacts (
    id uuid primary key,
    area_id uuid not null constraint zone_contacts_area_id_fkey references zone_areas on delete cascade,
    place integer not null,
    member_id uuid,
    name text,
    purpose text not null,
    telephone text,
    email text,
    web text,
    hours text,
    pinned_at timestamptz not null,
    constraint zone_contacts_member_id_fkey foreign key (member_id, area_id)
        references zone_profiles (member_id, area_id) on delete cascade,
    constraint zone_contacts_member_once unique (member_id, area_id),
    constraint zone_contacts_member_or_service check (num_nonnulls(member_id, name) = 1),
    constraint zone_contacts_member_says_the_rest check (member_id is null or num_nonnulls(telephone, email, web, hours) = 0),
    constraint zone_contacts_purpose_given check (length(trim(purpose)) between 1 and 500),
    constraint zone_contacts_not_blank check (
        trim(coalesce(name, '-')) <> '' and trim(coalesce(telephone, '-')) <> '' and trim(coalesce(email, '-')) <> ''
        and trim(coalesce(hours, '-')) <> ''
    ),
    constraint zone_contacts_web_https check (web like 'https://%')
);
create index zone_contacts_area on zone_contacts (area_id, place, id);
comment on table zone_contacts is 'Whom an area pins for its members: a member, or a service with a name of its own. A member who leaves is gone from here.';
comment on column zone_contacts.place is 'The order in which the page shows them, as leads set it. Two may be equal: the id decides then.';
comment on column zone_contacts.member_id is 'A member, whose name and ways to be reached are those of the profile. Null for a service.';
comment on column zone_contacts.hours is 'When a service is open, in its own words.';

create table zone_resources (
    id uuid primary key,
    area_id uuid not null constraint zone_resources_area_id_fkey references zone_areas on delete cascade,
    state text not null,
    kind text not null,
    title text not null,
    purpose text not null,
    owner_id uuid,
    review_on date not null,
    added_by uuid,
    added_at timestamptz not null,
    changed_at timestamptz not null,
    reason text,
    constraint zone_resources_of_area unique (id, area_id),
    constraint zone_resources_owner_id_fkey foreign key (owner_id, area_id)
        references zone_profiles (member_id, area_id) on delete set null (owner_id),
    constraint zone_resources_added_by_fkey foreign key (added_by, area_id)
        references zone_profiles (member_id, area_id) on delete set null (added_by),
    constraint zone_resources_state_known check (state in ('suggested', 'current', 'retired', 'declined')),
    constraint zone_resources_kind_known check (kind in ('link', 'document', 'image', 'video')),
    constraint zone_resources_reason_given check ((state in ('retired', 'declined')) = (reason is not null)),
    constraint zone_resources_title_given check (length(trim(title)) between 1 and 200),
    constraint zone_resources_purpose_given check (length(trim(purpose)) between 1 and 500)
);
create index zone_resources_area on zone_resources (area_id, state);
create index zone_resources_owner on zone_resources (owner_id, area_id);
create index zone_resources_adder on zone_resources (added_by, area_id);
comment on table zone_resources is 'The library of an area. What a member suggests is seen by that member and by leads until a lead accepts it.';
comment on column zone_resources.kind is 'That of the newest version, for the filter of the list.';
comment on column zone_resources.owner_id is 'The member who keeps it up to date; nobody when they have left.';
comment on column zone_resources.review_on is 'The day from which the list says that it is due for a review.';
comment on column zone_resources.added_by is 'Who added or suggested it; nobody when they have left.';
comment on column zone_resources.reason is 'Why a lead retired or declined it.';

create table zone_resource_versions (
    id uuid primary key,
    area_id uuid not null,
    resource_id uuid not null,
    number integer not null,
    made_at timestamptz not null,
    made_by uuid,
    change text,
    url text,
    file_key uuid,
    file_type text,
    file_bytes integer,
    alt text,
    captions_key uuid,
    constraint zone_resource_versions_resource_id_fkey foreign key (resource_id, area_id)
        references zone_resources (id, area_id) on delete cascade,
    constraint zone_resource_versions_made_by_fkey foreign key (made_by, area_id)
        references zone_profiles (member_id, area_id) on delete set null (made_by),
    constraint zone_resource_versions_once unique (resource_id, number),
    constraint zone_resource_versions_number_counted check (number > 0),
    constraint zone_resource_versions_change_said check ((number = 1) = (change is null)),
    constraint zone_resource_versions_link_or_file check (num_nonnulls(url, file_key) = 1),
    constraint zone_resource_versions_url_https check (url like 'https://%'),
    constraint zone_resource_versions_file_whole check (num_nonnulls(file_key, file_type, file_bytes) in (0, 3)),
    constraint zone_resource_versions_type_known check (
        file_type in ('pdf', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'png', 'jpg', 'webp', 'mp4', 'webm')
    ),
    constraint zone_resource_versions_image_described check (
        (coalesce(file_type, '') in ('png', 'jpg', 'webp')) = (alt is not null)
    ),
    constraint zone_resource_versions_video_captioned check (
        (coalesce(file_type, '') in ('mp4', 'webm')) = (captions_key is not null)
    )
);
create index zone_resource_versions_resource on zone_resource_versions (resource_id, area_id);
create index zone_resource_versions_maker on zone_resource_versions (made_by, area_id);
comment on table zone_resource_versions is 'What a resource was and is: the version with the highest number counts.';
comment on column zone_resource_versions.change is 'What is different from the version before. The first has none before it.';
comment on column zone_resource_versions.file_key is 'Where the store of files keeps it. The type is what its content shows, and the size is in bytes.';
comment on column zone_resource_versions.alt is 'What an image shows, for people who do not see it.';
comment on column zone_resource_versions.captions_key is 'Where the store of files keeps the captions of a video, as WebVTT.';

-- Whatever removes a version, its files go too.
create trigger zone_resource_versions_file_gone after delete on zone_resource_versions
    for each row execute function file_unnamed('file_key');
create trigger zone_resource_versions_captions_gone after delete on zone_resource_versions
    for each row execute function file_unnamed('captions_key');

-- The second wall: see zone_create.
alter table zone_contacts enable row level security, force row level security;
create policy zone_contacts_seen on zone_contacts for select using (area_id = zone_area());
create policy zone_contacts_pinned on zone_contacts for insert with check (area_id = zone_area() and zone_leading());
create policy zone_contacts_changed on zone_contacts for update using (area_id = zone_area() and zone_leading());
create policy zone_contacts_removed on zone_contacts for delete using (area_id = zone_area() and zone_leading());

alter table zone_resources enable row level security, force row level security;
create policy zone_resources_seen on zone_resources for select using (
    area_id = zone_area() and (
        state = 'current' or zone_leading()
        or state in ('suggested', 'declined')
            and exists (select from zone_profiles p where p.member_id = added_by and p.person_id = zone_person())
    )
);
create policy zone_resources_added on zone_resources for insert with check (
    area_id = zone_area() and (
        zone_leading()
        or state = 'suggested'
            and exists (select from zone_profiles p where p.member_id = added_by and p.person_id = zone_person())
    )
);
create policy zone_resources_changed on zone_resources for update using (area_id = zone_area() and zone_leading());
create policy zone_resources_removed on zone_resources for delete using (
    area_id = zone_area() and (
        zone_leading()
        or state in ('suggested', 'declined')
            and exists (select from zone_profiles p where p.member_id = added_by and p.person_id = zone_person())
    )
);

alter table zone_resource_versions enable row level security, force row level security;
-- Of what the policy of its resource shows.
create policy zone_resource_versions_seen on zone_resource_versions for select using (
    area_id = zone_area() and exists (select from zone_resources r where r.id = resource_id)
);
create policy zone_resource_versions_added on zone_resource_versions for insert with check (
    area_id = zone_area() and (
        zone_leading()
        or number = 1 and exists (select from zone_resources r where r.id = resource_id and r.state = 'suggested')
    )
);
