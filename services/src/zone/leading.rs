//! What the leads of an area decide: who joins, whose membership ends, and which domains are admitted. Support appoints leads.

use chrono::{DateTime, Utc};
use domain::{
    access::Role,
    accounts::PersonId,
    learning::Slug,
    zone::{
        AreaHead, AreaId, MemberId,
        joining::{AdmittedDomain, Applicant, Applications, DecidedBefore, Ending, Standing},
    },
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction, types::Json};
use uuid::Uuid;

use super::{
    NewArea, ensure_area,
    joining::{add_profile, area_at, note, read, wrong},
    telling::{self, Leaderless, Told},
};
use crate::{
    Error, Result, Services,
    access::{self, AreaLead, NewGrant},
    accounts::Actor,
    kit::{audit, reason::reason},
    moment, number,
};

/// How many applicants the page shows: those who wait longest.
const SHOWN: i64 = 100;

/// An applicant, in the statement of the page.
#[derive(Debug, Deserialize)]
struct Applied {
    member: MemberId,
    name: String,
    domain: String,
    at: DateTime<Utc>,
    /// What was decided about them before, with its time and reason.
    earlier: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
}

impl Applied {
    fn read(self) -> Result<Applicant> {
        let before = match (self.earlier, self.decided_at, self.reason) {
            (Some(earlier), Some(at), Some(reason)) => {
                Some(DecidedBefore { standing: read(&earlier)?, at: moment(at), reason })
            }
            _ => None,
        };
        Ok(Applicant {
            member: self.member,
            name: self.name,
            domain: self.domain,
            since: moment(self.at),
            before,
        })
    }
}

/// `/zone/{area}/applications`: who waits, and which domains are admitted. `ending` is the member whose membership the page offers to end.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn applications_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    ending: Option<MemberId>,
) -> Result<Applications> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let row = sqlx::query!(
        r#"select a.slug, a.name,
            (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                select m.id as member, p.full_name as name, substring(p.email from '[^@]+$') as domain, m.applied_at as at,
                    m.earlier, m.decided_at, m.reason
                from zone_members m join people_named p on p.id = m.person_id
                where m.area_id = a.id and m.state = 'waiting' order by m.applied_at, m.id limit $2) x) as "waiting!: Json<Vec<Applied>>",
            (select count(*) from zone_members m where m.area_id = a.id and m.state = 'waiting') as "all_waiting!",
            (select coalesce(jsonb_agg(d.domain order by d.domain), '[]') from zone_admitted_domains d
                where d.area_id = a.id) as "domains!: Json<Vec<String>>",
            (select jsonb_build_object('member', f.member_id, 'name', f.name) from zone_profiles f
                where f.area_id = a.id and f.member_id = $3 and f.person_id <> $4) as "ending?: Json<Ending>"
        from zone_areas a where a.id = $1"#,
        lead.area().0,
        SHOWN,
        ending.map(|member| member.0),
        lead.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    let waiting: Result<Vec<_>> = row.waiting.0.into_iter().map(Applied::read).collect();
    Ok(Applications {
        head: AreaHead { slug: row.slug, name: row.name, lead: true },
        waiting: waiting?,
        all_waiting: number(row.all_waiting)?,
        domains: row.domains.0,
        ending: row.ending.map(|ending| ending.0),
    })
}

/// Lets an applicant in: from then on the directory shows their name. A button pressed twice is answered as the first time, here and
/// below.
///
/// # Errors
/// As [`Actor::leads`]; a problem in words on `approve-{member}` when the application is not there any more, or is decided otherwise.
pub async fn approve(services: &Services, actor: &Actor, area: &Slug, member: MemberId) -> Result<()> {
    let mut db = services.begin().await?;
    let (lead, now) = (actor.leads(&mut db, area).await?, services.clock.now());
    let decided = sqlx::query_scalar!(
        "update zone_members set state = 'member', decided_at = $3, decided_by = $4, reason = null, earlier = null
        where id = $1 and area_id = $2 and state = 'waiting' returning person_id",
        member.0,
        lead.area().0,
        now,
        lead.person().0,
    );
    let Some(person) = decided.fetch_optional(&mut *db).await?.map(PersonId) else {
        return decided_before(&mut db, lead, (member, Standing::Member), &format!("approve-{member}")).await;
    };
    add_profile(&mut db, member.0, (lead.area(), person), now).await?;
    note(&mut db, (lead.person(), person), ("zone.admitted", lead.area()), now).await?;
    telling::person(services, &mut db, (person, lead.area()), Told::Admitted).await?;
    db.commit().await?;
    Ok(())
}

/// Refuses an application. The applicant reads the reason.
///
/// # Errors
/// As [`Actor::leads`]; on `refuse_reason-{member}` [`domain::Problem::ReasonMissing`], and a problem in words as [`approve`].
pub async fn refuse(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: MemberId,
    why: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let (lead, now) = (actor.leads(&mut db, area).await?, services.clock.now());
    let field = format!("refuse_reason-{member}");
    let why = reason(why).map_err(|problem| Error::invalid(&field, problem))?;
    let decided = sqlx::query_scalar!(
        "update zone_members set state = 'refused', decided_at = $3, decided_by = $4, reason = $5, earlier = null
        where id = $1 and area_id = $2 and state = 'waiting' returning person_id",
        member.0,
        lead.area().0,
        now,
        lead.person().0,
        why,
    );
    let Some(person) = decided.fetch_optional(&mut *db).await?.map(PersonId) else {
        return decided_before(&mut db, lead, (member, Standing::Refused), &field).await;
    };
    note(&mut db, (lead.person(), person), ("zone.refused", lead.area()), now).await?;
    telling::person(services, &mut db, (person, lead.area()), Told::Refused(&why)).await?;
    db.commit().await?;
    Ok(())
}

/// Ends a membership: the profile goes, with its picture, and the role of a lead. The person reads the reason.
///
/// # Errors
/// As [`Actor::leads`]; on `end_reason` [`domain::Problem::ReasonMissing`], and a problem in words for the lead's own membership, and for one
/// that has ended otherwise.
pub async fn remove(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    member: MemberId,
    why: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let (lead, now) = (actor.leads(&mut db, area).await?, services.clock.now());
    let why = reason(why).map_err(|problem| Error::invalid("end_reason", problem))?;
    let ended = sqlx::query_scalar!(
        "update zone_members set state = 'removed', decided_at = $3, decided_by = $4, reason = $5
        where id = $1 and area_id = $2 and state = 'member' and person_id <> $4 returning person_id",
        member.0,
        lead.area().0,
        now,
        lead.person().0,
        why,
    );
    let Some(person) = ended.fetch_optional(&mut *db).await?.map(PersonId) else {
        return decided_before(&mut db, lead, (member, Standing::Removed), "end_reason").await;
    };
    sqlx::query!("delete from zone_profiles where member_id = $1 and area_id = $2", member.0, lead.area().0,)
        .execute(&mut *db)
        .await?;
    lose_role(services, &mut db, (person, lead.area()), lead.person()).await?;
    note(&mut db, (lead.person(), person), ("zone.removed", lead.area()), now).await?;
    telling::person(services, &mut db, (person, lead.area()), Told::Removed(&why)).await?;
    db.commit().await?;
    Ok(())
}

/// Who is no member any more leads no area.
pub(super) async fn lose_role(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (person, area): (PersonId, AreaId),
    by: PersonId,
) -> Result<()> {
    let reason = "Is not a member of the area any more";
    let held = NewGrant { person, role: Role::ZoneLead(area), by: Some(by), reason };
    if access::take_back(services, db, held).await? {
        led_no_more(services, db, area).await?;
    }
    Ok(())
}

/// Somebody does not lead the area any more: if they were the last who did, support is told. Of two who stop at the same moment the second
/// waits here for the first, and is the last.
///
/// # Errors
/// Those of the database.
pub(crate) async fn led_no_more(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    area: AreaId,
) -> Result<()> {
    sqlx::query_scalar!("select id from zone_areas where id = $1 for no key update", area.0)
        .fetch_optional(&mut **db)
        .await?;
    telling::support(services, db, area, Leaderless::LastLead).await
}

/// The answer where there is nothing to decide: fine, if it was decided so before.
async fn decided_before(
    db: &mut PgConnection,
    lead: AreaLead,
    (member, wanted): (MemberId, Standing),
    field: &str,
) -> Result<()> {
    let row = sqlx::query!(
        "select state, decided_by, person_id from zone_members where id = $1 and area_id = $2",
        member.0,
        lead.area().0,
    );
    let Some(row) = row.fetch_optional(&mut *db).await? else {
        let words = "This is not there any more: the person has taken it back or left. Load the page again";
        return Err(wrong(field, words));
    };
    let stands = read(&row.state)?;
    if row.person_id == lead.person().0 && wanted == Standing::Removed {
        return Err(wrong(field, "To end your own membership, leave the area: its page says what you lose"));
    }
    // What another lead wrote is not what was typed here.
    if stands == wanted && (wanted == Standing::Member || row.decided_by == Some(lead.person().0)) {
        return Ok(());
    }
    Err(wrong(field, "Somebody has decided otherwise meanwhile. Load the page again to see who waits"))
}

/// From now on, who has an address of this domain joins without a decision.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn admit_domain(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    domain: &AdmittedDomain,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    if admit(&mut db, lead.area(), domain).await? {
        let by = lead.person();
        note(&mut db, (by, by), ("zone.domain_admitted", lead.area()), services.clock.now()).await?;
        db.commit().await?;
    }
    Ok(())
}

/// Says whether the domain is new.
async fn admit(db: &mut PgConnection, area: AreaId, domain: &AdmittedDomain) -> Result<bool> {
    let made = sqlx::query!(
        "insert into zone_admitted_domains (area_id, domain) values ($1, $2) on conflict do nothing",
        area.0,
        domain.as_str(),
    );
    Ok(made.execute(db).await?.rows_affected() > 0)
}

/// From now on a lead decides about people of this domain too. Members stay.
///
/// # Errors
/// As [`Actor::leads`].
pub async fn drop_domain(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    domain: &AdmittedDomain,
) -> Result<()> {
    let mut db = services.begin().await?;
    let lead = actor.leads(&mut db, area).await?;
    let gone = sqlx::query!(
        "delete from zone_admitted_domains where area_id = $1 and domain = $2",
        lead.area().0,
        domain.as_str(),
    );
    if gone.execute(&mut *db).await?.rows_affected() > 0 {
        let by = lead.person();
        note(&mut db, (by, by), ("zone.domain_dropped", lead.area()), services.clock.now()).await?;
        db.commit().await?;
    }
    Ok(())
}

/// Makes an area that admits these domains. For the command line, which checks no permission. Nothing is done where an area has this name in
/// its address already.
///
/// # Errors
/// Those of the database.
pub async fn create_area(
    services: &Services,
    new: NewArea<'_>,
    admits: &[AdmittedDomain],
) -> Result<Option<AreaId>> {
    let mut db = services.begin().await?;
    let there = area_at(&mut db, new.slug).await;
    if !matches!(there, Err(Error::NotFound)) {
        return there.map(|_| None);
    }
    let area = ensure_area(services, &mut db, new).await?;
    for domain in admits {
        ensure_admitted(&mut db, area, domain).await?;
    }
    db.commit().await?;
    Ok(Some(area))
}

/// The same as [`admit_domain`] for setting up an area, like every `ensure_…` function. `db` is inside a transaction.
///
/// # Errors
/// Those of the database.
pub async fn ensure_admitted(db: &mut PgConnection, area: AreaId, domain: &AdmittedDomain) -> Result<()> {
    access::sets_up(db, area).await?;
    admit(db, area, domain).await?;
    Ok(())
}

/// Makes an applicant a member, so that they can lead the area. The caller has asked for permission and gives the role.
///
/// # Errors
/// A problem in words on `field` for who has not applied, and for no area.
pub(crate) async fn ready_to_lead(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (person, area): (PersonId, AreaId),
    by: Option<PersonId>,
    field: &str,
) -> Result<()> {
    let now = services.clock.now();
    access::acts_for(db, person).await?;
    let row = sqlx::query!(
        "select id, state from zone_members where person_id = $1 and area_id = $2 for update",
        person.0,
        area.0,
    )
    .fetch_optional(&mut **db)
    .await?;
    let standing = row.as_ref().map(|row| read(&row.state)).transpose()?;
    match (row, standing) {
        (Some(_), Some(Standing::Member)) => Ok(()),
        (Some(row), Some(Standing::Waiting)) => let_in(db, row.id, (person, area), (by, now)).await,
        _ => {
            let words = "Ask them to register for the area first: they accept the code of conduct there";
            Err(wrong(field, words))
        }
    }
}

async fn let_in(
    db: &mut PgConnection,
    member: Uuid,
    (person, area): (PersonId, AreaId),
    (by, now): (Option<PersonId>, DateTime<Utc>),
) -> Result<()> {
    // Nobody makes themself a member: to the database this is a decision for the area.
    access::sets_up(db, area).await?;
    sqlx::query!(
        "update zone_members set state = 'member', decided_at = $3, decided_by = $4, reason = null, earlier = null
        where id = $1 and person_id = $2",
        member,
        person.0,
        now,
        by.map(|by| by.0),
    )
    .execute(&mut *db)
    .await?;
    add_profile(db, member, (area, person), now).await?;
    let mut detail = json!({ "area": area });
    if let Some(by) = by {
        detail = access::by_support(db, by, detail).await?;
    }
    let event = audit::Event { at: now, actor: by, subject: Some(person), action: "zone.admitted" };
    audit::record_with(db, event, detail).await
}

/// Tells somebody that support has made them a lead.
pub(crate) async fn tell_lead(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    area: AreaId,
) -> Result<()> {
    telling::person(services, db, (person, area), Told::Leads).await
}
