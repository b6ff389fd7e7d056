//! Extra time and rest breaks: an organisation gives them to a person once, and they apply to every paper of this
//! organisation that the person starts from then on. They change nothing in other organisations' papers, so that one
//! organisation's choice harms no other's candidates.
//!
//! An address that a paper names can be given time, whether it has an account or not: the time waits for the account,
//! and both look the same.

mod list;
mod listed;

use chrono::{DateTime, Utc};
use domain::{
    FieldProblem, Problem,
    accounts::{EmailAddress, PersonId},
    assessment::adjustments::{
        Adjustment, AdjustmentChange, AdjustmentId, AdjustmentsSeen, MOST_BREAKS, MOST_MINUTES, MOST_PERCENT,
    },
    organisations::OrganisationId,
};
pub use list::{adjusted_people, adjustments_file};
pub use listed::set_adjustments;
use sqlx::PgConnection;
use uuid::Uuid;

use super::number;
use crate::{
    Error, Result, Services,
    access::{self, ExtraTimeGiver},
    accounts::Actor,
    kit::{audit, moment::day_time, once::pressed_twice},
    organisations,
};

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

/// Changes the time that this organisation gives a person; parts that the change leaves out stay. When nothing is left
/// the adjustment is withdrawn, even from a person who no longer has anything to do with the organisation. Sittings
/// that have begun keep their time: the setter adds to those where the paper is run. A button pressed twice is answered as the first time.
///
/// # Errors
/// [`Problem::PersonUnknown`] on `email` for an address that no paper of this organisation names, unless its person
/// studies with it or has sat one of its papers; [`Problem::NumberOutOfRange`]; [`Problem::AdjustmentMissing`] on
/// `extra_percent` for an empty change; [`Problem::ChangedMeanwhile`] on `changed` if somebody else has set or taken back the person's time
/// since the form was drawn. The result is the same with and without an account.
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
        ("extra_percent", change.extra_percent.map(u16::from), MOST_PERCENT),
        ("extra_minutes", change.extra_minutes, MOST_MINUTES),
        ("break_minutes", change.break_minutes, MOST_BREAKS),
    ] {
        if value.is_some_and(|value| value > most) {
            problems.push(FieldProblem::new(field, Problem::NumberOutOfRange));
        }
    }
    let Ok(address) = address else { return Err(Error::Invalid(problems)) };
    let found = find(&mut db, giver, &address).await?;
    let has = found.held.as_ref().map(|held| held.adjustment).unwrap_or_default();
    let after = change.of(has);
    let taken_back = after == Adjustment::default();
    if problems.is_empty() {
        let words = format!("{} {change:?}", address.as_str());
        let act = ("assessment.adjustment_set", words.as_str());
        let before = pressed_twice(services, &mut db, actor.person(), giver.organisation().0, act).await?;
        if before && has == after {
            return Ok(());
        }
        if let Some(seen) = change.seen
            && has != after
            && (before || found.is_newer(actor.person(), seen))
        {
            let at = day_time(found.changed_at(services, &mut db, giver).await?);
            return Err(Error::invalid("changed", Problem::ChangedMeanwhile { at }));
        }
    }
    if !(found.own || taken_back && found.held.is_some()) {
        problems.insert(0, FieldProblem::new("email", Problem::PersonUnknown));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    // Nothing changes: the button was pressed twice, or it was given already.
    if !taken_back && has == after {
        return Ok(());
    }
    give(services, &mut db, actor, giver, &address, found, after).await?;
    db.commit().await?;
    Ok(())
}

/// Gives an address this time in place of what it has, or takes all of it back.
///
/// # Errors
/// [`Error::NotFound`] for nothing where nothing was given.
async fn give(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    giver: ExtraTimeGiver,
    address: &EmailAddress,
    found: Found,
    after: Adjustment,
) -> Result<()> {
    let held = match (found.held, after == Adjustment::default()) {
        (Some(held), true) => return take_back(services, db, actor, giver, held.id).await,
        (None, true) => return Err(Error::NotFound),
        (held, false) => held,
    };
    let id = held.map_or_else(Uuid::new_v4, |held| held.id.0);
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
    told(services, db, actor, giver, AdjustmentId(id), found.person, action).await
}

/// The state of an address.
struct Found {
    person: Option<PersonId>,
    /// A paper of the organisation names it, or its person studies with the organisation or has sat one of its papers.
    own: bool,
    held: Option<Held>,
}

/// What an address has.
struct Held {
    id: AdjustmentId,
    adjustment: Adjustment,
    set_at: DateTime<Utc>,
    set_by: Option<PersonId>,
}

impl Found {
    /// Whether somebody else has set the time since a page was drawn, or it was there and is gone.
    fn is_newer(&self, by: PersonId, page: AdjustmentsSeen) -> bool {
        match &self.held {
            Some(held) => held.set_at.timestamp_micros() > page.seen && held.set_by != Some(by),
            None => page.shown,
        }
    }

    /// When it was set or taken back. Of an address without an account nothing says when that was: then it is now.
    async fn changed_at(
        &self,
        services: &Services,
        db: &mut PgConnection,
        giver: ExtraTimeGiver,
    ) -> Result<DateTime<Utc>> {
        if let Some(held) = &self.held {
            return Ok(held.set_at);
        }
        let taken_back = sqlx::query_scalar!(
            "select max(at) from audit_log
            where subject_id = $1 and action = 'assessment.adjustment_taken_back' and detail->>'organisation' = $2",
            self.person.map(|person| person.0),
            giver.organisation().to_string(),
        );
        Ok(taken_back.fetch_one(db).await?.unwrap_or_else(|| services.clock.now()))
    }
}

async fn find(db: &mut PgConnection, giver: ExtraTimeGiver, address: &EmailAddress) -> Result<Found> {
    // One at a time in an organisation, because there may be no person whose row could be locked. By a statement of its
    // own: the next one sees what another setter has set meanwhile.
    organisations::one_at_a_time(&mut *db, giver.organisation()).await?;
    let row = sqlx::query!(
        r#"select h.id as "person?",
            exists (select from paper_learners l join papers p on p.id = l.paper_id where l.email = $1 and p.organisation_id = $2)
                or exists (select from known_to_organisation($2, array[h.id])) as "own!",
            a.id as "held?", a.extra_percent as "extra_percent?", a.extra_minutes as "extra_minutes?", a.break_minutes as "break_minutes?",
            a.set_at as "set_at?", a.set_by as "set_by?"
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
        held: match (row.held, row.extra_percent, row.extra_minutes, row.break_minutes, row.set_at) {
            (Some(id), Some(percent), Some(minutes), Some(breaks), Some(set_at)) => Some(Held {
                id: AdjustmentId(id),
                adjustment: adjustment(percent, minutes, breaks)?,
                set_at,
                set_by: row.set_by.map(PersonId),
            }),
            _ => None,
        },
    })
}

/// Withdraws everything that this organisation gives a person or an address. A button pressed twice is answered as the first time.
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
    let act = ("assessment.adjustment_taken_back", "");
    let before = pressed_twice(services, &mut db, actor.person(), given.0, act).await?;
    match take_back(services, &mut db, actor, giver, given).await {
        Err(Error::NotFound) if before => return Ok(()),
        taken => taken?,
    }
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
    let leaving = sqlx::query_scalar!(
        r#"select p.id as "id!" from exam_adjustments a
        join people_named p on p.id = a.person_id or a.person_id is null and p.email = a.email
        where a.id = $1 and a.organisation_id = $2"#,
        given.0,
        giver.organisation().0,
    )
    .fetch_all(&mut *db)
    .await?;
    access::keep_leaving(services, db, &leaving).await?;
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
    let detail = access::by_support(db, actor.person(), detail).await?;
    audit::record_with(db, event, detail).await
}
