-- Which sheet of a workbook is read.
alter table uploads add column sheets jsonb not null default '[]', add column sheet integer;
comment on column uploads.sheets is 'The sheets of the file, with which of them are hidden or empty, while there is the file. Empty too for a file that came before these were kept.';
comment on column uploads.sheet is 'The place in the file of the sheet that is read, counted from 0. Null where it is the one of which there is no doubt.';
