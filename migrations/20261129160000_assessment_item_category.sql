-- The category of a question stands beside it: what sums up marks by category does not read the questions.
alter table paper_items add column category text;
comment on column paper_items.category is 'Kept by the trigger: the category of the question.';

create function item_category() returns trigger language plpgsql as $$
begin
    new.category := new.question->>'category';
    return new;
end $$;
create trigger item_category before insert or update of question on paper_items for each row execute function item_category();
