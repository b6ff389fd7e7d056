-- What is done at the command line has no account, and its event the name of who ran it.
create or replace view support_looks as
select e.id, e.at, s.person_id, e.actor_id,
    case
        when e.action <> 'assessment.seen_by_support' then e.action
        when e.detail ? 'person' then 'support.saw_account'
        when e.detail ? 'members' then 'support.saw_members'
        when e.detail ? 'organisation' then 'support.saw_extra_time'
        when e.detail ? 'paper' then 'support.saw_paper'
        else e.action
    end as action,
    case when e.action <> 'assessment.seen_by_support' or e.detail ? 'person' then e.detail->>'reason' end as reason,
    e.detail->>'by' as run_by
from support_shown s
join audit_log e on e.id = s.event_id;
comment on view support_looks is 'support, for the other areas: when support looked at what concerns a person, or did something for them, the reason if it was for them alone, and the name of who ran the command line.';
