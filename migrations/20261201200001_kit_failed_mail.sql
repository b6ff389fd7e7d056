-- What a failed mail says is of no use once nobody can retry it.
comment on table outbox_content is 'What a mail says. Removed in the transaction that ends it as sent or bounced; kept with a failed mail while its job is, 30 days, because it can be retried. Support does not read it.';
