//! Extra time and rest breaks: an organisation gives them to a person once, and they apply to every paper of this
//! organisation that the person starts from then on. They change nothing in other organisations' papers, so that one
//! organisation's choice harms no other's candidates.
//!
//! An address that a paper names can be given time, whether it has an account or not: the time waits for the account,
//! and both look the same.

use domain::{
    FieldProblem, Problem,
    accounts::{EmailAddress, PersonId},
    assessment::adjustments::{AdjustedPeople, AdjustedPerson, Adjustment, AdjustmentChange, AdjustmentId},
    organisations::OrganisationId,
    visible,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::number;
use crate::{Error, Result, Services, access::ExtraTimeGiver, accounts::Actor, kit::audit, organisations};

/// How many people one page of the list shows.
const PEOPLE_A_PAGE: u32 = 100;

/// The three columns of `exam_adjustments` as the value they are.
pub(super) fn adjustment(
    extra_percent: impl Into<i64>,
    extra_minutes: impl Into<i64>,
    break_minutes: impl Into<i64>,
) -> Result<Adjustment> {
    Ok(Adjustment {
        extra_percent: number(extra_percent)?,
        extra_minutes: number(extra_minutes)?,
        break_minutes: number(break_minutes)?,
    })
}

/// `/assessments/adjustments/{organisation}`: a page of the people to whom this organisation gave extra time. Time
/// given by others is private to them.
///
/// `search` is a part of the name or address as they are shown here: a hidden name matches no search.
pub async fn adjusted_people(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    search: &str,
    page: u32,
) -> Result<AdjustedPeople> {
    let mut db = services.db.acquire().await?;
    let giver = actor.gives_time_in(services, &mut db, organisation).await?;
    // Without invisible characters, which no text of the database can hold either.
    let search = visible(search);
    let rows = sqlx::query!(
        r#"with given as materialized (
            select a.*, coalesce(a.person_id, h.id) as person from exam_adjustments a
            left join lateral (select x.id from people_named x where a.person_id is null and x.email = a.email offset 0) h on true
            where a.organisation_id = $1
        ), shown as (
            -- A person unknown to the organisation is the address that it typed.
            select g.id, coalesce(p.full_name, g.email, q.email) as name, coalesce(p.email, g.email, q.email) as email,
                g.extra_percent, g.extra_minutes, g.break_minutes
            from given g
            left join known_to_organisation($1, array(select person from given where person is not null)) k on k.person = g.person
            -- Each by the key: a join could read the whole table of people.
            left join lateral (select h.* from people_named h where h.id = k.person offset 0) p on true
            left join lateral (select h.* from people_named h where h.id = g.person offset 0) q on true
        ), every as materialized (
            select *, strpos(lower(name), lower($2)) > 0 or strpos(lower(email), lower($2)) > 0 as found from shown
        ), counted as (
            -- A request for a page beyond the last gets the last.
            select count(*) as "all", count(*) filter (where found) as found,
                greatest(1, least($4::bigint, (count(*) filter (where found) + $3::bigint - 1) / $3::bigint)) as page
            from every
        )
        select c."all" as "all!", c.found as "found!", c.page as "page!", e.id as "id?", e.name as "name?", e.email as "email?",
            e.extra_percent as "extra_percent?", e.extra_minutes as "extra_minutes?", e.break_minutes as "break_minutes?"
        from counted c
        left join (
            select * from every where found order by name, email, id limit $3 offset $3 * ((select page from counted) - 1)
        ) e on true
        order by e.name, e.email, e.id"#,
        giver.organisation().0,
        &search,
        i64::from(PEOPLE_A_PAGE),
        i64::from(page),
    )
    .fetch_all(&mut *db)
    .await?;
    // At least one row, even when no person matches.
    let counted = rows.first().ok_or_else(|| Error::failed("nothing was counted"))?;
    let (all, found, page): (u32, u32, u32) =
        (number(counted.all)?, number(counted.found)?, number(counted.page)?);
    let pages = found.div_ceil(PEOPLE_A_PAGE).max(1);
    let people = rows.into_iter().filter_map(|row| Some((row.id?, row))).map(|(id, row)| {
        let missing = || Error::failed("time that was given has no numbers");
        Ok(AdjustedPerson {
            id: AdjustmentId(id),
            name: row.name.ok_or_else(missing)?,
            email: row.email.ok_or_else(missing)?,
            adjustment: adjustment(
                row.extra_percent.ok_or_else(missing)?,
                row.extra_minutes.ok_or_else(missing)?,
                row.break_minutes.ok_or_else(missing)?,
            )?,
        })
    });
    Ok(AdjustedPeople { people: people.collect::<Result<_>>()?, search, found, all, page, pages })
}

/// Changes the time that this organisation gives a person; parts that the change leaves out stay. When nothing is left
/// the adjustment is withdrawn, even from a person who no longer has anything to do with the organisation. Sittings
/// that have begun keep their time: the setter adds to those where the paper is run.
///
/// # Errors
/// [`Problem::PersonUnknown`] on `email` for an address that no paper of this organisation names, unless its person
/// studies with it or has sat one of its papers; [`Problem::NumberOutOfRange`]; [`Problem::AdjustmentMissing`] on
/// `extra_percent` for an empty change. The result is the same with and without an account.
pub async fn set_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    email: &str,
    change: impl Into<AdjustmentChange>,
) -> Result<()> {
    let change = change.into();
    let mut db = services.begin().await?;
    let giver = actor.gives_time_in(services, &mut db, organisation).await?;
    let mut problems = Vec::new();
    let address = EmailAddress::parse(email).map_err(|problem| {
        let theirs = if problem == Problem::EmailMissing { Problem::TheirEmailMissing } else { problem };
        problems.push(FieldProblem::new("email", theirs));
    });
    if change.is_empty() {
        problems.push(FieldProblem::new("extra_percent", Problem::AdjustmentMissing));
    }
    for (field, value, most) in [
        ("extra_percent", change.extra_percent.map(u16::from), 100),
        ("extra_minutes", change.extra_minutes, 240),
        ("break_minutes", change.break_minutes, 120),
    ] {
        if value.is_some_and(|value| value > most) {
            problems.push(FieldProblem::new(field, Problem::NumberOutOfRange));
        }
    }
    let Ok(address) = address else { return Err(Error::Invalid(problems)) };
    let found = find(&mut db, giver, &address).await?;
    let after = change.of(found.held.map(|(_, held)| held).unwrap_or_default());
    let taken_back = after == Adjustment::default();
    if !(found.own || taken_back && found.held.is_some()) {
        problems.insert(0, FieldProblem::new("email", Problem::PersonUnknown));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    match (found.held, taken_back) {
        (Some((id, _)), true) => take_back(services, &mut db, actor, giver, id).await?,
        // Zero where nothing was given.
        (None, true) => return Err(Error::NotFound),
        (held, false) => {
            let id = held.map_or_else(Uuid::new_v4, |(id, _)| id.0);
            sqlx::query!(
                "insert into exam_adjustments (id, person_id, email, organisation_id, extra_percent, extra_minutes, break_minutes, set_at, set_by)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                on conflict (id) do update set person_id = coalesce(exam_adjustments.person_id, excluded.person_id),
                    extra_percent = excluded.extra_percent, extra_minutes = excluded.extra_minutes,
                    break_minutes = excluded.break_minutes, set_at = excluded.set_at, set_by = excluded.set_by",
                id,
                found.person.map(|person| person.0),
                address.as_str(),
                giver.organisation().0,
                i16::from(after.extra_percent),
                i16::try_from(after.extra_minutes).map_err(Error::failed)?,
                i16::try_from(after.break_minutes).map_err(Error::failed)?,
                services.clock.now(),
                actor.person().0,
            )
            .execute(&mut *db)
            .await?;
            let action = "assessment.adjustment_set";
            told(services, &mut db, actor, giver, AdjustmentId(id), found.person, action).await?;
        }
    }
    db.commit().await?;
    Ok(())
}

/// The state of an address.
struct Found {
    person: Option<PersonId>,
    /// A paper of the organisation names it, or its person studies with the organisation or has sat one of its papers.
    own: bool,
    held: Option<(AdjustmentId, Adjustment)>,
}

async fn find(db: &mut PgConnection, giver: ExtraTimeGiver, address: &EmailAddress) -> Result<Found> {
    // One at a time in an organisation, because there may be no person whose row could be locked. By a statement of its
    // own: the next one sees what another setter has set meanwhile.
    organisations::one_at_a_time(&mut *db, giver.organisation()).await?;
    let row = sqlx::query!(
        r#"select h.id as "person?",
            exists (select from paper_learners l join papers p on p.id = l.paper_id where l.email = $1 and p.organisation_id = $2)
                or exists (select from known_to_organisation($2, array[h.id])) as "own!",
            a.id as "held?", a.extra_percent as "extra_percent?", a.extra_minutes as "extra_minutes?", a.break_minutes as "break_minutes?"
        from (select $1::text as email) asked
        left join people_named h on h.email = asked.email
        left join exam_adjustments a on a.organisation_id = $2
            and (a.person_id = h.id or a.person_id is null and a.email = asked.email)
        order by a.person_id nulls last limit 1"#,
        address.as_str(),
        giver.organisation().0,
    )
    .fetch_one(db)
    .await?;
    Ok(Found {
        person: row.person.map(PersonId),
        own: row.own,
        held: match (row.held, row.extra_percent, row.extra_minutes, row.break_minutes) {
            (Some(id), Some(percent), Some(minutes), Some(breaks)) => {
                Some((AdjustmentId(id), adjustment(percent, minutes, breaks)?))
            }
            _ => None,
        },
    })
}

/// Withdraws everything that this organisation gives a person or an address.
///
/// # Errors
/// [`Error::NotFound`] when it gives nothing.
pub async fn take_back_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    given: AdjustmentId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let giver = actor.gives_time_in(services, &mut db, organisation).await?;
    take_back(services, &mut db, actor, giver, given).await?;
    db.commit().await?;
    Ok(())
}

async fn take_back(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    giver: ExtraTimeGiver,
    given: AdjustmentId,
) -> Result<()> {
    let gone = sqlx::query!(
        "delete from exam_adjustments where id = $1 and organisation_id = $2 returning person_id",
        given.0,
        giver.organisation().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let person = gone.person_id.map(PersonId);
    told(services, db, actor, giver, given, person, "assessment.adjustment_taken_back").await
}

async fn told(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    giver: ExtraTimeGiver,
    given: AdjustmentId,
    person: Option<PersonId>,
    action: &str,
) -> Result<()> {
    let event =
        audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: person, action };
    let detail = serde_json::json!({ "organisation": giver.organisation(), "adjustment": given });
    audit::record_with(db, event, detail).await
}
