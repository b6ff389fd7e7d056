alter table zone_profiles
    add column version bigint not null default 0,
    add constraint zone_profiles_picture_once unique (picture_id);
comment on column zone_profiles.version is 'How often the form of the profile was saved: a form that shows an older one changes nothing.';
comment on column zone_profiles.picture_id is 'The key of the picture among the files.';

create trigger zone_profiles_picture_gone after delete on zone_profiles for each row execute function file_unnamed('picture_id');
create trigger zone_profiles_picture_replaced after update of picture_id on zone_profiles
    for each row execute function file_unnamed('picture_id');
