//! What support looks at. Support sees papers and people of every organisation to help, so each look at data about people asks for a
//! reason first; it is kept with the audit event, and opens that paper, or that organisation's list, for an hour.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use domain::{accounts::PersonId, assessment::PaperId, organisations::OrganisationId};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{audit, reason::reason},
};

/// How long a reason holds.
const HOLDS: chrono::Duration = chrono::Duration::hours(1);
/// As the function `support_reason` of the database has it.
const WITH_REASON: &str = "assessment.seen_by_support";
/// That support looked at what is about nobody. It is written down where it is read.
pub(crate) const BANK_SEEN: &str = "assessment.bank_seen_by_support";

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
pub(crate) fn since(services: &Services) -> DateTime<Utc> {
    services.clock.now() - HOLDS
}

/// Proof that somebody is support. It opens nothing by itself. Made only by [`Actor::is_support`].
#[derive(Debug, Clone, Copy)]
pub struct Support {
    person: PersonId,
}

/// The column `proof` of the database's function `support_access`.
#[derive(Deserialize)]
struct SupportAccess {
    person: PersonId,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for everybody else.
    pub async fn is_support(&self, db: &mut PgConnection) -> Result<Support> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<SupportAccess>" from support_access($1)"#,
            self.person().0,
        );
        let SupportAccess { person } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(Support { person })
    }
}

/// Writes down why support looks at something.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for what is not there; [`domain::Problem::ReasonMissing`] on `reason`.
pub async fn give_reason(services: &Services, actor: &Actor, what: LookedAt, why: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let support = actor.is_support(&mut db).await?;
    support.looks_at(services, &mut db, what, why).await?;
    db.commit().await?;
    Ok(())
}

impl Support {
    async fn looks_at(
        self,
        services: &Services,
        db: &mut PgConnection,
        what: LookedAt,
        why: &str,
    ) -> Result<()> {
        let (paper, organisation) = match what {
            LookedAt::Paper(paper) => (Some(paper.0), None),
            LookedAt::Adjustments(organisation) => (None, Some(organisation.0)),
        };
        let found = sqlx::query!(
            r#"select set_by from papers where id = $1 union all select null from organisations where id = $2"#,
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
            actor: Some(self.person),
            subject: found.set_by.map(PersonId),
            action: WITH_REASON,
        };
        audit::record_with(db, event, serde_json::json!({ key: id, "reason": why })).await
    }
}
