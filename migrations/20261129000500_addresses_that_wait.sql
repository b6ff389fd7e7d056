-- Addresses that are named for a paper and have no account yet. A start page looks for those of one person. The index of people is for
-- people only: by it the planner would read everybody who waits, after a large upload of which the table's statistics know nothing yet.
create index paper_learners_waiting on paper_learners (email) where person_id is null;
drop index paper_learners_person;
create index paper_learners_person on paper_learners (person_id) where person_id is not null;
