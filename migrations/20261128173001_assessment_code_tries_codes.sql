alter table code_tries add column codes bytea[] not null default '{}';
alter table code_tries add column counted boolean not null default true;
comment on column code_tries.codes is 'Hashes of the codes that count: one that is tried again is no new try.';
comment on column code_tries.counted is 'Whether the last try counts, or was one of these codes again.';
