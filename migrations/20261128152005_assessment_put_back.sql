-- A question that was taken out by mistake can be put back; a template of an organisation's own can be retired by hand.
alter table paper_corrections add column restored boolean not null default false;
alter table paper_corrections add constraint paper_corrections_one_kind check (not (voided and restored));
comment on column paper_corrections.restored is 'The question had been taken out, and was put back.';

create function in_london(moment timestamptz, later interval) returns timestamptz language sql stable as $$
    select (date_trunc('day', moment at time zone 'Europe/London') + later) at time zone 'Europe/London'
$$;
comment on function in_london is 'A time on the clock on the wall, counted from the midnight of that day: 9 in the morning is 9 in the morning, also when the clocks change in between.';
comment on column question_templates.retired is 'No longer in its bank, or retired by hand: kept for the papers whose drafts name it, and asked no more.';
