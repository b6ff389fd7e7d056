-- Nobody has two sittings of one paper open at once. Should that be so when this runs, it is refused until one of them is over: both
-- are somebody's work, and which of them counts is not for a migration to say.
create unique index sittings_one_open on sittings (paper_id, learner_id) where submitted_at is null;
