-- Which looks of support are open is asked whenever somebody leaves a list that support can see.

create index audit_events_looks on audit_events (at) where action = 'assessment.seen_by_support';
