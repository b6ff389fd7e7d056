-- Who has a role in an organisation, a cohort or an area is asked by its id alone, as `roles_held` shows it: not among the roles of all others.
create index grants_scope on grants (coalesce(organisation_id, cohort_id, zone_area_id), role);
