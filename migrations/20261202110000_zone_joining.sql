-- Somebody without an account asks for an area when they register: they become its applicant when their address is proven.
alter table registrations add column zone_area_id uuid constraint registrations_zone_area_id_fkey references zone_areas on delete set null;
alter table registrations add column zone_code_version text;
alter table registrations add constraint registrations_zone_code_accepted check (zone_area_id is null or zone_code_version is not null);
create index registrations_zone_area on registrations (zone_area_id);
comment on column registrations.zone_area_id is 'The area of NMP Zone that they ask to join, if they do.';
comment on column registrations.zone_code_version is 'Which code of conduct they have accepted, at asked_at.';

-- The area's page shows who came last.
create index zone_profiles_newest on zone_profiles (area_id, joined_at, member_id);
