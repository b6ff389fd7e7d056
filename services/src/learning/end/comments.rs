//! The comments on courses. Support reads them, without whose they are: it takes no reason, because they say nothing
//! about an account. Nobody else reads them.

use chrono::{DateTime, Utc};
use domain::learning::{CommentRow, Comments, CommentsQuery};
use sqlx::PgConnection;

use crate::{
    Result, Services,
    access::Support,
    accounts::Actor,
    kit::{export::in_turn_if_whole, list::Asked, moment::day},
    number,
};

/// `/support/feedback`: the comments, newest first, and how many learners want what after a course.
///
/// # Errors
/// As [`Actor::is_support`].
pub async fn comments(services: &Services, actor: &Actor, query: &CommentsQuery) -> Result<Comments> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.is_support(&mut db).await
    };
    let load = async {
        let mut db = services.db.acquire().await?;
        let support = actor.is_support(&mut db).await?;
        page(&mut db, support, &Asked::of(query), services.clock.now()).await
    };
    in_turn_if_whole(services, actor, query.whole, prove, load).await
}

async fn page(db: &mut PgConnection, _: Support, asked: &Asked, now: DateTime<Utc>) -> Result<Comments> {
    let mut rows = sqlx::query!(
        r#"with written as materialized (
            select f.enrolment_id as id, c.title, f.comment, f.given_at,
                to_char(f.given_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') collate "und-x-icu" as key
            from course_feedback f join enrolments e on e.id = f.enrolment_id join courses c on c.id = e.course_id
            where f.comment is not null
        ), listed as (
            select * from written where found_by(comment, $1) or found_by(title, $1)
        ), shown as (
            select * from listed
            where $2::text is null
                or case when $4 then (key, id) < ($2 collate "und-x-icu", $3) else (key, id) > ($2 collate "und-x-icu", $3) end
            order by case when $4 then key end desc, case when not $4 then key end, case when $4 then id end desc, id
            limit $5
        ), head as materialized (
            select (select count(*) from listed) as found, (select count(*) from written) as in_all,
                count(*) as asked, count(*) filter (where w.keep_access) as keep_access, count(*) filter (where w.join_zone) as join_zone
            from course_wishes w
        )
        select h.found as "found!", h.in_all as "in_all!", h.asked as "asked!", h.keep_access as "keep_access!",
            h.join_zone as "join_zone!", s.id as "id?", s.title as "title?", s.comment as "comment?", s.given_at as "given_at?",
            s.key as "key?"
        from head h left join shown s on true
        order by case when $4 then s.key end desc, case when not $4 then s.key end, case when $4 then s.id end desc, s.id"#,
        asked.search,
        asked.key,
        asked.id,
        asked.descending,
        asked.limit,
    )
    .fetch_all(db)
    .await?;
    let head = rows.first();
    let counts = head.map_or((0, 0), |row| (row.found, row.in_all));
    let (said, keep_access, join_zone) =
        head.map_or((0, 0, 0), |row| (row.asked, row.keep_access, row.join_zone));
    rows.retain(|row| row.id.is_some());
    let comments = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            Ok(CommentRow {
                course: row.title.unwrap_or_default(),
                day: row.given_at.map_or_else(String::new, |at| day(at, now)),
                text: row.comment.unwrap_or_default(),
            })
        },
    )?;
    Ok(Comments {
        comments,
        asked: number(said)?,
        keep_access: number(keep_access)?,
        join_zone: number(join_zone)?,
    })
}
