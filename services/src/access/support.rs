//! What support looks at. Support sees papers and people of every organisation in order to help, so each look at data
//! about people needs a reason first. The audit event keeps it, and it opens that paper, or that organisation's list,
//! for an hour.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use domain::{accounts::PersonId, assessment::PaperId, organisations::OrganisationId};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{audit, reason::reason},
};

/// How long a reason is valid.
const HOLDS: chrono::Duration = chrono::Duration::hours(1);
/// As in the database function `support_reason`.
const WITH_REASON: &str = "assessment.seen_by_support";
/// Support looked at data that is about no person. It is recorded where it is read.
pub(crate) const BANK_SEEN: &str = "assessment.bank_seen_by_support";

/// The subject of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedAt {
    /// A paper, with its candidates, sittings and results.
    Paper(PaperId),
    /// The people to whom the organisation gives extra time.
    Adjustments(OrganisationId),
    /// The people of an organisation, with its cohorts and uploads.
    Members(OrganisationId),
    /// The account of a person.
    Person(PersonId),
    /// The audit.
    Log,
}

/// As written in the form that asks for the reason.
impl fmt::Display for LookedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paper(paper) => write!(f, "paper/{paper}"),
            Self::Adjustments(organisation) => write!(f, "adjustments/{organisation}"),
            Self::Members(organisation) => write!(f, "members/{organisation}"),
            Self::Person(person) => write!(f, "person/{person}"),
            Self::Log => f.write_str("log"),
        }
    }
}

impl FromStr for LookedAt {
    type Err = uuid::Error;

    fn from_str(text: &str) -> std::result::Result<Self, uuid::Error> {
        match text.split_once('/') {
            Some(("adjustments", organisation)) => organisation.parse().map(Self::Adjustments),
            Some(("members", organisation)) => organisation.parse().map(Self::Members),
            Some(("person", person)) => person.parse().map(Self::Person),
            None if text == "log" => Ok(Self::Log),
            _ => text.strip_prefix("paper/").unwrap_or_default().parse().map(Self::Paper),
        }
    }
}

impl LookedAt {
    fn detail(self) -> (&'static str, String) {
        match self {
            Self::Paper(paper) => ("paper", paper.to_string()),
            Self::Adjustments(organisation) => ("organisation", organisation.to_string()),
            Self::Members(organisation) => ("members", organisation.to_string()),
            Self::Person(person) => ("person", person.to_string()),
            // There is one.
            Self::Log => ("log", Uuid::nil().to_string()),
        }
    }
}

/// A reason given after this time is still valid.
pub(crate) fn since(services: &Services) -> DateTime<Utc> {
    services.clock.now() - HOLDS
}

/// Proof that the actor is support. It opens nothing alone. Only [`Actor::is_support`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Support {
    person: PersonId,
}

/// The column `proof` of the database function `support_access`.
#[derive(Deserialize)]
struct SupportAccess {
    person: PersonId,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all other people.
    pub async fn is_support(&self, db: &mut PgConnection) -> Result<Support> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<SupportAccess>" from support_access($1)"#,
            self.person().0,
        );
        let SupportAccess { person } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(Support { person })
    }
}

/// Records why support looks at something.
///
/// # Errors
/// [`Error::NotFound`] for all other people, and for a missing subject; [`domain::Problem::ReasonMissing`] on `reason`.
pub async fn give_reason(services: &Services, actor: &Actor, what: LookedAt, why: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let support = actor.is_support(&mut db).await?;
    support.looks_at(services, &mut db, what, why).await?;
    db.commit().await?;
    Ok(())
}

impl Support {
    pub fn person(self) -> PersonId {
        self.person
    }

    async fn looks_at(
        self,
        services: &Services,
        db: &mut PgConnection,
        what: LookedAt,
        why: &str,
    ) -> Result<()> {
        let subject = match what {
            LookedAt::Paper(paper) => subject(db, Some(paper.0), None).await?,
            LookedAt::Adjustments(organisation) | LookedAt::Members(organisation) => {
                subject(db, None, Some(organisation.0)).await?
            }
            LookedAt::Person(person) => {
                let found =
                    sqlx::query_scalar!(r#"select id as "id!" from people_named where id = $1"#, person.0);
                Some(found.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?)
            }
            LookedAt::Log => None,
        };
        let why = reason(why).map_err(|problem| Error::invalid("reason", problem))?;
        let (key, id) = what.detail();
        let event = audit::Event {
            at: services.clock.now(),
            actor: Some(self.person),
            subject: subject.map(PersonId),
            action: WITH_REASON,
        };
        audit::record_with(db, event, serde_json::json!({ key: id, "reason": why })).await
    }
}

/// Whom a paper or an organisation is about, if it is there.
async fn subject(
    db: &mut PgConnection,
    paper: Option<Uuid>,
    organisation: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let found = sqlx::query!("select subject from looked_at($1, $2)", paper, organisation);
    Ok(found.fetch_optional(db).await?.ok_or(Error::NotFound)?.subject)
}

/// Proof that the actor is support and has given a reason for this person. Only [`Actor::helps`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Helper {
    support: PersonId,
    person: PersonId,
}

impl Helper {
    pub fn support(self) -> PersonId {
        self.support
    }

    /// Whom they help. There may be no such person.
    pub fn person(self) -> PersonId {
        self.person
    }
}

/// Proof that the actor is support and has given a reason for reading the audit. Only [`Actor::reads_audit`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct AuditReader(());

/// The column `proof` of the database function `support_look`.
#[derive(Deserialize)]
struct SupportLook {
    support: PersonId,
    about: Uuid,
    allowed: bool,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all who are not support; [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub async fn helps(
        &self,
        services: &Services,
        db: &mut PgConnection,
        person: PersonId,
    ) -> Result<Helper> {
        let look = self.look(services, db, LookedAt::Person(person), person.0).await?;
        Ok(Helper { support: look.support, person: PersonId(look.about) })
    }

    /// # Errors
    /// As [`Actor::helps`].
    pub async fn reads_audit(&self, services: &Services, db: &mut PgConnection) -> Result<AuditReader> {
        self.look(services, db, LookedAt::Log, Uuid::nil()).await?;
        Ok(AuditReader(()))
    }

    async fn look(
        &self,
        services: &Services,
        db: &mut PgConnection,
        what: LookedAt,
        about: Uuid,
    ) -> Result<SupportLook> {
        let (kind, _) = what.detail();
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<SupportLook>" from support_look($1, $2, $3, $4)"#,
            self.person().0,
            kind,
            about,
            since(services),
        );
        let look = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        if look.allowed { Ok(look) } else { Err(Error::ReasonNeeded(what)) }
    }
}
