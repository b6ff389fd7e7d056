use chrono::{DateTime, Duration, Utc};
use domain::{
    FormToken, Problem,
    accounts::{EmailAddress, PersonId},
    learning::Slug,
    zone::{MemberId, messages::MessageText},
};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{
    letters::{Named, Relayed, relay},
    limits::{COUNTED, Sent, UNANSWERED_FOR, after_unanswered},
};
use crate::{
    Error, Result, Services,
    access::AreaMember,
    accounts::{self, Actor},
    kit::{
        mail,
        moment::day_time,
        once::{once, saying},
        random,
    },
    zone::unless_left,
};

/// A message to send.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    pub to: MemberId,
    pub text: &'a MessageText,
    /// The sender lets the recipient see their address.
    pub shows_address: bool,
    /// As for [`once`].
    pub form: Option<FormToken>,
}

/// Sends a message to another member of the area, by mail. Who is blocked by them is not told: the message is taken and not relayed.
///
/// # Errors
/// In words on `message_text`: when a limit is reached, that of messages without an answer too, with when it is over; when the other one takes no
/// messages; when the sender has blocked them. [`Error::NotFound`] when they are no member, or the sender themselves; as [`Actor::member_of`].
pub async fn send(services: &Services, actor: &Actor, area: &Slug, new: NewMessage<'_>) -> Result<()> {
    let mut db = services.begin().await?;
    let id = Uuid::now_v7();
    let (to, shows) = (new.to.to_string(), new.shows_address.to_string());
    let said = [area.as_str(), &to, &shows, new.text.as_str()].map(str::as_bytes);
    let what = saying("zone message", &said);
    if once(services, &mut db, actor, new.form, &what, id).await?.is_some() {
        return Ok(());
    }
    let member = actor.member_of(&mut db, area).await?;
    if member.member() == new.to {
        return Err(Error::NotFound);
    }
    // Messages that are sent at the same time are counted one after the other.
    accounts::one_at_a_time(&mut db, member.person()).await?;
    let now = services.clock.now();
    let pair = pair(&mut db, member, new.to, now).await?;
    pair.allows(now)?;
    sqlx::query!(
        "insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        member.area().0,
        member.member().0,
        new.to.0,
        new.text.as_str(),
        new.shows_address,
        pair.kept_back,
        now,
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    sqlx::query!(
        "insert into zone_sendings (id, person_id, area_id, sent_at) values ($1, $2, $3, $4)",
        id,
        member.person().0,
        member.area().0,
        now,
    )
    .execute(&mut *db)
    .await?;
    if !pair.kept_back {
        relay_by_mail(services, &mut db, (member, id), &pair, new).await?;
    }
    db.commit().await?;
    Ok(())
}

/// What is known of the two.
struct Pair {
    slug: String,
    area: String,
    name: String,
    email: String,
    joined_at: DateTime<Utc>,
    to_name: String,
    to_person: Uuid,
    takes_messages: bool,
    blocks: bool,
    kept_back: bool,
    /// The latest that the other one has not answered within [`UNANSWERED_FOR`], the latest first.
    unanswered: Vec<DateTime<Utc>>,
    everywhere: Vec<DateTime<Utc>>,
    here: Vec<DateTime<Utc>>,
}

async fn pair(db: &mut PgConnection, member: AreaMember, to: MemberId, now: DateTime<Utc>) -> Result<Pair> {
    let pair = sqlx::query_as!(
        Pair,
        r#"select a.slug as "slug!", a.name as "area!", f.name as "name!", p.email as "email!", f.joined_at as "joined_at!",
            t.name as "to_name!", t.person_id as "to_person!", t.takes_messages as "takes_messages!",
            exists (select from zone_blocks b
                where b.by_member = f.member_id and b.area_id = f.area_id and b.blocked_person = t.person_id) as "blocks!",
            exists (select from zone_blocks b
                where b.by_member = t.member_id and b.area_id = t.area_id and b.blocked_person = f.person_id) as "kept_back!",
            array(select m.sent_at from zone_messages m
                where m.from_member = f.member_id and m.to_member = t.member_id and m.area_id = f.area_id and m.sent_at > $5
                    and m.sent_at > coalesce((
                        select max(r.sent_at) from zone_messages r
                        where r.from_member = t.member_id and r.to_member = f.member_id and r.area_id = f.area_id
                            and r.sent_at > $5 and not r.kept_back
                    ), '-infinity')
                order by m.sent_at desc) as "unanswered!: Vec<DateTime<Utc>>",
            array(select s.sent_at from zone_sendings s
                where s.person_id = f.person_id and s.sent_at > $4 order by s.sent_at desc) as "everywhere!: Vec<DateTime<Utc>>",
            array(select s.sent_at from zone_sendings s
                where s.person_id = f.person_id and s.area_id = f.area_id and s.sent_at > $4
                order by s.sent_at desc) as "here!: Vec<DateTime<Utc>>"
        from zone_profiles f
        join zone_profiles t on t.area_id = f.area_id and t.member_id = $3
        join zone_areas a on a.id = f.area_id
        join people_named p on p.id = f.person_id
        where f.area_id = $1 and f.member_id = $2"#,
        member.area().0,
        member.member().0,
        to.0,
        now - COUNTED,
        now - UNANSWERED_FOR,
    );
    pair.fetch_optional(db).await?.ok_or(Error::NotFound)
}

impl Pair {
    /// # Errors
    /// As [`send`].
    fn allows(&self, now: DateTime<Utc>) -> Result<()> {
        let sent = Sent { everywhere: &self.everywhere, here: &self.here, joined_at: self.joined_at };
        // The minute in which it is over has passed then.
        let from = |again: DateTime<Utc>| day_time(again + Duration::seconds(59));
        let words = if self.blocks {
            "You have blocked this member. End the block first, then write to them".to_owned()
        } else if !self.takes_messages {
            "This member takes no messages".to_owned()
        } else if let Some(again) = sent.again(now) {
            let again = from(again);
            format!("Write again from {again}: you have sent as many messages as one member can just now")
        } else if let Some(again) = after_unanswered(&self.unanswered, now) {
            let again = from(again);
            format!(
                "Wait for an answer, or write again from {again}: you have written to this member three times since they last wrote to you"
            )
        } else {
            return Ok(());
        };
        Err(Error::invalid("message_text", Problem::InWords { words }))
    }
}

async fn relay_by_mail(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (member, message): (AreaMember, Uuid),
    pair: &Pair,
    new: NewMessage<'_>,
) -> Result<()> {
    let stop = random::Token::new()?;
    sqlx::query!(
        "insert into zone_stops (token_hash, message_id, area_id, member_id, person_id) values ($1, $2, $3, $4, $5)",
        stop.hash(),
        message,
        member.area().0,
        new.to.0,
        pair.to_person,
    )
    .execute(&mut **db)
    .await?;
    let address = || {
        let address = EmailAddress::parse(&pair.email).ok();
        address.ok_or_else(|| Error::failed("an account has an address that is none"))
    };
    let relayed = Relayed {
        area: Named { slug: &pair.slug, name: &pair.area },
        from: member.member(),
        from_name: &pair.name,
        to: PersonId(pair.to_person),
        to_name: &pair.to_name,
        text: new.text.as_str(),
        address: new.shows_address.then(address).transpose()?,
        stop: &stop,
    };
    mail::enqueue(services, db, &relay(services, relayed)).await
}
