//! Extra time and rest breaks: set once on the person, and holding in every paper that is started from then on, whoever set it.

use domain::{
    FieldProblem, Problem,
    accounts::PersonId,
    assessment::{AdjustedPerson, Adjustment},
    cohorts::OrganisationId,
};
use sqlx::PgConnection;

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

/// What a person is given; nothing when nobody has said otherwise.
pub(super) async fn adjustment_of(db: &mut PgConnection, person: PersonId) -> Result<Adjustment> {
    let row = sqlx::query!(
        r#"select extra_percent as "extra_percent!", extra_minutes as "extra_minutes!", break_minutes as "break_minutes!"
        from held_adjustments where person_id = $1"#,
        person.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| adjustment(row.extra_percent, row.extra_minutes, row.break_minutes)).unwrap_or_default())
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

/// Sets what a person is given by this organisation; nought everywhere takes it back. It holds in every organisation's papers, and
/// where several gave something the most holds. Sittings that have begun keep their time: add to those where
/// the paper is run.
///
/// # Errors
/// [`Problem::PersonUnknown`] on `email` for whoever does not sit papers of this organisation; [`Problem::NumberOutOfRange`].
pub async fn set_adjustment(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    email: &str,
    given: Adjustment,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(&mut db, organisation).await?;
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
    let person = sqlx::query_scalar!(
        "select id from people where email = $1 and id in (select person from people_of_organisation($2))",
        email.trim().to_lowercase(),
        setter.organisation.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    if person.is_none() {
        problems.insert(0, FieldProblem::new("email", Problem::PersonUnknown));
    }
    let (Some(person), true) = (person, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    sqlx::query!(
        "insert into exam_adjustments (person_id, organisation_id, extra_percent, extra_minutes, break_minutes, set_at, set_by)
        values ($1, $7, $2, $3, $4, $5, $6)
        on conflict (person_id, organisation_id) do update set extra_percent = excluded.extra_percent, extra_minutes = excluded.extra_minutes,
            break_minutes = excluded.break_minutes, set_at = excluded.set_at, set_by = excluded.set_by",
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
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: Some(PersonId(person)),
        action: "assessment.adjustment_set",
    };
    audit::record(&mut db, event).await?;
    db.commit().await?;
    Ok(())
}
