-- The list of organisations shows and filters their kind.
create or replace view organisations_named as select o.id, o.name, o.kind from organisations o;
comment on view organisations_named is 'organisations, for the other areas: the names and kinds of organisations.';
