-- The alarm counts from when a job was first due: one that is queued an hour before its time is not late for that hour.

comment on column jobs.queued_at is 'When it was first due: as soon as it was queued, or the time for which it was queued. The alarm counts from it.';
