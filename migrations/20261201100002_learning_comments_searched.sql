-- A comment is made searchable once, when it is written, and not for each search.
alter table course_feedback add column comment_searched text generated always as (searchable(comment)) stored;
comment on column course_feedback.comment_searched is 'The comment as a search compares it: searchable(comment).';
