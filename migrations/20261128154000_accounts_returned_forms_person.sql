-- What goes back is kept for people who are signed in only, and not without bound. The version before fills no person in.
alter table returned_forms add column person_id uuid constraint returned_forms_person_id_fkey references people on delete cascade;
create index returned_forms_person on returned_forms (person_id);
comment on column returned_forms.person_id is 'Whose form it is. Of each person the newest are kept.';
