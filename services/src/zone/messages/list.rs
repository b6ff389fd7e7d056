use domain::{
    kit::list::Choice,
    learning::Slug,
    zone::{
        AreaHead, MemberId,
        messages::{MessageId, MessageRow, Messages, MessagesQuery, NamedMember},
    },
};
use sqlx::types::Json;

use crate::{Error, Result, Services, accounts::Actor, kit::list::Asked, moment};

/// `/zone/{area}/messages`: what the member got and sent there, newest first. Messages that were kept back are not among what they got.
///
/// # Errors
/// As [`Actor::member_of`].
pub async fn messages_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    query: &MessagesQuery,
) -> Result<Messages> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    // Nothing leads to this list as one page to print, nor to another order.
    let query = &MessagesQuery { whole: false, descending: true, ..query.clone() };
    let asked = Asked::of(query);
    let mut rows = sqlx::query!(
        r#"with own as materialized (
            select m.id, m.text, m.sent_at, m.shows_email, m.from_member is distinct from $2 as received,
                o.member_id as other, o.name as other_name, o.person_id as other_person
            from zone_messages m
            left join zone_profiles o on o.area_id = m.area_id
                and o.member_id = case when m.from_member = $2 then m.to_member else m.from_member end
            where m.area_id = $1 and (m.from_member = $2 or m.to_member = $2 and not m.kept_back)
        ), listed as (
            select w.*, to_char(w.sent_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') collate "und-x-icu" as key
            from own w
            where (found_by(w.text, $3, (select searchable($3))) or found_by(coalesce(w.other_name, ''), $3, (select searchable($3))))
                and ($7 = 'all' or w.received = ($7 = 'received'))
        ), shown as (
            select * from listed
            where $4::text is null or (key, id) < ($4 collate "und-x-icu", $5)
            order by key desc, id desc limit $6
        ), head as materialized (
            select a.slug, a.name, (select count(*) from own) as in_all, (select count(*) from listed) as found,
                (select coalesce(jsonb_agg(jsonb_build_object('member', p.member_id, 'name', p.name) order by lower(p.name), p.member_id), '[]')
                    from zone_blocks b join zone_profiles p on p.area_id = b.area_id and p.person_id = b.blocked_person
                    where b.by_member = $2 and b.area_id = $1) as blocks
            from zone_areas a where a.id = $1
        )
        select h.slug as "slug!", h.name as "name!", h.in_all as "in_all!", h.found as "found!",
            h.blocks as "blocks!: Json<Vec<NamedMember>>", s.id as "id?", s.text as "text?", s.sent_at as "sent_at?",
            s.shows_email as "shows_address?", s.received as "received?", s.other as "other?", s.other_name as "other_name?",
            exists (select from zone_blocks b
                where b.by_member = $2 and b.area_id = $1 and b.blocked_person = s.other_person) as "blocked!",
            exists (select from zone_reports r where r.by_member = $2 and r.message_id = s.id) as "reported!",
            s.key as "key?"
        from head h left join shown s on true
        order by s.key desc, s.id desc"#,
        member.area().0,
        member.member().0,
        asked.search,
        asked.key,
        asked.id,
        asked.limit,
        query.filters.as_str(),
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    // When there is none, the only row has no message.
    let head = rows.first_mut().ok_or(Error::NotFound)?;
    let (counts, blocked) = ((head.found, head.in_all), std::mem::take(&mut head.blocks.0));
    let (slug, name) = (std::mem::take(&mut head.slug), std::mem::take(&mut head.name));
    rows.retain(|row| row.id.is_some());
    let messages = asked.page(
        rows,
        counts,
        |row| (row.key.as_deref().unwrap_or_default(), row.id.unwrap_or_default()),
        |row| {
            let other = row.other.zip(row.other_name);
            Ok(MessageRow {
                id: MessageId(row.id.unwrap_or_default()),
                received: row.received.unwrap_or_default(),
                other: other.map(|(member, name)| NamedMember { member: MemberId(member), name }),
                text: row.text.unwrap_or_default(),
                at: moment(row.sent_at.ok_or(Error::NotFound)?),
                shows_address: row.shows_address.unwrap_or_default(),
                blocked: row.blocked,
                reported: row.reported,
            })
        },
    )?;
    let head = AreaHead { slug, name, lead: member.is_lead() };
    Ok(Messages { head, id: Some(member.area()), messages, blocked })
}
