-- A setter puts drafts and closed papers away, so that the list has what is worked on.
alter table papers add column put_away_at timestamptz;
comment on column papers.put_away_at is 'Since when the list of papers leaves it out, as long as it is a draft or closed. It changes nothing else: results, certificates and copies stay.';
