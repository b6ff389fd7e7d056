alter table upload_rows add column stays boolean not null default false;
comment on column upload_rows.stays is 'The person belongs to the organisation, and follows the course of the row''s cohort alone or for another organisation (place_free_for): they stay there, and the preview says so. Never of somebody who is asked first: that would tell who has an account.';
