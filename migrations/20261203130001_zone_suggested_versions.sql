-- A member suggests a new version of what is in the library: a suggestion like others until a lead accepts it, which makes it a version.
alter table zone_resources add column version_of uuid;
alter table zone_resources add constraint zone_resources_version_of_fkey foreign key (version_of, area_id)
    references zone_resources (id, area_id) on delete cascade;
alter table zone_resources add constraint zone_resources_version_undecided check (
    version_of is null or state in ('suggested', 'declined')
);
create index zone_resources_version_of on zone_resources (version_of, area_id);
comment on column zone_resources.version_of is 'Of a suggested version: the resource of which it shall be one. Its purpose says what is different, and its only version has its own id. A lead who accepts it moves that version over, and this row goes.';

create policy zone_resource_versions_moved on zone_resource_versions for update using (area_id = zone_area() and zone_leading());
