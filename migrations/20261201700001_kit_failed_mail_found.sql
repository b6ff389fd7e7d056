-- What a failed mail says is removed once nobody can retry it: each run reads the failed mails, and not the whole outbox.
create index outbox_failed on outbox (ended_at) where state = 'failed';
