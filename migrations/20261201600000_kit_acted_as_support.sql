-- A search of the audit finds who acts as support by what they did, so that who has left support is found too.

create index audit_events_support_actor on audit_events (actor_id)
    where audit_by_support(action, actor_id, subject_id, detail) or action like '%seen\_by\_support';

create view acted_as_support as
with recursive acted (person_id) as (
    -- One step of the index for each of them: a few people have done very much.
    (select e.actor_id from audit_events e
    where audit_by_support(e.action, e.actor_id, e.subject_id, e.detail) or e.action like '%seen\_by\_support'
    order by e.actor_id limit 1)
    union all
    select (select e.actor_id from audit_events e
        where e.actor_id > a.person_id
            and (audit_by_support(e.action, e.actor_id, e.subject_id, e.detail) or e.action like '%seen\_by\_support')
        order by e.actor_id limit 1)
    from acted a where a.person_id is not null
)
select a.person_id from acted a where a.person_id is not null;
comment on view acted_as_support is 'kit, for the other areas: who has ever done something as support or looked as support, whether they hold the role or not.';
