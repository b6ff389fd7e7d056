//! The comments on courses. Support reads them, without whose they are: it takes no reason, because they say nothing
//! about an account. Nobody else reads them. A comment has an id of its own, which is nowhere else, and is known by its day alone: the id of
//! the enrolment and the time of day stand beside names on other pages.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::learning::{CommentRow, Comments, CommentsQuery};
use sqlx::PgConnection;

use crate::{
    Result, Services,
    access::Support,
    accounts::Actor,
    kit::{export::in_turn_if_whole, list::Asked, moment::date},
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
    let after = asked.key.as_deref().and_then(|key| key.parse::<NaiveDate>().ok());
    // The database knows no days far before.
    let after = after.filter(|day| (2000..=9999).contains(&day.year()));
    let (after, id) = after.zip(asked.id).unzip();
    let mut rows = sqlx::query!(
        // Each of the two orders reads its index from where the page begins, and stops when it is full.
        r#"with titles as materialized (
            -- Once, and not for each comment.
            select c.id from courses c where found_by(c.title, $1, (select searchable($1)))
        ), written as not materialized (
            select f.comment_id as id, c.title, f.comment, (f.given_at at time zone 'Europe/London')::date as day,
                $1 = '' or strpos(f.comment_searched, (select searchable($1))) > 0 or c.id in (select t.id from titles t) as found
            from course_feedback f join enrolments e on e.id = f.enrolment_id join courses c on c.id = e.course_id
            where f.comment is not null
        ), shown as materialized (
            (select * from written
            where $4 and found
                and (day, id) < (coalesce($2, 'infinity'::date), coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
            order by day desc, id desc limit $5)
            union all
            (select * from written
            where not $4 and found
                and (day, id) > (coalesce($2, '-infinity'::date), coalesce($3, '00000000-0000-0000-0000-000000000000'::uuid))
            order by day, id limit $5)
        ), head as materialized (
            select (select count(*) from course_feedback f where f.comment is not null) as in_all,
                count(*) as asked, count(*) filter (where w.keep_access) as keep_access, count(*) filter (where w.join_zone) as join_zone
            from course_wishes w
        )
        select case when $1 = '' then h.in_all
                else (select count(*) from written where found) end as "found!",
            h.in_all as "in_all!", h.asked as "asked!", h.keep_access as "keep_access!",
            h.join_zone as "join_zone!", s.id as "id?", s.title as "title?", s.comment as "comment?", s.day as "day?",
            to_char(s.day, 'YYYY-MM-DD') as "key?"
        from head h left join shown s on true
        order by case when $4 then s.day end desc, case when not $4 then s.day end, case when $4 then s.id end desc, s.id"#,
        asked.search,
        after,
        id,
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
                day: row.day.map_or_else(String::new, |day| date(day, now)),
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
