create table course_terms (
    course_id uuid not null,
    slug text not null,
    position smallint not null,
    word text not null,
    definition_html text not null,
    page_id uuid not null,
    constraint course_terms_pkey primary key (course_id, slug),
    constraint course_terms_course_id_fkey foreign key (course_id) references courses,
    constraint course_terms_page_id_fkey foreign key (page_id) references pages
);
create index course_terms_page on course_terms (page_id);
comment on table course_terms is 'The words that a course explains, as its glossary.toml says. Only `server content import` writes here.';
comment on column course_terms.position is 'In the order of the alphabet.';
comment on column course_terms.page_id is 'The page that explains it.';
