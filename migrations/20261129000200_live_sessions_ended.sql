-- A session that ended by itself is removed within the hour with all others that did, and none of them is news: a stream lives for a
-- quarter of an hour at most, and is not opened anew without a session.
create or replace trigger sessions_ended after delete on sessions for each row when (old.ends_at > now()) execute function session_ended();
