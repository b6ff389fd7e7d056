-- The id of an enrolment and the time of an answer stand beside a name elsewhere: no list of comments shows or sorts by them.
alter table course_feedback add column comment_id uuid not null default gen_random_uuid();
comment on column course_feedback.comment_id is 'By chance, and another one each time that the learner says something: with it the comment is listed, without whose it is.';
drop index course_feedback_written;
create index course_feedback_written on course_feedback (((given_at at time zone 'Europe/London')::date), comment_id)
    where comment is not null;
