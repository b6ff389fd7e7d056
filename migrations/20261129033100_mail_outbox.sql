-- Outgoing mail, queued in the transaction that causes it. Its content is kept apart: support reads the outbox without it.
create table outbox (
    id uuid primary key,
    message_id text not null,
    kind text not null,
    person_id uuid references people on delete cascade,
    domain text,
    state text not null default 'queued',
    attempts integer not null default 0,
    reply smallint,
    queued_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    constraint outbox_message_id_key unique (message_id),
    constraint outbox_state_known check (state in ('queued', 'sent', 'bounced', 'failed')),
    constraint outbox_ended check ((state = 'queued') = (ended_at is null)),
    constraint outbox_to_somebody check (num_nonnulls(person_id, domain) = 1)
);
create index outbox_person on outbox (person_id);
create index outbox_queued_at on outbox (queued_at);
create index outbox_ended_at on outbox (ended_at) where ended_at is not null;
comment on table outbox is 'A row for each mail: what kind, to whom, how it went. No content, no address. Rows go 90 days after their end.';
comment on column outbox.message_id is 'The Message-ID header without its brackets. Fixed here, so that a mail which is sent again is the same mail.';
comment on column outbox.person_id is 'To whom: to the address that the person has when it is sent. Null where the mail goes to an address without an account.';
comment on column outbox.domain is 'The part after the @ of an address without an account.';
comment on column outbox.state is 'queued until the mail server has it (sent), refuses it for good (bounced), or the last attempt is over (failed).';
comment on column outbox.reply is 'The code with which the mail server last refused it.';

create table outbox_content (
    mail_id uuid primary key references outbox on delete cascade,
    email text,
    subject text not null,
    body text not null,
    html text not null,
    unsubscribe text
);
comment on table outbox_content is 'What a mail says. Removed in the transaction that ends it as sent or bounced; kept with a failed mail, which can be retried. Support does not read it.';
comment on column outbox_content.email is 'The address of a mail that goes to an address without an account, otherwise null.';
comment on column outbox_content.unsubscribe is 'The address for List-Unsubscribe, of mail that a person can stop. ASCII.';
