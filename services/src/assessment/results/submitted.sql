-- The submitted sittings of a paper, held until the transaction ends. `make bench` measures it.
select id, mark as "mark!", passed as "passed!" from sittings
where paper_id = $1 and submitted_at is not null order by id for no key update
