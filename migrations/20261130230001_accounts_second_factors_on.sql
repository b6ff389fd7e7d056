-- What counts as having a second factor stands here. It is a view and no function: PostgreSQL does not inline a function that asks with a subselect.
create view second_factors_on as select f.person_id from second_factors f where f.confirmed_at is not null;
comment on view second_factors_on is 'Who has a second factor: a code has confirmed it.';

create or replace view account_facts as
select p.id as person_id, p.created_at, p.activated_at, p.withdrawn_at,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to(p.email, 'UTF8'))) as wait_until,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to('codes ' || p.email, 'UTF8'))) as code_wait_until,
    exists (select from second_factors_on f where f.person_id = p.id) as second_factor,
    (select count(*) from recovery_codes c where c.person_id = p.id and c.used_at is null) as recovery_codes
from people p;
comment on view account_facts is 'accounts, for the other areas: since when an account is there and open, until when a password or a code has to wait somewhere, and whether it has a second factor. No network address, and none that could be found by it.';
