-- What was answered to some questions in some sittings by whoever was marked on them. `make bench` measures it.
select m.sitting_id as "sitting_id!", m.item_id as "item_id!", a.response as "response?: Json<Response>"
from item_marks m left join answers a on a.sitting_id = m.sitting_id and a.item_id = m.item_id
where m.item_id = any($1) and m.sitting_id = any($2)
