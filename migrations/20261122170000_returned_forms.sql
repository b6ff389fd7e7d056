create table returned_forms (
    token_hash bytea primary key,
    form text not null,
    ends_at timestamptz not null
);
comment on table returned_forms is 'What was typed into a form that goes back with something wrong and does not fit into a cookie. Kept for two minutes, for the browser that sent it.';
