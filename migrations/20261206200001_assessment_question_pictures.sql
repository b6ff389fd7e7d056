create table question_pictures (
    id uuid not null,
    organisation_id uuid not null,
    brought_by uuid,
    brought_at timestamptz not null,
    constraint question_pictures_pkey primary key (id),
    constraint question_pictures_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint question_pictures_brought_by_fkey foreign key (brought_by) references people on delete set null
);
create index question_pictures_organisation on question_pictures (organisation_id);
create index question_pictures_person on question_pictures (brought_by);
comment on table question_pictures is 'Pictures that setters have brought for questions of their organisation. Papers keep their questions, so a picture is kept with its organisation.';
comment on column question_pictures.id is 'The key of the picture among the files.';

create trigger question_pictures_gone after delete on question_pictures for each row execute function file_unnamed('id');
