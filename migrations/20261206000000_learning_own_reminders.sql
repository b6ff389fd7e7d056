-- Reminders that learners set for themselves, and the calendar of their dates.

create table own_reminders (
    person_id uuid constraint own_reminders_pkey primary key constraint own_reminders_person_id_fkey references people on delete cascade,
    weekday smallint,
    days_before smallint,
    looked_on date not null,
    constraint own_reminders_weekday_known check (weekday between 1 and 7),
    constraint own_reminders_days_known check (days_before in (1, 3, 7)),
    constraint own_reminders_something check (num_nonnulls(weekday, days_before) > 0)
);
create index own_reminders_looked_on on own_reminders (looked_on);
comment on table own_reminders is 'Who wants to be reminded by mail, and when. Who wants no reminders has no row.';
comment on column own_reminders.weekday is 'Every week on this day: 1 is Monday, 7 is Sunday.';
comment on column own_reminders.days_before is 'So many days before each date.';
comment on column own_reminders.looked_on is 'The day, in London, of which it is decided whether a mail is sent: once a day.';

create table own_reminded (
    person_id uuid not null constraint own_reminded_person_id_fkey references people on delete cascade,
    sent_on date not null,
    weekly boolean not null,
    stop_hash bytea not null,
    constraint own_reminded_pkey primary key (person_id, sent_on),
    constraint own_reminded_stop_hash_key unique (stop_hash)
);
create index own_reminded_sent_on on own_reminded (sent_on);
comment on table own_reminded is 'The mails of own_reminders that were queued: one a day at most. Rows go after a year.';
comment on column own_reminded.weekly is 'It is the one of the week; otherwise it is about a date.';
comment on column own_reminded.stop_hash is 'SHA-256 of the token in the mail, by which its reader stops all their reminders without signing in.';

create table own_reminded_dates (
    person_id uuid not null constraint own_reminded_dates_person_id_fkey references people on delete cascade,
    subject uuid not null,
    due_on date not null,
    constraint own_reminded_dates_pkey primary key (person_id, subject, due_on)
);
create index own_reminded_dates_due_on on own_reminded_dates (due_on);
comment on table own_reminded_dates is 'The dates of which a person has been reminded: each once, and again if it moves. Rows go when the day is over.';
comment on column own_reminded_dates.subject is 'The module that is due, or the paper that closes.';

create table calendar_feeds (
    person_id uuid constraint calendar_feeds_pkey primary key constraint calendar_feeds_person_id_fkey references people on delete cascade,
    id uuid not null,
    token_hash bytea not null,
    made_at timestamptz not null,
    constraint calendar_feeds_token_hash_key unique (token_hash),
    constraint calendar_feeds_token_hash_length check (octet_length(token_hash) = 32)
);
comment on table calendar_feeds is 'The secret address at which a calendar program finds the dates of a person. It shows nothing else, and changes nothing.';
comment on column calendar_feeds.id is 'Part of the ids of the events, so that they stay the same when the address is renewed.';
comment on column calendar_feeds.token_hash is 'SHA-256 of the token in the address. The address is shown once, when it is made.';

-- A calendar says when an event was changed.
create or replace view cohort_due as select d.cohort_id, d.module_id, d.due_on, d.set_at from cohort_dates d;

drop function modules_due(uuid, timestamptz);
create function modules_due(enrolment uuid, moment timestamptz) returns table (module_id uuid, due_on date, set_at timestamptz)
language sql stable rows 10 as $$
    select m.id, min(d.due_on), (array_agg(d.set_at order by d.due_on, d.set_at desc))[1]
    from enrolments e
    cross join lateral course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, moment) w
    join cohort_due d on d.cohort_id = w.cohort_id
    join modules m on m.id = d.module_id and m.course_id = e.course_id and not m.retired
    where e.id = enrolment
        and not exists (select from module_progress mp where mp.enrolment_id = e.id and mp.module_id = m.id and mp.completed)
    group by m.id
$$;
comment on function modules_due is 'The modules that the learner of an enrolment has not completed and that have a target date in a cohort through which the course is open to them: the earliest, if there are several, and when it was set.';

-- As it was, with the module's address in the way to go on, which the last change had left out.
create or replace function learning_cards(learner uuid, moment timestamptz)
returns table (slug text, title text, summary text, enrolled_at timestamptz, last_seen_at timestamptz, access_from date, access_until date,
    modules jsonb, ahead jsonb, due jsonb) language sql stable rows 3 as $$
    select c.slug, c.title, c.summary, e.enrolled_at, e.last_seen_at, k.access_from, k.access_until,
        (select coalesce(jsonb_agg(jsonb_build_array(coalesce(mp.completed, false), coalesce(mp.entered, false)) order by m.position), '[]')
            from modules m left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = e.id
            where m.course_id = c.id and not m.retired),
        case when way.is_open then (
            select jsonb_build_object('module', m.slug, 'title', m.title, 'minutes', m.minutes, 'passed', coalesce(mp.passed, false),
                'begun', coalesce(mp.entered, false), 'last', case when l.module_id = m.id and not l.retired then l.slug end,
                'pages', (select coalesce(jsonb_agg(jsonb_build_array(p.slug, o.page_id is not null) order by p.position), '[]')
                    from pages p left join page_openings o on o.page_id = p.id and o.enrolment_id = e.id
                    where p.module_id = m.id and not p.retired))
            from modules m
            left join module_progress mp on mp.module_id = m.id and mp.enrolment_id = e.id
            left join pages l on l.id = e.last_page_id
            where m.course_id = c.id and not m.retired and not coalesce(mp.completed, false)
            -- Where they were last, otherwise what is begun, otherwise what is next.
            order by coalesce(l.module_id = m.id, false) desc, coalesce(mp.entered, false) desc, m.position limit 1
        ) end,
        (select coalesce(jsonb_agg(jsonb_build_object('module', m.slug, 'title', m.title, 'on', d.due_on) order by d.due_on, m.position), '[]')
            from modules_due(e.id, moment) d join modules m on m.id = d.module_id)
    from enrolments e
    join courses c on c.id = e.course_id
    cross join lateral (
        -- One that is open, if there is any.
        select w.cohort_id, cohort_open(w.cohort_id, moment) as is_open
        from course_ways(e.learner_id, e.course_id, e.cohort_id, e.organisation_id) w
        order by cohort_open(w.cohort_id, moment) desc, w.cohort_id limit 1
    ) way
    left join cohorts_named k on k.id = way.cohort_id
    where e.learner_id = learner
$$;
