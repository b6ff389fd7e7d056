-- The audit grows with everything that anybody does. Each filter of it reads an index of its own, from where a page begins.

create function audit_area(action text) returns text language sql immutable parallel safe as $$
    select split_part(action, '.', 1)
$$;
comment on function audit_area is 'The area of an action: its first word.';
create index audit_events_area on audit_events (audit_area(action), at, id);

create function audit_by_support(action text, actor uuid, subject uuid) returns boolean language sql immutable parallel safe as $$
    select action like 'support.%' or action like 'access.%' or action = 'accounts.second_factor_ended'
        or action in ('accounts.link_requested', 'accounts.activation_link_requested') and actor <> subject
$$;
comment on function audit_by_support is 'Whether an event can be what support did: support alone asks for a link for somebody else. Roles are given and taken back by others too, and the statement that reads the audit asks who acted.';
create index audit_events_by_support on audit_events (at, id) where audit_by_support(action, actor_id, subject_id);
