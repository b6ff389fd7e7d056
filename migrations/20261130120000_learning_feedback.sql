-- What learners are asked at the end of a course, and the figures that an organisation sees of it.

create table course_wishes (
    enrolment_id uuid primary key,
    version text not null,
    keep_access boolean not null,
    join_zone boolean not null,
    said_at timestamptz not null,
    constraint course_wishes_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade
);
comment on table course_wishes is 'What somebody who has completed a course wants afterwards, as they said it last. It opens and closes nothing.';
comment on column course_wishes.version is 'The version of the questions, domain::learning::WISHES.';

create table course_feedback (
    enrolment_id uuid primary key,
    version text not null,
    ratings smallint[] not null,
    comment text,
    organisation_id uuid,
    given_at timestamptz not null,
    counted_at timestamptz,
    constraint course_feedback_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint course_feedback_organisation_id_fkey foreign key (organisation_id) references organisations on delete set null,
    constraint course_feedback_ratings_known check (cardinality(ratings) > 0 and 1 <= all (ratings) and 5 >= all (ratings)),
    constraint course_feedback_comment_given check (length(comment) between 1 and 4000)
);
create index course_feedback_organisation on course_feedback (organisation_id);
comment on table course_feedback is 'What somebody who has completed a course thinks of it, as they said it last. An organisation sees figures made of it, never a row.';
comment on column course_feedback.version is 'The version of the questions, domain::learning::FEEDBACK.';
comment on column course_feedback.ratings is 'One for each question, in their order, from 1 to 5.';
comment on column course_feedback.comment is 'For the co-operative alone.';
comment on column course_feedback.organisation_id is 'The organisation whose cohort they took the course in. Null for those of none, who count for nobody.';
comment on column course_feedback.counted_at is 'When the ratings went into feedback_figures. What is changed afterwards does not change the figures.';

create table feedback_figures (
    organisation_id uuid not null,
    course_id uuid not null,
    version text not null,
    question smallint not null,
    rating smallint not null,
    answers integer not null,
    constraint feedback_figures_pkey primary key (organisation_id, course_id, version, question, rating),
    constraint feedback_figures_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint feedback_figures_course_id_fkey foreign key (course_id) references courses,
    constraint feedback_figures_rating_known check (rating between 1 and 5),
    constraint feedback_figures_answers_counted check (answers > 0)
);
create index feedback_figures_course on feedback_figures (course_id);
comment on table feedback_figures is 'How many people of an organisation gave which rating. Answers are added in steps of five people at least, and never taken away: neither two looks nor an erased account tell what fewer than five have said.';
comment on column feedback_figures.question is 'The place of the question in its version, from 1.';
