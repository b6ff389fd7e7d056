-- The table of the answer may be written in its parts alone, as `[[question.single-choice.options]]` or `ordering.items = [...]`.
alter table question_templates drop column kind;
alter table question_templates add column kind text not null generated always as (
    case
        when source ~ '(^|\n)[ \t]*(\[\[?[ \t]*[''"]?question[''"]?[ \t]*\.[ \t]*)?[''"]?single-choice[''"]?[ \t]*(\]|=[ \t]*\{|\.[ \t]*[''"]?(options|shuffle)[''"]?[ \t]*[]=.])' then 'single-choice'
        when source ~ '(^|\n)[ \t]*(\[\[?[ \t]*[''"]?question[''"]?[ \t]*\.[ \t]*)?[''"]?multiple-choice[''"]?[ \t]*(\]|=[ \t]*\{|\.[ \t]*[''"]?(options|shuffle)[''"]?[ \t]*[]=.])' then 'multiple-choice'
        when source ~ '(^|\n)[ \t]*(\[\[?[ \t]*[''"]?question[''"]?[ \t]*\.[ \t]*)?[''"]?ordering[''"]?[ \t]*(\]|=[ \t]*\{|\.[ \t]*[''"]?(items|errors)[''"]?[ \t]*[]=.])' then 'ordering'
        when source ~ '(^|\n)[ \t]*(\[\[?[ \t]*[''"]?question[''"]?[ \t]*\.[ \t]*)?[''"]?text-entry[''"]?[ \t]*(\]|=[ \t]*\{|\.[ \t]*[''"]?(accepted|case-matters|errors)[''"]?[ \t]*[]=.])' then 'text-entry'
        else 'number'
    end
) stored;
comment on column question_templates.kind is 'How it is answered, as domain::assessment::bank::QuestionKind writes it: the table that the text has for its answer.';
-- A search for "unit" or "wording" is for questions that say so, and not for every text with a key of that name. Made when a text is stored:
-- making thousands of texts searchable takes a second.
alter table question_templates add column words text not null generated always as (
    searchable(regexp_replace(
        regexp_replace(source, '(^|\n)[ \t]*\[\[?[ \t]*[''"]?question[^\n]*', '\1', 'g'),
        '(^|[\n{,])[ \t]*[''"]?[a-z][a-z0-9_.-]*[''"]?[ \t]*=', '\1', 'g'
    ))
) stored;
comment on column question_templates.words is 'The text without its keys, as searchable() makes it.';
