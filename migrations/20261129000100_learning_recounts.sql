-- Content is committed at once, learners are counted anew after it, some at a time.
create table module_recounts (
    module_id uuid primary key references modules,
    import uuid not null
);
comment on table module_recounts is 'Modules whose pages changed in number, until everybody who is into them has been counted anew. Emptied by whoever finishes that.';
comment on column module_recounts.import is 'The import that owes it. What a later one owes of the same module is not done when the count for this one is.';
