-- People who were invited and have not consented yet, what they consent to, and people who register themselves.

alter table people add column activated_at timestamptz, add column withdrawn_at timestamptz;
update people set activated_at = created_at;
-- Nobody signs in without consent, not even through the version before, which knows neither column.
alter table people add constraint people_password_of_open_account
    check (password_hash is null or (activated_at is not null and withdrawn_at is null));
alter table people add constraint people_withdrawn_was_active check (withdrawn_at is null or activated_at is not null);
create index people_pending on people (created_at) where activated_at is null;
comment on column people.activated_at is 'When they consented and the account was opened. Null is pending: invited, cannot sign in, gets no mail but those of the activation, goes after 90 days.';
comment on column people.withdrawn_at is 'When they withdrew their consent: the account is closed to signing in, and what they did is kept. A new activation opens it again.';

create table activation_links (
    token_hash bytea primary key,
    stop_hash bytea not null,
    person_id uuid not null,
    organisation_id uuid,
    created_at timestamptz not null,
    ends_at timestamptz not null,
    constraint activation_links_stop_hash_key unique (stop_hash),
    constraint activation_links_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint activation_links_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade
);
create index activation_links_person on activation_links (person_id, created_at);
create index activation_links_organisation on activation_links (organisation_id);
comment on table activation_links is 'Links to consent and to choose the first password: one use, two weeks. All of a person go when one is used. One that has ended says who invited, and still stops reminders.';
comment on column activation_links.token_hash is 'SHA-256 of the random token in the link.';
comment on column activation_links.stop_hash is 'SHA-256 of another token, in the address that stops reminders: whoever sees that address cannot open the account.';
comment on column activation_links.organisation_id is 'Who invites. Null for somebody whom no organisation has invited, like a member of staff.';

create table invitations (
    person_id uuid primary key,
    invited_at timestamptz not null,
    reminded smallint not null default 0,
    remind_at timestamptz,
    stopped_at timestamptz,
    constraint invitations_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint invitations_reminded_counted check (reminded between 0 and 2)
);
create index invitations_remind_at on invitations (remind_at) where remind_at is not null;
comment on table invitations is 'Reminders of people who were invited and have not answered. A row goes when the account is opened.';
comment on column invitations.invited_at is 'The last invitation of an organisation. A link that is sent again does not count.';
comment on column invitations.remind_at is 'When the next reminder is due. Null when there is none.';
comment on column invitations.stopped_at is 'When the person asked for no more reminders. An invitation of another organisation does not undo it.';

create table consents (
    person_id uuid not null,
    policy_version text not null,
    given_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (person_id, given_at),
    constraint consents_person_id_fkey foreign key (person_id) references people on delete cascade,
    constraint consents_withdrawn_later check (withdrawn_at >= given_at)
);
comment on table consents is 'Which version of the privacy policy a person consented to, and when. Accounts of before have none.';

create table registrations (
    id uuid primary key,
    token_hash bytea,
    email text not null,
    full_name text not null,
    password_hash text not null,
    policy_version text not null,
    asked_at timestamptz not null,
    constraint registrations_token_hash_key unique (token_hash),
    constraint registrations_email_lower check (email = lower(email))
);
create index registrations_email on registrations (email);
create index registrations_asked_at on registrations (asked_at);
comment on table registrations is 'People who asked for an account of their own and have not proved their address yet: no account before that. Rows go after a day, or when the account is made.';
comment on column registrations.token_hash is 'SHA-256 of the token in the mailed link. Null until the mail is made.';
comment on column registrations.password_hash is 'argon2id in PHC form. It is asked for again with the link: nobody can make an account for somebody else with a password that only they know.';

create view mails_of_people as select o.id, o.person_id, o.kind, o.state, o.queued_at from outbox o where o.person_id is not null;
comment on view mails_of_people is 'kit, for the other areas: how the mails to people went. No content, no address.';

create view activation_states as
select p.id as person_id,
    case when p.withdrawn_at is not null then 'withdrawn' when p.activated_at is not null then 'active' else 'pending' end as state,
    (
        select m.state from mails_of_people m where m.person_id = p.id and m.kind in ('activation', 'activation_reminder')
        order by m.queued_at desc, m.id desc limit 1
    ) as mail
from people p;
comment on view activation_states is 'accounts, for the other areas: whether an account is pending, active or withdrawn, and how the last mail of its activation went: queued, sent, bounced or failed, null for none or one of long ago.';
