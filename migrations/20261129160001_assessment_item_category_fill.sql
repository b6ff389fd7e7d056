-- The questions that were there before the trigger. Apart from the new column, whose lock nobody could answer beside.
update paper_items set category = question->>'category' where category is null;
