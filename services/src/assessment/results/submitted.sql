-- The next submitted sittings of a paper in the order of their ids, after one of them. `make bench` measures it.
select s.id as "id!"
-- All of the paper, by its index: in the order of the ids the statement could read the sittings of all papers.
from (select x.id from sittings x where x.paper_id = $1 and x.submitted_at is not null offset 0) s
where s.id > $2 order by s.id limit $3
