//! What support looks at. Support sees papers and people of every organisation to help, so each look at data about people asks for a
//! reason first; it is kept with the audit event, and opens that paper, or that organisation's list, for an hour.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use domain::{accounts::PersonId, assessment::PaperId, organisations::OrganisationId};

use crate::{Error, Result, Services, accounts::Actor, assessment::invigilation::acts::reason, kit::audit};

/// How long a reason holds.
const HOLDS: chrono::Duration = chrono::Duration::hours(1);
/// As the functions `paper_access` and `organisation_access` of the database have it.
const WITH_REASON: &str = "assessment.seen_by_support";
/// That support looked at what is about nobody. It is written down where it is read.
pub(super) const BANK_SEEN: &str = "assessment.bank_seen_by_support";

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

/// What is asked for a reason has had one if it was given after this.
pub(super) fn since(services: &Services) -> DateTime<Utc> {
    services.clock.now() - HOLDS
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
