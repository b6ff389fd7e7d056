-- Every foreign key has an index that begins with its columns: what refers to a row is found without reading the table.
create index cohort_administrators_signed_up_by on cohort_administrators (signed_up_by);
create index organisation_administrators_signed_up_by on organisation_administrators (signed_up_by);
create index courses_framework on courses (framework_id);
create index enrolments_last_page on enrolments (last_page_id);
create index page_openings_page on page_openings (page_id);
create index check_attempts_of_module on check_attempts (module_id);
create index module_completions_module on module_completions (module_id);
create index paper_setters_signed_up_by on paper_setters (signed_up_by);
create index question_templates_imported_by on question_templates (imported_by);
create index bank_drafts_organisation on bank_drafts (organisation_id);
create index bank_drafts_person on bank_drafts (person_id);
create index paper_lines_template on paper_lines (template_id);
create index paper_items_section on paper_items (section_id, attempt);
create index paper_cohorts_cohort on paper_cohorts (cohort_id);
create index answers_item on answers (item_id);
create index late_answers_item on late_answers (item_id);
create index item_marks_item on item_marks (item_id);
create index paper_corrections_corrected_by on paper_corrections (corrected_by);
create index mark_changes_sitting on mark_changes (sitting_id);
create index incidents_noted_by on incidents (noted_by);

-- The list of papers begins at whoever asks: their own, or those of their organisations, newest first.
create index papers_of_setter_newest on papers (set_by, organisation_id, id);
create index papers_of_organisation_newest on papers (organisation_id, id);
-- Somebody's own results, newest first.
create index sittings_of_learner_newest on sittings (learner_id, submitted_at desc);
-- Practice: what was asked last, and what goes when there is more than is kept.
create index practice_questions_newest on practice_questions (learner_id, asked_at);
