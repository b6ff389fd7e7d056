-- What an organisation gives the candidates of a paper is looked up from these, by the person or by the address.
create index exam_adjustments_address on exam_adjustments (organisation_id, email);
drop index exam_adjustments_organisation;
