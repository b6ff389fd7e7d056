//! Numeracy and literacy. `domain` and `app` have the same parts.
//!
//! | part | to change ... |
//! |---|---|
//! | `bank` | how templates come in, and how questions are made of them |
//! | `authoring` | papers: list, settings, times, sections, candidates, versions, preview, publication, schedule; `drawing` says which templates a paper asks |
//! | `delivery` | what is set for somebody, access codes, the exam room, how an answer is kept, submission, marking, the sweeper, the receipt |
//! | `invigilation` | what the setter sees and does during the exam |
//! | `results` | results of a candidate, the result sheet and its file, item analysis, corrections, certificates, the public check |
//! | `practice` | practice |
//! | `adjustments` | extra time and rest breaks of a person |
//! | `support` | what support gives a reason for |
//!
//! Time in this area is the database's: a deadline is compared where it is stored, so that several servers, or one whose clock
//! is wrong, agree on it.

pub mod adjustments;
pub mod authoring;
pub mod bank;
pub mod delivery;
pub mod invigilation;
pub mod practice;
pub mod results;
pub mod support;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use domain::{accounts::PersonId, assessment::PaperId, organisations::OrganisationId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result, Services, accounts::Actor, kit::audit, number};

/// Proof that somebody may set papers inside this organisation: an educator or manager who was given the role there, an
/// administrator of the organisation, or support. Made only by [`Actor::sets_papers_in`].
#[derive(Debug, Clone, Copy)]
pub struct OrganisationSetter {
    organisation: OrganisationId,
    /// Is here as support, and says why before looking at people.
    support: bool,
    /// Support has said why in the last hour; nobody else has to.
    reason: bool,
}

/// Proof that somebody may see and run this paper: whoever set it, an administrator of its organisation, or support. Made only
/// by [`Actor::setter_of`], and by [`PaperSetter::admitted`] where a page asks in the statement that reads what it shows.
#[derive(Debug, Clone, Copy)]
pub struct PaperSetter {
    paper: PaperId,
    organisation: OrganisationId,
}

impl PaperSetter {
    pub fn paper(self) -> PaperId {
        self.paper
    }

    /// What the row of the database's function `paper_access` says.
    ///
    /// # Errors
    /// [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    fn admitted(paper: PaperId, organisation: Uuid, allowed: bool) -> Result<Self> {
        if allowed {
            Ok(Self { paper, organisation: OrganisationId(organisation) })
        } else {
            Err(Error::ReasonNeeded(support::LookedAt::Paper(paper)))
        }
    }
}

impl From<PaperSetter> for OrganisationSetter {
    fn from(setter: PaperSetter) -> Self {
        // Whoever has a paper as support has given a reason already.
        Self { organisation: setter.organisation, support: false, reason: true }
    }
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for whoever may not set papers there, whether the organisation exists or not.
    pub async fn sets_papers_in(
        &self,
        services: &Services,
        db: &mut PgConnection,
        organisation: OrganisationId,
    ) -> Result<OrganisationSetter> {
        let row = sqlx::query!(
            r#"select support as "support!", reason as "reason!" from organisation_access($1, $2, $3)"#,
            organisation.0,
            self.person().0,
            support::since(services),
        )
        .fetch_optional(db)
        .await?
        .ok_or(Error::NotFound)?;
        Ok(OrganisationSetter { organisation, support: row.support, reason: row.reason })
    }

    /// # Errors
    /// [`Error::NotFound`] for whoever may not see the paper, whether it exists or not; [`Error::ReasonNeeded`] for support that has
    /// given no reason in the last hour.
    pub async fn setter_of(
        &self,
        services: &Services,
        db: &mut PgConnection,
        paper: PaperId,
    ) -> Result<PaperSetter> {
        let row = sqlx::query!(
            r#"select organisation_id as "organisation!", allowed as "allowed!" from paper_access($1, $2, $3)"#,
            paper.0,
            self.person().0,
            support::since(services),
        )
        .fetch_optional(db)
        .await?
        .ok_or(Error::NotFound)?;
        PaperSetter::admitted(paper, row.organisation, row.allowed)
    }
}

/// Writes an audit event about a paper.
async fn note(
    services: &Services,
    db: &mut PgConnection,
    actor: PersonId,
    subject: Option<PersonId>,
    action: &str,
    paper: PaperId,
) -> Result<()> {
    let detail = serde_json::json!({ "paper": paper });
    let event = audit::Event { at: services.clock.now(), actor: Some(actor), subject, action };
    audit::record_with(db, event, detail).await
}

/// Signs somebody up to set papers in an organisation. Doing it twice is fine. For setting up: nobody is asked for permission.
///
/// # Errors
/// When the database fails.
pub async fn ensure_setter(
    services: &Services,
    db: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    sqlx::query!(
        "insert into paper_setters (organisation_id, person_id, signed_up_at) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        person.0,
        services.clock.now(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Of a list, what can be shown, and how many cannot. What is wrong with one row is told and logged, and takes nothing from the others.
fn shown<T>(rows: impl Iterator<Item = Result<T>>) -> Result<(Vec<T>, u32)> {
    let (mut found, mut not_shown) = (Vec::new(), 0);
    for row in rows {
        match row {
            Ok(row) => found.push(row),
            Err(Error::Failed(error)) => {
                tracing::error!(%error, "a row of a list cannot be shown");
                not_shown += 1;
            }
            Err(other) => return Err(other),
        }
    }
    Ok((found, not_shown))
}

/// How many there are, of what is at hand.
fn count_of(things: impl Iterator) -> Result<u32> {
    u32::try_from(things.count()).map_err(Error::failed)
}

/// A stored word that must be one of those that we know. What it means is never guessed.
fn known<T>(what: &str, stored: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    parse(stored).ok_or_else(|| Error::failed(format!("{what} {stored:?} is not known")))
}

/// Markdown of a bank as HTML. What cannot be shown was refused when the template came in; it shows as plain text.
fn html(markdown: &str) -> String {
    crate::kit::markdown::html(markdown)
}

/// "11:40am", in London.
fn clock_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-I:%M%P").to_string()
}

/// "22 November 2026", in London.
fn day(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-d %B %Y").to_string()
}

fn new_id() -> Uuid {
    Uuid::now_v7()
}
