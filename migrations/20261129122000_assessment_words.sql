-- The words of the field: an epoch (the generation of a page that runs an exam room) was called a seat, and a selection rule a line.
alter table sittings rename column seats to epochs;
alter view sitting_states rename column seats to epochs;
alter table check_tries rename column seats to epochs;
comment on column sittings.epochs is 'How many epochs have begun: one for each page of the exam room that has run, and for each of its forms that was sent without scripts. The newest is where the candidate sits; see answers.sequence. Drawing the room begins none.';
comment on column answers.sequence is 'Epoch x 2^32 + count within it: later epochs are later, whatever any clock says. What is answered before a page has its epoch counts from half of 2^32 in the newest epoch that it was drawn with.';
comment on column check_tries.epochs is 'How often it was opened, each an epoch: answers given in a later one are later.';

alter table paper_lines rename to selection_rules;
alter table selection_rules rename constraint paper_lines_pkey to selection_rules_pkey;
alter table selection_rules rename constraint paper_lines_one_source to selection_rules_one_source;
alter table selection_rules rename constraint paper_lines_sensible to selection_rules_sensible;
alter table selection_rules rename constraint paper_lines_section_id_fkey to selection_rules_section_id_fkey;
alter table selection_rules rename constraint paper_lines_template_id_fkey to selection_rules_template_id_fkey;
alter index paper_lines_section rename to selection_rules_section;
alter index paper_lines_template rename to selection_rules_template;
comment on table selection_rules is 'What a section asks: so many questions of a category, or of one chosen template.';
