-- What an organisation gives holds in its own papers, and in no others.
comment on table exam_adjustments is 'Extra time and rest breaks that an organisation gave a person. They hold in the papers of this organisation that the person starts from then on. They may tell of somebody''s health: no other organisation sees them.';
comment on view held_adjustments is 'Of the version before, in which the most that any organisation gave held everywhere. Goes when that version is gone.';
comment on function people_of_organisation is 'Whom an organisation may give extra time: students of its cohorts, and who was named for or sat one of its papers. Naming somebody changes nothing elsewhere, because what is given holds in its own papers only.';
comment on column sittings.extra_seconds is 'The person''s extra minutes at the start, and what was added since.';

-- Nought is nothing given: there is no row for it any more.
delete from exam_adjustments where extra_percent = 0 and extra_minutes = 0 and break_minutes = 0;
create index exam_adjustments_organisation on exam_adjustments (organisation_id);
create index exam_adjustments_set_by on exam_adjustments (set_by);
