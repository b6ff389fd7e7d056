-- The queue of jobs: work that is done later, queued in the transaction that causes it.
create table jobs (
    id uuid primary key,
    kind text not null,
    payload jsonb not null,
    key text,
    queued_at timestamptz not null default clock_timestamp(),
    run_at timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    max_attempts integer not null,
    worker uuid,
    last_error text,
    failed_at timestamptz,
    constraint jobs_key unique (kind, key),
    constraint jobs_attempts_counted check (attempts between 0 and max_attempts and max_attempts > 0),
    constraint jobs_failed_has_no_worker check (failed_at is null or worker is null),
    constraint jobs_payload_of_ids check (jsonb_typeof(payload) = 'object' and not jsonb_path_exists(payload,
        '$.* ? (@.type() != "string" || !(@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))')),
    constraint jobs_last_error_known check (last_error in ('unavailable', 'failed', 'not_found', 'unreadable', 'panicked',
        'worker_lost', 'mail_deferred', 'mail_rejected', 'mail_unreachable'))
);
create index jobs_due on jobs (run_at) where failed_at is null;
create index jobs_failed on jobs (failed_at) where failed_at is not null;
comment on table jobs is 'The queue: a row from the transaction that causes a job until the job is done. Only services::kit::jobs reads and writes it.';
comment on column jobs.kind is 'A kind of services/src/kit/jobs/kinds.rs. A kind that no server knows waits, is an alarm, and goes after 30 days.';
comment on column jobs.payload is 'Ids of rows, and nothing else: what is to be done is looked up when it is done.';
comment on column jobs.key is 'Of jobs with the same kind and key one waits. Null once the job is claimed: what is queued from then on is done again.';
comment on column jobs.run_at is 'When it may be claimed: at first at once, after a failed attempt later, and while a worker has it when the lease ends.';
comment on column jobs.attempts is 'Counted when it is claimed, so that a job that kills its worker comes to an end.';
comment on column jobs.worker is 'Which worker has it. Null while it waits.';
comment on column jobs.last_error is 'Why the last attempt failed: a code, and nothing of what the job is about.';
comment on column jobs.failed_at is 'When it failed for good. Shown, counted as an alarm, removed after 30 days.';

create table schedules (
    name text primary key,
    due_at timestamptz not null
);
comment on table schedules is 'When each scheduled job is next due, for all servers together. The transaction that moves due_at queues the job.';

-- A request for a link is answered before the address is looked up: the job does that.
create table password_link_requests (
    id uuid primary key,
    email text not null,
    asked_at timestamptz not null
);
create index password_link_requests_asked_at on password_link_requests (asked_at);
comment on table password_link_requests is 'Links to choose a password that were asked for and are not made yet. A row goes with its job, at the latest after a day.';
