-- A bank is tried on its seeds once, and not again for each look and for the import.
alter table bank_drafts add column tried json;
comment on column bank_drafts.tried is 'What trying it came to: its faults, and its questions as they look. Null until somebody has looked.';
