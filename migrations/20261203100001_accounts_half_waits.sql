-- A wait for sign-ins that were begun and never finished with a code is one, too: support sees it, and ends it.
create or replace view account_facts as
select p.id as person_id, p.created_at, p.activated_at, p.withdrawn_at,
    (select max(t.wait_until) from sign_in_tries t where t.account = sha256(convert_to(p.email, 'UTF8'))) as wait_until,
    (
        select max(t.wait_until) from sign_in_tries t
        where t.account in (sha256(convert_to('codes ' || p.email, 'UTF8')), sha256(convert_to('half open ' || p.email, 'UTF8')))
    ) as code_wait_until,
    exists (select from second_factors_on f where f.person_id = p.id) as second_factor,
    (select count(*) from recovery_codes c where c.person_id = p.id and c.used_at is null) as recovery_codes
from people p;
