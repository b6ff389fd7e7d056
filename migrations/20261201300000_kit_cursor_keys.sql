-- The end of a page was its last row's name or e-mail address, in the address of the next page. It is sealed with a key that all servers have.

create table cursor_keys (
    one boolean default true,
    key bytea not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    constraint cursor_keys_pkey primary key (one),
    constraint cursor_keys_one_check check (one)
);
comment on table cursor_keys is 'The key with which all servers seal the end of a page of a list, which stands in addresses. With another key the lists that are open begin at their first page again, and nothing else happens.';
comment on column cursor_keys.one is 'Always true: there is one row.';

insert into cursor_keys default values;
