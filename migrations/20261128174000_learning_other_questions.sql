-- A new try asks what the one before it did not, as long as there are such questions.

alter table check_tries add column asked_before text[];
comment on column check_tries.asked_before is 'Ids of the questions that the try before this one asked, which are drawn only where there are no others; null where there was none, or where this one was begun before that was a rule.';
