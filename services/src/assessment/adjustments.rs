//! Extra time and rest breaks: given by an organisation, once for a person, and holding in every paper of this organisation that
//! the person starts from then on. In other organisations' papers it changes nothing, so nobody is harmed by whom another names.

use domain::{
    FieldProblem, Problem,
    accounts::{EmailAddress, PersonId},
    assessment::{AdjustedPerson, Adjustment},
    cohorts::OrganisationId,
};

use super::number;
use crate::{Error, Result, Services, accounts::Actor, audit};

/// The three columns of `exam_adjustments` as the value they are.
pub(super) fn adjustment(
    extra_percent: impl Into<i64>,
    extra_minutes: impl Into<i64>,
    break_minutes: impl Into<i64>,
) -> Adjustment {
    Adjustment {
        extra_percent: number(extra_percent),
        extra_minutes: number(extra_minutes),
        break_minutes: number(break_minutes),
    }
}

/// `/assessments/adjustments/{organisation}`: whom this organisation gave extra time. What others gave is theirs to know.
pub async fn adjusted_people(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<Vec<AdjustedPerson>> {
    let mut db = services.db.acquire().await?;
    let setter = actor.sets_papers_in(&mut db, organisation).await?;
    let rows = sqlx::query!(
        r#"select name_in_organisation(p.id, $1) as "name!", p.email, a.extra_percent, a.extra_minutes, a.break_minutes
        from exam_adjustments a join people p on p.id = a.person_id
        where a.organisation_id = $1
        order by 1, p.id limit 500"#,
        setter.organisation.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let people = rows.into_iter().map(|row| AdjustedPerson {
        name: row.name,
        email: row.email,
        adjustment: adjustment(row.extra_percent, row.extra_minutes, row.break_minutes),
    });
    Ok(people.collect())
}

/// Sets what a person is given by this organisation; nought everywhere takes it back, also from somebody who has nothing to do with
/// the organisation any more. Sittings that have begun keep their time: add to those where the paper is run.
///
/// # Errors
/// [`Problem::PersonUnknown`] on `email` for whoever neither studies with this organisation nor is named for, or has sat, a paper
/// of it; [`Problem::NumberOutOfRange`].
pub async fn set_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    email: &str,
    given: Adjustment,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(&mut db, organisation).await?;
    let taken_back = given == Adjustment::default();
    let mut problems = Vec::new();
    for (field, value, most) in [
        ("extra_percent", u16::from(given.extra_percent), 100),
        ("extra_minutes", given.extra_minutes, 240),
        ("break_minutes", given.break_minutes, 120),
    ] {
        if value > most {
            problems.push(FieldProblem::new(field, Problem::NumberOutOfRange));
        }
    }
    let address = match EmailAddress::parse(email) {
        Ok(address) => address,
        Err(problem) => {
            problems.insert(0, FieldProblem::new("email", problem));
            return Err(Error::Invalid(problems));
        }
    };
    let person = sqlx::query_scalar!(
        "select id from people h where email = $1 and (id in (select person from people_of_organisation($2))
            or $3 and exists (select from exam_adjustments where person_id = h.id and organisation_id = $2))",
        address.as_str(),
        setter.organisation.0,
        taken_back,
    )
    .fetch_optional(&mut *db)
    .await?;
    if person.is_none() {
        problems.insert(0, FieldProblem::new("email", Problem::PersonUnknown));
    }
    let (Some(person), true) = (person, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    if taken_back {
        sqlx::query!(
            "delete from exam_adjustments where person_id = $1 and organisation_id = $2",
            person,
            setter.organisation.0,
        )
        .execute(&mut *db)
        .await?;
    } else {
        sqlx::query!(
            "insert into exam_adjustments (person_id, organisation_id, extra_percent, extra_minutes, break_minutes, set_at, set_by)
            values ($1, $7, $2, $3, $4, $5, $6)
            on conflict (person_id, organisation_id) do update set extra_percent = excluded.extra_percent,
                extra_minutes = excluded.extra_minutes, break_minutes = excluded.break_minutes, set_at = excluded.set_at,
                set_by = excluded.set_by",
            person,
            i16::from(given.extra_percent),
            i16::try_from(given.extra_minutes).map_err(Error::failed)?,
            i16::try_from(given.break_minutes).map_err(Error::failed)?,
            services.clock.now(),
            actor.person().0,
            setter.organisation.0,
        )
        .execute(&mut *db)
        .await?;
    }
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: Some(PersonId(person)),
        action: if taken_back { "assessment.adjustment_taken_back" } else { "assessment.adjustment_set" },
    };
    audit::record_with(&mut db, event, serde_json::json!({ "organisation": setter.organisation })).await?;
    db.commit().await?;
    Ok(())
}
