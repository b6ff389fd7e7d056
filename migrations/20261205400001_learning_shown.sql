-- What a page shows beside its text. `page_versions` keeps the text alone, so that a day or a source that is corrected makes no new version of it.
alter table pages add column shown_html text;
comment on column pages.shown_html is 'The text of the current version as it is shown: with what explains words in it, its sources, and the day of its last change. Only `server content import` writes here; nothing for a page that an earlier version of it has imported.';
