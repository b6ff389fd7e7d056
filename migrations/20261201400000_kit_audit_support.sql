-- Who acts as support is named in the audit, whichever area keeps the event: the event itself says it. Who has left support since stays named.

drop index audit_events_by_support;
drop function audit_by_support(text, uuid, uuid);

create function audit_by_support(action text, actor uuid, subject uuid, detail jsonb) returns boolean language sql immutable parallel safe as $$
    select action like 'support.%' or action = 'accounts.second_factor_ended'
        or action in ('accounts.link_requested', 'accounts.activation_link_requested') and actor <> subject
        or detail @> '{"support": true}'
$$;
comment on function audit_by_support is 'Whether an event is what support did. What it alone can do says so by its action: it alone asks for a link for somebody else. What others do too has "support" in its detail.';
create index audit_events_by_support on audit_events (at, id) where audit_by_support(action, actor_id, subject_id, detail);
