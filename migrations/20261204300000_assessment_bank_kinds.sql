-- How a question is answered is written in its text alone. As a column it can be counted and chosen.
alter table question_templates add column kind text not null generated always as (
    case
        when source ~ '(^|\n)[ \t]*(\[[ \t]*question[ \t]*\.[ \t]*)?"?single-choice"?[ \t]*(\]|=[ \t]*\{)' then 'single-choice'
        when source ~ '(^|\n)[ \t]*(\[[ \t]*question[ \t]*\.[ \t]*)?"?multiple-choice"?[ \t]*(\]|=[ \t]*\{)' then 'multiple-choice'
        when source ~ '(^|\n)[ \t]*(\[[ \t]*question[ \t]*\.[ \t]*)?"?ordering"?[ \t]*(\]|=[ \t]*\{)' then 'ordering'
        when source ~ '(^|\n)[ \t]*(\[[ \t]*question[ \t]*\.[ \t]*)?"?text-entry"?[ \t]*(\]|=[ \t]*\{)' then 'text-entry'
        else 'number'
    end
) stored;
comment on column question_templates.kind is 'How it is answered, as domain::assessment::bank::QuestionKind writes it: the table that the text has for its answer.';
