-- A form that is not taken is answered with its page: nothing of it is kept.
drop table returned_forms;
