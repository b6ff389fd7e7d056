//! Extra time and rest breaks: given by an organisation, once for a person, and holding in every paper of this organisation that
//! the person starts from then on. In other organisations' papers it changes nothing, so nobody is harmed by whom another names.

use domain::{
    FieldProblem, Problem,
    accounts::{EmailAddress, PersonId},
    assessment::{AdjustedPerson, Adjustment, AdjustmentChange},
    cohorts::OrganisationId,
};

use sqlx::PgConnection;

use super::{LookedAt, OrganisationSetter, number, support};
use crate::{Error, Result, Services, accounts::Actor, audit};

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

/// Proof of [`Actor::sets_papers_in`]. Extra time may tell of somebody's health: support says first why it looks.
async fn gives_time_in(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<OrganisationSetter> {
    let setter = actor.sets_papers_in(db, organisation).await?;
    if setter.support {
        support::with_reason(services, db, actor, LookedAt::Adjustments(organisation)).await?;
    }
    Ok(setter)
}

/// `/assessments/adjustments/{organisation}`: whom this organisation gave extra time. What others gave is theirs to know.
pub async fn adjusted_people(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<Vec<AdjustedPerson>> {
    let mut db = services.db.acquire().await?;
    let setter = gives_time_in(services, &mut db, actor, organisation).await?;
    let rows = sqlx::query!(
        r#"select p.id, name_in_organisation(p.id, $1) as "name!", p.email, a.extra_percent, a.extra_minutes, a.break_minutes
        from exam_adjustments a join people p on p.id = a.person_id
        where a.organisation_id = $1
        order by 1, p.id limit 500"#,
        setter.organisation.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let people = rows.into_iter().map(|row| {
        Ok(AdjustedPerson {
            person: PersonId(row.id),
            name: row.name,
            email: row.email,
            adjustment: adjustment(row.extra_percent, row.extra_minutes, row.break_minutes)?,
        })
    });
    people.collect()
}

/// Changes what a person is given by this organisation; what the change leaves out stays. When nothing is left it is taken back, also
/// from somebody who has nothing to do with the organisation any more. Sittings that have begun keep their time: add to those where
/// the paper is run.
///
/// # Errors
/// [`Problem::PersonUnknown`] on `email` for whoever neither studies with this organisation nor is named for, or has sat, a paper
/// of it; [`Problem::NumberOutOfRange`]; [`Problem::AdjustmentMissing`] on `extra_percent` for a change of nothing.
pub async fn set_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    email: &str,
    change: impl Into<AdjustmentChange>,
) -> Result<()> {
    let change = change.into();
    let mut db = services.begin().await?;
    let setter = gives_time_in(services, &mut db, actor, organisation).await?;
    let mut problems = Vec::new();
    let address =
        EmailAddress::parse(email).map_err(|problem| problems.push(FieldProblem::new("email", problem)));
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
    let found = match &address {
        Ok(address) => person_of(&mut db, setter, address).await?,
        Err(()) => None,
    };
    let before = found.as_ref().and_then(|found| found.held).unwrap_or_default();
    let after = change.of(before);
    let taken_back = after == Adjustment::default();
    let person = found.filter(|found| found.own || taken_back && found.held.is_some());
    if address.is_ok() && person.is_none() {
        problems.insert(0, FieldProblem::new("email", Problem::PersonUnknown));
    }
    let (Some(Found { person, .. }), true) = (person, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    if taken_back {
        take_back(services, &mut db, actor, setter, person).await?;
    } else {
        sqlx::query!(
            "insert into exam_adjustments (person_id, organisation_id, extra_percent, extra_minutes, break_minutes, set_at, set_by)
            values ($1, $7, $2, $3, $4, $5, $6)
            on conflict (person_id, organisation_id) do update set extra_percent = excluded.extra_percent,
                extra_minutes = excluded.extra_minutes, break_minutes = excluded.break_minutes, set_at = excluded.set_at,
                set_by = excluded.set_by",
            person.0,
            i16::from(after.extra_percent),
            i16::try_from(after.extra_minutes).map_err(Error::failed)?,
            i16::try_from(after.break_minutes).map_err(Error::failed)?,
            services.clock.now(),
            actor.person().0,
            setter.organisation.0,
        )
        .execute(&mut *db)
        .await?;
        told(services, &mut db, actor, setter, person, "assessment.adjustment_set").await?;
    }
    db.commit().await?;
    Ok(())
}

struct Found {
    person: PersonId,
    /// Studies with the organisation, or has to do with a paper of it.
    own: bool,
    held: Option<Adjustment>,
}

async fn person_of(
    db: &mut PgConnection,
    setter: OrganisationSetter,
    address: &EmailAddress,
) -> Result<Option<Found>> {
    // Locked by a statement of its own: the next one sees what somebody else has set meanwhile.
    sqlx::query!("select id from people where email = $1 for no key update", address.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let row = sqlx::query!(
        // It begins at the person, however many the organisation has.
        r#"select h.id,
            exists (select from enrolments e join cohorts c on c.id = e.cohort_id
                    where e.learner_id = h.id and c.organisation_id = $2)
                or exists (select from paper_learners l join papers p on p.id = l.paper_id
                    where (l.person_id = h.id or l.person_id is null and l.email = h.email) and p.organisation_id = $2)
                or exists (select from sittings s join papers p on p.id = s.paper_id
                    where s.learner_id = h.id and p.organisation_id = $2) as "own!", a.extra_percent as "extra_percent?",
            a.extra_minutes as "extra_minutes?", a.break_minutes as "break_minutes?"
        from people h left join exam_adjustments a on a.person_id = h.id and a.organisation_id = $2 where h.email = $1"#,
        address.as_str(),
        setter.organisation.0,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        person: PersonId(row.id),
        own: row.own,
        held: match (row.extra_percent, row.extra_minutes, row.break_minutes) {
            (Some(percent), Some(minutes), Some(breaks)) => Some(adjustment(percent, minutes, breaks)?),
            _ => None,
        },
    }))
}

/// Takes back all that this organisation gives a person.
///
/// # Errors
/// [`Error::NotFound`] for somebody whom it gives nothing.
pub async fn take_back_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = gives_time_in(services, &mut db, actor, organisation).await?;
    take_back(services, &mut db, actor, setter, person).await?;
    db.commit().await?;
    Ok(())
}

async fn take_back(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    setter: OrganisationSetter,
    person: PersonId,
) -> Result<()> {
    let gone = sqlx::query!(
        "delete from exam_adjustments where person_id = $1 and organisation_id = $2",
        person.0,
        setter.organisation.0,
    )
    .execute(&mut *db)
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    told(services, db, actor, setter, person, "assessment.adjustment_taken_back").await
}

async fn told(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    setter: OrganisationSetter,
    person: PersonId,
    action: &str,
) -> Result<()> {
    let event =
        audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: Some(person), action };
    audit::record_with(db, event, serde_json::json!({ "organisation": setter.organisation })).await
}
