-- sittings_of_learner_newest begins with the same column.
drop index sittings_learner;
