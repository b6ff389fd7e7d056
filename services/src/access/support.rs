//! What support looks at. Support sees papers and people of every organisation in order to help, so each look at data
//! about people needs a reason first. The audit event keeps it, and it opens that paper, or that organisation's list,
//! for an hour.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use domain::{
    accounts::PersonId, assessment::PaperId, organisations::OrganisationId, support::SupportReason,
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit,
        jobs::{Job, enqueue_after},
        once::pressed_twice,
    },
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
    /// One of each kind.
    #[cfg(test)]
    pub(crate) fn all(paper: PaperId, organisation: OrganisationId, person: PersonId) -> [Self; 5] {
        let all = [
            Self::Paper(paper),
            Self::Adjustments(organisation),
            Self::Members(organisation),
            Self::Person(person),
            Self::Log,
        ];
        for about in all {
            // A new kind does not compile until it is here. Add it to the list above too.
            match about {
                Self::Paper(_) | Self::Adjustments(_) | Self::Members(_) | Self::Person(_) | Self::Log => {}
            }
        }
        all
    }

    /// The key in the detail of the event, which is the kind for the database too, and what was looked at.
    pub(crate) fn detail(self) -> (&'static str, Uuid) {
        match self {
            Self::Paper(paper) => ("paper", paper.0),
            Self::Adjustments(organisation) => ("organisation", organisation.0),
            Self::Members(organisation) => ("members", organisation.0),
            Self::Person(person) => ("person", person.0),
            // There is one.
            Self::Log => ("log", Uuid::nil()),
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

/// Records why support looks at something. A button pressed twice records it once.
///
/// # Errors
/// [`Error::NotFound`] for all other people, and for a missing subject; what [`SupportReason`] refuses, on `reason`.
pub async fn give_reason(services: &Services, actor: &Actor, what: LookedAt, why: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let support = actor.is_support(&mut db).await?;
    let look = support.looks_at(services, &mut db, what, why).await?;
    // Who comes while it is open is shown too.
    if let (Some(look), LookedAt::Paper(_) | LookedAt::Adjustments(_) | LookedAt::Members(_)) = (look, what) {
        enqueue_after(&mut db, Job::EndLook { look }, HOLDS).await?;
    }
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
    ) -> Result<Option<Uuid>> {
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
        let why = SupportReason::parse(why).map_err(|problem| Error::invalid("reason", problem))?.into_text();
        let (key, id) = what.detail();
        // The first still holds.
        if pressed_twice(services, db, self.person, id, (WITH_REASON, &format!("{what} {why}"))).await? {
            return Ok(None);
        }
        let event = audit::Event {
            at: services.clock.now(),
            actor: Some(self.person),
            subject: subject.map(PersonId),
            action: WITH_REASON,
        };
        let look = Uuid::now_v7();
        audit::record_as(db, look, event, serde_json::json!({ key: id, "reason": why })).await?;
        keep_shown(db, look, what).await?;
        Ok(Some(look))
    }
}

/// What the audit keeps of an act that others do too, so that it names who did it as support, also when they have left it. The proof of an
/// organisation's administrator says it itself ([`super::OrganisationAdministrator::noted`]). Other proofs do not, and this asks who acts:
/// somebody who is support and a setter too is named.
pub(crate) async fn by_support(
    db: &mut PgConnection,
    actor: PersonId,
    mut detail: serde_json::Value,
) -> Result<serde_json::Value> {
    let support =
        sqlx::query_scalar!(r#"select exists (select from support_access($1)) as "support!""#, actor.0,);
    detail["support"] = support.fetch_one(db).await?.into();
    Ok(detail)
}

/// Keeps with an event of support whom it showed or concerned. They read it in their account.
pub(crate) async fn keep_shown(db: &mut PgConnection, event: Uuid, what: LookedAt) -> Result<()> {
    let (kind, id) = what.detail();
    sqlx::query!(
        "insert into support_shown (person_id, event_id) select s.person_id, $1 from support_shows($2, $3) s
        order by s.person_id on conflict do nothing",
        event,
        kind,
        id,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A look at many people is over: who was not among them when it began, and is now, may have been shown by it.
pub(crate) async fn end_look(services: &Services, look: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into support_shown (person_id, event_id)
        select s.person_id, e.id from audit_log e
        cross join lateral unnest(array['paper', 'organisation', 'members']) as k (kind)
        cross join lateral support_shows(k.kind, (e.detail->>k.kind)::uuid) s
        where e.id = $1
        order by s.person_id, e.id
        on conflict do nothing",
        look,
    )
    .execute(&services.db)
    .await?;
    Ok(())
}

/// To be called before people leave a list. A look at it that is open may have shown them, and does not find them any more when it is over
/// ([`end_look`]). Both keep them in one order, so that neither waits for the other while the other waits for it.
pub(crate) async fn keep_leaving(services: &Services, db: &mut PgConnection, people: &[Uuid]) -> Result<()> {
    // The action as it is in the index of the looks.
    let open = sqlx::query_scalar!(
        r#"select id as "id!" from audit_log where action = 'assessment.seen_by_support' and at > $1"#,
        since(services),
    )
    .fetch_all(&mut *db)
    .await?;
    if open.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into support_shown (person_id, event_id)
        select s.person_id, e.id from audit_log e
        cross join lateral unnest(array['paper', 'organisation', 'members']) as k (kind)
        cross join lateral support_shows(k.kind, (e.detail->>k.kind)::uuid) s
        where e.id = any($1) and s.person_id = any($2)
        order by s.person_id, e.id
        on conflict do nothing",
        &open,
        people,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The same before people may leave whom the caller does not know: it keeps everybody whom an open look at this shows.
pub(crate) async fn keep_all_leaving(
    services: &Services,
    db: &mut PgConnection,
    what: LookedAt,
) -> Result<()> {
    let (kind, about) = what.detail();
    let open = sqlx::query_scalar!(
        r#"select id as "id!" from audit_log
        where action = 'assessment.seen_by_support' and at > $1 and detail->>$2::text = $3::uuid::text"#,
        since(services),
        kind,
        about,
    )
    .fetch_all(&mut *db)
    .await?;
    for look in open {
        keep_shown(&mut *db, look, what).await?;
    }
    Ok(())
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

    /// Whom they help, by the reason that they gave.
    pub fn person(self) -> PersonId {
        self.person
    }
}

/// Proof that the actor is support and has given a reason for reading the audit. Only [`Actor::reads_audit`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct AuditReader {
    support: PersonId,
}

impl AuditReader {
    pub fn support(self) -> PersonId {
        self.support
    }
}

/// The column `proof` of the database function `support_look`.
#[derive(Deserialize)]
struct SupportLook {
    support: PersonId,
    /// By the reason. Nothing when there is none.
    about: Option<Uuid>,
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
        let (support, person) = self.look(services, db, LookedAt::Person(person)).await?;
        Ok(Helper { support, person: PersonId(person) })
    }

    /// # Errors
    /// As [`Actor::helps`].
    pub async fn reads_audit(&self, services: &Services, db: &mut PgConnection) -> Result<AuditReader> {
        let (support, _) = self.look(services, db, LookedAt::Log).await?;
        Ok(AuditReader { support })
    }

    async fn look(
        &self,
        services: &Services,
        db: &mut PgConnection,
        what: LookedAt,
    ) -> Result<(PersonId, Uuid)> {
        let (kind, about) = what.detail();
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<SupportLook>" from support_look($1, $2, $3, $4)"#,
            self.person().0,
            kind,
            about,
            since(services),
        );
        let SupportLook { support, about } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok((support, about.ok_or(Error::ReasonNeeded(what))?))
    }
}
