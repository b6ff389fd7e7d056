-- A form is found by its token alone where it does not matter who has sent it.

create index done_forms_token on done_forms (token);
