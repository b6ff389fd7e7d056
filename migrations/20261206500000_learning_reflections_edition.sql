-- A course may take the next edition of its framework, in which the same ids can be other competencies.
alter table module_reflections add column framework_id text;
update module_reflections r set framework_id = c.framework_id
from modules m join courses c on c.id = m.course_id
where m.id = r.module_id;
alter table module_reflections
    alter column framework_id set not null,
    add constraint module_reflections_framework_id_fkey foreign key (framework_id) references frameworks;
create index module_reflections_framework on module_reflections (framework_id);
comment on column module_reflections.framework_id is 'The edition that the competencies are of: that of the course when it was written.';
comment on column module_reflections.competencies is 'The ids of those that the learner says it is about, in the edition of `framework_id`.';
