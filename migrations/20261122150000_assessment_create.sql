-- Numeracy and literacy: question templates, papers and who sits them, sittings with their answers and marks, practice.

create table paper_setters (
    organisation_id uuid not null references organisations on delete cascade,
    person_id uuid not null references people on delete cascade,
    signed_up_at timestamptz not null,
    signed_up_by uuid references people on delete set null,
    primary key (organisation_id, person_id)
);
create index paper_setters_person on paper_setters (person_id);
comment on table paper_setters is 'Educators and managers who may set papers inside this organisation. Each sees the results of their own papers only.';

create table question_templates (
    id uuid primary key,
    organisation_id uuid references organisations on delete cascade,
    name text not null,
    category text not null,
    difficulty smallint not null,
    source text not null,
    retired boolean not null default false,
    imported_at timestamptz not null,
    imported_by uuid references people on delete set null,
    constraint question_templates_name_key unique nulls not distinct (organisation_id, name),
    constraint question_templates_difficulty_known check (difficulty between 1 and 3)
);
create index question_templates_category on question_templates (category, difficulty) where not retired;
comment on table question_templates is 'Templates that questions are made of. Papers keep the questions themselves: changing a template changes no paper.';
comment on column question_templates.organisation_id is 'Null for the shared bank; otherwise seen inside this organisation only.';
comment on column question_templates.name is 'The id in its file.';
comment on column question_templates.retired is 'No longer in its bank: kept for the papers whose drafts name it, and asked no more.';
comment on column question_templates.source is 'The [[question]] table in TOML, as domain::assessment::Bank reads it.';

create table bank_drafts (
    id uuid primary key,
    organisation_id uuid not null references organisations on delete cascade,
    person_id uuid not null references people on delete cascade,
    text text not null,
    created_at timestamptz not null
);
create index bank_drafts_created_at on bank_drafts (created_at);
comment on table bank_drafts is 'Banks that somebody looks at before they are imported. They go with the import, or after a day.';

create table exam_adjustments (
    person_id uuid primary key references people on delete cascade,
    extra_percent smallint not null default 0,
    extra_minutes smallint not null default 0,
    break_minutes smallint not null default 0,
    set_at timestamptz not null,
    set_by uuid references people on delete set null,
    constraint exam_adjustments_sensible check (extra_percent between 0 and 100 and extra_minutes between 0 and 240
        and break_minutes between 0 and 120)
);
comment on table exam_adjustments is 'Extra time and rest breaks: set once on the person, they hold in every paper started from then on.';
comment on column exam_adjustments.break_minutes is 'How long the clock may stand still in one sitting, in all.';

create table papers (
    id uuid primary key,
    organisation_id uuid not null references organisations,
    set_by uuid references people on delete set null,
    kind text not null,
    title text not null,
    instructions text not null default '',
    limit_minutes smallint not null,
    pass_percent smallint not null,
    calculator boolean not null,
    shuffle boolean not null,
    hints boolean not null,
    attempts smallint not null,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    access_code text,
    release text not null,
    released_at timestamptz,
    published_at timestamptz,
    created_at timestamptz not null,
    constraint papers_kind_known check (kind in ('mock', 'examination')),
    constraint papers_release_known check (release in ('at-once', 'at-close', 'by-hand')),
    constraint papers_window check (opens_at < closes_at),
    constraint papers_sensible check (limit_minutes between 1 and 600 and pass_percent between 0 and 100 and attempts between 1 and 10),
    constraint papers_access_code_key unique (access_code)
);
create index papers_of_setter on papers (set_by, created_at);
create index papers_of_organisation on papers (organisation_id, created_at);
comment on table papers is 'A mock paper or examination. Until it is published it is a draft, which nobody sits.';
comment on column papers.access_code is 'Upper case. Whoever has it may sit the paper.';
comment on column papers.released_at is 'When the setter released the results by hand. Never set for the other ways of release.';

create table paper_sections (
    id uuid primary key,
    paper_id uuid not null references papers on delete cascade,
    position smallint not null,
    title text not null,
    pass_percent smallint,
    constraint paper_sections_pass_sensible check (pass_percent between 0 and 100)
);
create index paper_sections_paper on paper_sections (paper_id, position);
comment on column paper_sections.pass_percent is 'To be reached in this section besides the pass mark of the paper. Null: no such condition.';

create table paper_lines (
    id uuid primary key,
    section_id uuid not null references paper_sections on delete cascade,
    position smallint not null,
    category text,
    difficulty smallint,
    template_id uuid references question_templates,
    questions smallint not null,
    marks smallint not null,
    constraint paper_lines_one_source check ((category is null) <> (template_id is null)),
    constraint paper_lines_sensible check (questions between 1 and 60 and marks between 1 and 20)
);
create index paper_lines_section on paper_lines (section_id, position);
comment on table paper_lines is 'What a section is made of: so many questions of a category, or one chosen template.';

create table paper_items (
    id uuid primary key,
    paper_id uuid not null references papers on delete cascade,
    section_id uuid not null references paper_sections,
    attempt smallint not null,
    position smallint not null,
    question jsonb not null,
    marks smallint not null,
    voided boolean not null default false,
    constraint paper_items_position_key unique (paper_id, attempt, position)
);
comment on table paper_items is 'The questions of a published paper, with their keys. Everybody gets the same ones at the same attempt; the next attempt has fresh numbers.';
comment on column paper_items.question is 'domain::assessment::Question. Changed only by a correction of its key, which paper_corrections records.';
comment on column paper_items.voided is 'Found faulty after the exam: everybody gets its marks.';

create table paper_cohorts (
    paper_id uuid not null references papers on delete cascade,
    cohort_id uuid not null references cohorts on delete cascade,
    primary key (paper_id, cohort_id)
);

create table paper_learners (
    paper_id uuid not null references papers on delete cascade,
    email text not null,
    person_id uuid references people on delete cascade,
    primary key (paper_id, email)
);
create index paper_learners_email on paper_learners (email);
create index paper_learners_person on paper_learners (person_id);
comment on table paper_learners is 'Named learners. Who has no account yet is named by address alone: the paper waits for the account.';

create table sittings (
    id uuid primary key,
    paper_id uuid not null references papers,
    learner_id uuid references people on delete set null,
    attempt smallint not null,
    started_at timestamptz not null,
    allowed_seconds integer not null,
    extra_seconds integer not null default 0,
    break_allowed_seconds integer not null default 0,
    break_seconds integer not null default 0,
    break_before_seconds integer not null default 0,
    paused_at timestamptz,
    closes_at timestamptz not null,
    deadline_at timestamptz not null,
    shuffle_seed bigint,
    seats integer not null default 0,
    last_contact_at timestamptz not null,
    submitted_at timestamptz,
    submitted_by text,
    receipt_hash bytea,
    mark smallint,
    available smallint,
    passed boolean,
    verification_code text,
    removed_on date not null,
    constraint sittings_attempt_key unique (paper_id, learner_id, attempt),
    constraint sittings_verification_code_key unique (verification_code),
    constraint sittings_submitted_by_known check (submitted_by in ('candidate', 'setter', 'sweeper')),
    constraint sittings_submitted_is_marked check ((submitted_at is null) = (mark is null))
);
create index sittings_learner on sittings (learner_id);
create index sittings_open on sittings (deadline_at) where submitted_at is null;
create index sittings_removed_on on sittings (removed_on);
comment on table sittings is 'One attempt of one person at one paper.';
comment on column sittings.learner_id is 'Null when the person was erased: what must be kept stays without the name.';
comment on column sittings.allowed_seconds is 'The paper''s limit times the person''s extra time, fixed at the start.';
comment on column sittings.extra_seconds is 'The person''s extra minutes, and what was added during the exam.';
comment on column sittings.break_seconds is 'How long the clock stood still. During a break the whole rest of the allowance stands here, so that the deadline is true whether or not anybody ever comes back.';
comment on column sittings.break_before_seconds is 'Break used before the one at hand.';
comment on column sittings.deadline_at is 'Kept by the trigger: least(start + limit x factor + extra, close + extra), and the breaks.';
comment on column sittings.seats is 'How often the exam room was opened. The newest opening is where the candidate sits; see answers.sequence.';
comment on column sittings.receipt_hash is 'SHA-256 of the receipt''s text at submission.';
comment on column sittings.removed_on is 'Seven years after the sitting.';

create function sitting_deadline() returns trigger language plpgsql as $$
begin
    new.deadline_at := least(new.started_at + make_interval(secs => new.allowed_seconds), new.closes_at)
        + make_interval(secs => new.extra_seconds + new.break_seconds);
    return new;
end $$;
create trigger sitting_deadline before insert or update of started_at, allowed_seconds, extra_seconds, break_seconds, closes_at
    on sittings for each row execute function sitting_deadline();

create function sitting_news() returns trigger language plpgsql as $$
begin
    perform pg_notify('live', 'learner:' || new.learner_id) where new.learner_id is not null;
    return null;
end $$;
create trigger sitting_started after insert on sittings for each row execute function sitting_news();
create trigger sitting_changed after update of extra_seconds, break_seconds, paused_at, submitted_at on sittings
    for each row execute function sitting_news();
comment on function sitting_news is 'Answers make no news: a thousand candidates save one every few seconds, and notifying would queue their commits.';

create table answers (
    sitting_id uuid not null references sittings on delete cascade,
    item_id uuid not null references paper_items,
    sequence bigint not null,
    response jsonb,
    flagged boolean not null,
    hints smallint not null default 0,
    saved_at timestamptz not null,
    primary key (sitting_id, item_id)
);
comment on table answers is 'The answer that counts, one row a question: of all that came in time the one with the highest sequence.';
comment on column answers.sequence is 'Opening of the room x 2^32 + count within it: later openings are later, whatever any clock says.';
comment on column answers.response is 'domain::assessment::Response; null when the answer was taken back.';
comment on column answers.hints is 'How many hints were opened.';

create table late_answers (
    sitting_id uuid not null references sittings on delete cascade,
    item_id uuid not null references paper_items,
    sequence bigint not null,
    response jsonb,
    flagged boolean not null,
    arrived_at timestamptz not null,
    primary key (sitting_id, item_id, sequence)
);
comment on table late_answers is 'What came after the deadline and its grace, or after submission: kept and shown to the setter, never counted.';

create table item_marks (
    sitting_id uuid not null references sittings on delete cascade,
    item_id uuid not null references paper_items,
    marks smallint not null,
    verdict jsonb,
    unreadable boolean not null default false,
    primary key (sitting_id, item_id)
);
comment on table item_marks is 'Written at submission for every question of the sitting, answered or not, and again by a correction.';
comment on column item_marks.unreadable is 'Something was answered that could mean two things. No mark was given; the setter is told to look.';

create table paper_corrections (
    id uuid primary key,
    item_id uuid not null references paper_items on delete cascade,
    at timestamptz not null,
    corrected_by uuid references people on delete set null,
    reason text not null,
    before jsonb not null,
    after jsonb not null,
    voided boolean not null
);
create index paper_corrections_item on paper_corrections (item_id, at);
comment on table paper_corrections is 'A key that was found wrong, and what it was mended to.';

create table mark_changes (
    correction_id uuid not null references paper_corrections on delete cascade,
    sitting_id uuid not null references sittings on delete cascade,
    mark_before smallint not null,
    mark_after smallint not null,
    passed_before boolean not null,
    passed_after boolean not null,
    primary key (correction_id, sitting_id)
);
comment on table mark_changes is 'Whose result a correction changed.';

create table incidents (
    id uuid primary key,
    sitting_id uuid not null references sittings on delete cascade,
    at timestamptz not null,
    kind text not null,
    note text not null default '',
    noted_by uuid references people on delete set null,
    constraint incidents_kind_known check (kind in ('left', 'returned', 'note', 'time-added', 'submitted', 'reopened'))
);
create index incidents_sitting on incidents (sitting_id, at);
comment on table incidents is 'What happened in a sitting besides answering. Recorded, not punished.';

create table practice_questions (
    id uuid primary key,
    learner_id uuid not null references people on delete cascade,
    category text not null,
    question jsonb not null,
    hints smallint not null default 0,
    response jsonb,
    verdict jsonb,
    asked_at timestamptz not null,
    answered_at timestamptz,
    constraint practice_questions_answered_is_marked check ((answered_at is null) = (verdict is null))
);
create index practice_questions_learner on practice_questions (learner_id, category, answered_at);
comment on table practice_questions is 'Fresh questions asked one by one, and how they were answered: the learner''s own history, seen by nobody else.';

create function people_of_organisation(organisation uuid) returns table (person uuid) language sql stable as $$
    select e.learner_id from enrolments e join cohorts c on c.id = e.cohort_id where c.organisation_id = organisation
    union
    select l.person_id from paper_learners l join papers p on p.id = l.paper_id
    where p.organisation_id = organisation and l.person_id is not null
    union
    select s.learner_id from sittings s join papers p on p.id = s.paper_id
    where p.organisation_id = organisation and s.learner_id is not null
$$;
comment on function people_of_organisation is 'Whom the setters of an organisation deal with: students of its cohorts, and who was named for or sat one of its papers.';

create view sitting_states as
select s.id, s.learner_id, s.paper_id, s.deadline_at, s.paused_at is not null as paused, s.submitted_at is not null as submitted, s.seats,
    -- In a break the time stands that would be left if it ended now.
    (extract(epoch from s.deadline_at - clock_timestamp()) * 1000)::bigint
        - case when s.paused_at is null then 0 else greatest(0, b.unused_ms) end as remaining_ms,
    greatest(0, case when s.paused_at is null then (s.break_allowed_seconds - s.break_seconds)::bigint * 1000 else b.unused_ms end)
        as break_left_ms
from sittings s
cross join lateral (select (s.break_allowed_seconds - s.break_before_seconds)::bigint * 1000
    - coalesce((extract(epoch from clock_timestamp() - s.paused_at) * 1000)::bigint, 0) as unused_ms) b;
comment on view sitting_states is 'What is left of a sitting, by the database''s clock.';

create function results_released(paper uuid) returns boolean language sql stable as $$
    select case p.release
        when 'at-once' then true
        when 'by-hand' then p.released_at is not null
        else p.closes_at <= now() and not exists (select from sittings s where s.paper_id = p.id and s.submitted_at is null)
    end from papers p where p.id = paper
$$;
comment on function results_released is 'Whether the candidates of a paper may see their results. At its close means: when the last of them is through, extra time in it.';
