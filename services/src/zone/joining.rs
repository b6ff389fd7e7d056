//! How somebody becomes a member of an area: they accept the code of conduct and apply, and a lead decides, or the area admits their
//! domain.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::PersonId,
    learning::Slug,
    zone::{
        AreaId,
        joining::{AcceptedCode, AreaCard, Areas, CODE_OF_CONDUCT, JoinArea, OwnStanding, Standing},
    },
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction, types::Json};
use uuid::Uuid;

use super::{leaving::end, telling};
use crate::{
    Error, Result, Services,
    access::{self, ZonePerson},
    accounts::Actor,
    kit::{audit, once::done_within},
    moment,
};

/// How long somebody waits who applies to the same area again.
const AGAIN_AFTER: Duration = Duration::days(1);
/// As stored in `done_forms`.
const APPLIES: &str = "apply to an area";

/// The actor's row of `zone_members`, and whether they lead the area.
#[derive(Debug, Deserialize)]
struct Own {
    state: String,
    applied_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    leads: bool,
}

fn own_standing(own: Own) -> Result<OwnStanding> {
    let standing = read(&own.state)?;
    // Who waits again waits since then, for another answer.
    let (since, reason) = match standing {
        Standing::Waiting => (own.applied_at, None),
        _ => (own.decided_at.unwrap_or(own.applied_at), own.reason),
    };
    Ok(OwnStanding { standing, since: moment(since), reason, leads: own.leads })
}

pub(super) fn read(state: &str) -> Result<Standing> {
    Standing::read(state).ok_or_else(|| Error::failed("the database has a standing that nobody knows"))
}

/// `/zone`: all areas, and how the actor stands to each. A visitor stands in no way to any.
///
/// # Errors
/// Those of the database.
pub async fn areas_page(services: &Services, actor: Option<&Actor>) -> Result<Areas> {
    Ok(Areas { areas: cards(services, actor, None).await?, signed_in: actor.is_some() })
}

/// `/zone/{area}/join`.
///
/// # Errors
/// [`Error::NotFound`] for no area.
pub async fn join_page(services: &Services, actor: Option<&Actor>, area: &Slug) -> Result<JoinArea> {
    let area = cards(services, actor, Some(area)).await?.pop().ok_or(Error::NotFound)?;
    Ok(JoinArea { area, signed_in: actor.is_some() })
}

/// All areas, or one.
async fn cards(services: &Services, actor: Option<&Actor>, only: Option<&Slug>) -> Result<Vec<AreaCard>> {
    let mut db = services.begin().await?;
    let person = match actor {
        Some(actor) => Some(actor.in_zone(&mut db).await?.person().0),
        None => None,
    };
    let rows = sqlx::query!(
        r#"select a.slug, a.name, a.aim,
            (select jsonb_build_object('state', m.state, 'applied_at', m.applied_at, 'decided_at', m.decided_at, 'reason', m.reason,
                    'leads', exists (select from roles_held h
                        where h.person_id = m.person_id and h.role = 'zone-lead' and h.scope_id = m.area_id))
                from zone_members m where m.area_id = a.id and m.person_id = $1) as "own?: Json<Own>",
            not exists (select from zone_leads l where l.area_id = a.id) as "leaderless!"
        from zone_areas a where $2::text is null or a.slug = $2
        order by a.name collate "und-x-icu", a.id"#,
        person,
        only.map(Slug::as_str),
    )
    .fetch_all(&mut *db)
    .await?;
    db.commit().await?;
    let cards = rows.into_iter().map(|row| {
        let own = row.own.map(|own| own_standing(own.0)).transpose()?;
        Ok(AreaCard { slug: row.slug, name: row.name, aim: row.aim, own, leaderless: row.leaderless })
    });
    cards.collect()
}

/// The area of this name in the address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn area_at(db: &mut PgConnection, area: &Slug) -> Result<AreaId> {
    let id = sqlx::query_scalar!("select id from zone_areas where slug = $1", area.as_str());
    id.fetch_optional(db).await?.map(AreaId).ok_or(Error::NotFound)
}

/// An application to make, after the code of conduct was accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Application<'a> {
    pub area: AreaId,
    /// The version of the code that was accepted, and when.
    pub code: &'a str,
    pub accepted_at: DateTime<Utc>,
}

/// The signed-in person applies to an area. Who waits or is a member already is answered with that. Returns how they stand to it now.
///
/// # Errors
/// [`Error::NotFound`] for no area; a problem in words on `code` for who has applied to it within a day and may apply again.
pub async fn apply(services: &Services, actor: &Actor, area: &Slug, code: AcceptedCode) -> Result<Standing> {
    let mut db = services.begin().await?;
    let person = actor.in_zone(&mut db).await?;
    let area = area_at(&mut db, area).await?;
    let new = Application { area, code: code.version(), accepted_at: services.clock.now() };
    let standing = apply_for(services, &mut db, person, new).await?;
    db.commit().await?;
    Ok(standing)
}

/// The same in the transaction of the caller, who may be making the account.
///
/// # Errors
/// As [`apply`].
pub(crate) async fn apply_for(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: ZonePerson,
    new: Application<'_>,
) -> Result<Standing> {
    let (who, now) = (person.person(), services.clock.now());
    // Of two at once the second waits here for the first, and finds its row.
    let lately = done_within(services, db, (who, new.area.0), APPLIES, AGAIN_AFTER).await?;
    let before = sqlx::query!(
        "select id, state from zone_members where person_id = $1 and area_id = $2 for update",
        who.0,
        new.area.0,
    )
    .fetch_optional(&mut **db)
    .await?;
    if let Some(row) = &before {
        let standing = read(&row.state)?;
        if !standing.may_apply() {
            return Ok(standing);
        }
    }
    if lately {
        return Err(wrong("code", "You have applied to this area within the last day. Apply again tomorrow"));
    }
    // Whom a lead has refused or removed a lead lets in, and no domain.
    let admitted = before.is_none() && is_admitted(db, person, new.area).await?;
    match before {
        Some(row) => {
            sqlx::query!(
                "update zone_members set state = 'waiting', earlier = state, code_version = $3, code_accepted_at = $4, applied_at = $5
                where id = $1 and person_id = $2",
                row.id,
                who.0,
                new.code,
                new.accepted_at,
                now,
            )
            .execute(&mut **db)
            .await?;
        }
        None => {
            let state = if admitted { Standing::Member } else { Standing::Waiting };
            add(db, who, new, (state, now)).await?;
        }
    }
    note(db, (who, who), ("zone.applied", new.area), now).await?;
    if admitted {
        note(db, (who, who), ("zone.admitted", new.area), now).await?;
        return Ok(Standing::Member);
    }
    telling::leads(services, db, new.area).await?;
    Ok(Standing::Waiting)
}

/// Whether the area admits the domain of their address, which is proven: an account is opened by a link that was sent to it.
async fn is_admitted(db: &mut PgConnection, person: ZonePerson, area: AreaId) -> Result<bool> {
    // The wall shows what is kept of this domain, and of no other one.
    sqlx::query!(
        "select set_config('zone.domain', coalesce(lower(substring(p.email from '[^@]+$')), ''), true) as domain
        from people_named p where p.id = $1",
        person.person().0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let admitted = sqlx::query_scalar!(
        r#"select exists (
            select from zone_admitted_domains
            where area_id = $1 and domain = nullif(current_setting('zone.domain', true), '')
        ) as "admitted!""#,
        area.0,
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query!("select set_config('zone.domain', '', true) as domain").fetch_one(db).await?;
    Ok(admitted)
}

/// Adds the row of somebody who has none, and the profile of who is a member at once.
async fn add(
    db: &mut PgConnection,
    person: PersonId,
    new: Application<'_>,
    (state, now): (Standing, DateTime<Utc>),
) -> Result<()> {
    let (member, decided) = (Uuid::now_v7(), (state == Standing::Member).then_some(now));
    let made = sqlx::query!(
        "insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        member,
        new.area.0,
        person.0,
        state.as_str(),
        new.code,
        new.accepted_at,
        now,
        decided,
    )
    .execute(&mut *db)
    .await?;
    if made.rows_affected() > 0 && decided.is_some() {
        add_profile(db, member, (new.area, person), now).await?;
    }
    Ok(())
}

/// The row of the directory, which says no more than the name until they say more.
pub(super) async fn add_profile(
    db: &mut PgConnection,
    member: Uuid,
    (area, person): (AreaId, PersonId),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
        select $1, $2, p.id, p.full_name, $4, $4 from people_named p where p.id = $3",
        member,
        area.0,
        person.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes somebody a member who is none, whatever a lead would say: for setting up, like every `ensure_…` function. `db` is inside a
/// transaction.
///
/// # Errors
/// Those of the database.
pub async fn ensure_member(
    services: &Services,
    db: &mut PgConnection,
    area: AreaId,
    person: PersonId,
) -> Result<()> {
    let now = services.clock.now();
    access::acts_for(db, person).await?;
    access::sets_up(db, area).await?;
    let new = Application { area, code: CODE_OF_CONDUCT, accepted_at: now };
    add(db, person, new, (Standing::Member, now)).await
}

/// The signed-in person takes their application back. Where there is none any more, that is fine.
///
/// # Errors
/// [`Error::NotFound`] for no area; a problem in words on `withdraw-{area}` when a lead has let them in meanwhile.
pub async fn withdraw_application(services: &Services, actor: &Actor, area: &Slug) -> Result<()> {
    let mut db = services.begin().await?;
    let person = actor.in_zone(&mut db).await?.person();
    let of = area_at(&mut db, area).await?;
    let waiting = sqlx::query_scalar!(
        "select id from zone_members where person_id = $1 and area_id = $2 and state = 'waiting' for update",
        person.0,
        of.0,
    )
    .fetch_all(&mut *db)
    .await?;
    if waiting.is_empty() {
        let member = sqlx::query_scalar!(
            r#"select exists (
                select from zone_members where person_id = $1 and area_id = $2 and state = 'member'
            ) as "member!""#,
            person.0,
            of.0,
        );
        if member.fetch_one(&mut *db).await? {
            let words =
                "A lead has let you in meanwhile: you are a member. You can leave the area on its page";
            return Err(wrong(&format!("withdraw-{area}"), words));
        }
        return Ok(());
    }
    end(&mut db, person, &waiting).await?;
    note(&mut db, (person, person), ("zone.application_withdrawn", of), services.clock.now()).await?;
    db.commit().await?;
    Ok(())
}

pub(super) fn wrong(field: &str, words: &str) -> Error {
    Error::invalid(field, Problem::InWords { words: words.to_owned() })
}

/// Which area it was is in the detail. The words of the audit name none.
pub(super) async fn note(
    db: &mut PgConnection,
    (by, subject): (PersonId, PersonId),
    (action, area): (&str, AreaId),
    now: DateTime<Utc>,
) -> Result<()> {
    let event = audit::Event { at: now, actor: Some(by), subject: Some(subject), action };
    audit::record_with(db, event, json!({ "area": area })).await
}
