-- Where an area of the Zone has no lead, nobody decides about applications. Support appoints leads, so it has to know, and so has who applies.
create view zone_leads as
select g.zone_area_id as area_id, g.person_id
from grants g join account_facts f on f.person_id = g.person_id
where g.role = 'zone-lead' and f.activated_at is not null and f.withdrawn_at is null;
comment on view zone_leads is 'access, for the other areas: who leads an area of NMP Zone, with an open account. What follows from the role is not decided by it.';
