//! What support looks at. Support sees papers and people of every organisation to help, so each look at data about people asks for a
//! reason first; it is kept with the audit event, and opens that paper, or that organisation's list, for an hour.

use std::{fmt, str::FromStr};

use domain::{accounts::PersonId, assessment::PaperId, cohorts::OrganisationId};
use sqlx::PgConnection;

use super::invigilation::reason;
use crate::{Error, Result, Services, accounts::Actor, audit};

/// How long a reason holds.
const HOLDS: chrono::Duration = chrono::Duration::hours(1);
const WITH_REASON: &str = "assessment.seen_by_support";

/// What support gives a reason for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedAt {
    /// With its candidates, sittings and results.
    Paper(PaperId),
    /// Whom the organisation gives extra time.
    Adjustments(OrganisationId),
}

/// As it stands in the form that asks for the reason.
impl fmt::Display for LookedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paper(paper) => write!(f, "paper/{paper}"),
            Self::Adjustments(organisation) => write!(f, "adjustments/{organisation}"),
        }
    }
}

impl FromStr for LookedAt {
    type Err = uuid::Error;

    fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
        match text.strip_prefix("adjustments/") {
            Some(organisation) => organisation.parse().map(Self::Adjustments),
            None => text.strip_prefix("paper/").unwrap_or_default().parse().map(Self::Paper),
        }
    }
}

impl LookedAt {
    fn detail(self) -> (&'static str, String) {
        match self {
            Self::Paper(paper) => ("paper", paper.to_string()),
            Self::Adjustments(organisation) => ("organisation", organisation.to_string()),
        }
    }
}

/// # Errors
/// [`Error::ReasonNeeded`] when support has given none in the last hour.
pub(super) async fn with_reason(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    what: LookedAt,
) -> Result<()> {
    if lately(services, db, actor, WITH_REASON, what).await? {
        Ok(())
    } else {
        Err(Error::ReasonNeeded(what))
    }
}

/// Writes down that support looked at what is about nobody, once an hour.
pub(super) async fn noted(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<()> {
    const ACTION: &str = "assessment.bank_seen_by_support";
    if !actor.looks() || lately(services, db, actor, ACTION, LookedAt::Adjustments(organisation)).await? {
        return Ok(());
    }
    let event =
        audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: None, action: ACTION };
    audit::record_with(db, event, serde_json::json!({ "organisation": organisation })).await
}

async fn lately(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    action: &str,
    what: LookedAt,
) -> Result<bool> {
    let (key, id) = what.detail();
    let seen = sqlx::query_scalar!(
        r#"select exists (select from audit_events
            where actor_id = $1 and action = $2 and detail->>$3 = $4 and at > $5) as "seen!""#,
        actor.person().0,
        action,
        key,
        id,
        services.clock.now() - HOLDS,
    )
    .fetch_one(db)
    .await?;
    Ok(seen)
}

/// Writes down why support looks at something.
///
/// # Errors
/// [`Error::NotFound`] for whoever is not support, and for what is not there; [`domain::Problem::ReasonMissing`] on `reason`.
pub async fn give_reason(services: &Services, actor: &Actor, what: LookedAt, why: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let (paper, organisation) = match what {
        LookedAt::Paper(paper) => (Some(paper.0), None),
        LookedAt::Adjustments(organisation) => (None, Some(organisation.0)),
    };
    let found = sqlx::query!(
        r#"select p.set_by as "set_by?" from people h
        left join papers p on p.id = $2 left join organisations o on o.id = $3
        where h.id = $1 and h.support and (p.id is not null or o.id is not null)"#,
        actor.person().0,
        paper,
        organisation,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
    let (key, id) = what.detail();
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: found.set_by.map(PersonId),
        action: WITH_REASON,
    };
    audit::record_with(&mut db, event, serde_json::json!({ key: id, "reason": why })).await?;
    db.commit().await?;
    Ok(())
}
