alter table zone_resource_versions add column captions_language text;
alter table zone_resource_versions add constraint zone_resource_versions_captions_language_known check (
    captions_language in ('en-GB', 'cy', 'ga', 'gd', 'pl', 'pa', 'ur', 'bn', 'ro')
);
alter table zone_resource_versions add constraint zone_resource_versions_captions_language_of_captions check (
    captions_language is null or captions_key is not null
);
comment on column zone_resource_versions.captions_language is 'The language of the captions, by its tag. Nothing is said of captions that were given before it was asked for: they are taken for English.';
