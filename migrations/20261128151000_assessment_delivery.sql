-- What the exam room sends has bounds, breaks are breaks, and what cannot be read does not look answered.

-- One late answer a question, the newest.
delete from late_answers l using late_answers newer
    where newer.sitting_id = l.sitting_id and newer.item_id = l.item_id and newer.sequence > l.sequence;
alter table late_answers drop constraint late_answers_pkey;
alter table late_answers add constraint late_answers_pkey primary key (sitting_id, item_id);
comment on table late_answers is 'What came after the deadline and its grace, after submission, or during a rest break: of each question the newest. Kept and shown to the setter, never counted.';

alter table answers add column unreadable boolean not null default false;
comment on column answers.unreadable is 'The answer cannot be read as it stands ("abc" for a number): it does not look answered while it can still be mended. Whether it is marked is decided at submission.';

-- Where the rule stands once, both what keeps an answer and what keeps it apart go by it.
create function takes_answers(sitting sittings, grace double precision, break_grace double precision) returns boolean language sql volatile as $$
    select sitting.submitted_at is null and clock_timestamp() <= sitting.deadline_at + make_interval(secs => grace)
        and (sitting.paused_at is null
            or clock_timestamp() <= sitting.paused_at + make_interval(secs => break_grace)
            -- The allowance is used up: the clock runs again.
            or clock_timestamp() >= sitting.paused_at
                + make_interval(secs => sitting.break_allowed_seconds - sitting.break_before_seconds))
$$;
comment on function takes_answers is 'Whether an answer that arrives now counts. While the clock stands still none does, but for what was on its way when the break began.';

create or replace view sitting_states as
select s.id, s.learner_id, s.paper_id, s.deadline_at, s.paused_at is not null as paused, s.submitted_at is not null as submitted, s.seats,
    -- In a break the time stands that would be left if it ended now.
    (extract(epoch from s.deadline_at - clock_timestamp()) * 1000)::bigint
        - case when s.paused_at is null then 0 else greatest(0, b.unused_ms) end as remaining_ms,
    greatest(0, case when s.paused_at is null then (s.break_allowed_seconds - s.break_seconds)::bigint * 1000 else b.unused_ms end)
        as break_left_ms,
    s.extra_seconds
from sittings s
cross join lateral (select (s.break_allowed_seconds - s.break_before_seconds)::bigint * 1000
    - coalesce((extract(epoch from clock_timestamp() - s.paused_at) * 1000)::bigint, 0) as unused_ms) b;

comment on column sittings.seats is 'How many pages of the exam room have run, and how many of its forms were sent without scripts. The newest is where the candidate sits; see answers.sequence. Drawing the room takes none.';
comment on column answers.sequence is 'Seat x 2^32 + count within it: later seats are later, whatever any clock says. What is answered before a page has its seat counts from half of 2^32 in the newest seat that it was drawn with.';
