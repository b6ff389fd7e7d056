-- A mail may say where an answer to it goes: a member of the Zone who writes to another may want that.
alter table outbox_content add column reply_to text;
comment on column outbox_content.reply_to is 'The address for Reply-To, of a mail whose writer wants the answer there; otherwise an answer goes nowhere.';
