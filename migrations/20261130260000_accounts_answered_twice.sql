-- A form that is sent twice is answered as the first time.

alter table second_factors add column codes_digest text;
comment on column second_factors.codes_digest is 'Says which recovery codes are in force, as second_factor_page does: who says twice that they have kept them is told twice that they work. Null for codes of before.';

create table links_followed (
    token_hash bytea,
    person_id uuid not null,
    sponsor_code text,
    followed_at timestamptz not null,
    constraint links_followed_pkey primary key (token_hash),
    constraint links_followed_person_id_fkey foreign key (person_id) references people on delete cascade
);
create index links_followed_person_id on links_followed (person_id);
create index links_followed_followed_at on links_followed (followed_at);
comment on table links_followed is 'Links of mails that have opened an account. For a moment, the same link with the password of the account is answered as the first time. Rows go within a day.';
comment on column links_followed.token_hash is 'SHA-256 of the token in the link, which opens nothing any more.';
comment on column links_followed.sponsor_code is 'As the form to register had it. The answer names it.';
