//! Numeracy and literacy. `domain` and `app` have the same parts.
//!
//! | part | to change ... |
//! |---|---|
//! | `bank` | how templates are imported, and how questions are made from them |
//! | `authoring` | papers: list, settings, times, sections, candidates, versions, preview, publication, schedule; `drawing` chooses the templates of a paper |
//! | `delivery` | the papers set for a person, access codes, the exam room, how an answer is kept, submission, marking, the sweeper, the receipt |
//! | `invigilation` | the setter's view and actions during the exam |
//! | `results` | results of a candidate, the list of results and its files, item analysis, corrections, certificates, the public check |
//! | `practice` | practice |
//! | `adjustments` | extra time and rest breaks of a person |
//!
//! This area uses the database's time: a deadline is compared in the database, so that several servers agree on it,
//! even one with a wrong clock.

pub mod adjustments;
pub mod authoring;
pub mod bank;
pub mod delivery;
pub mod invigilation;
pub mod practice;
pub mod results;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use domain::{
    accounts::PersonId,
    assessment::{
        PaperId,
        question::{Figure, Question},
    },
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result, Services, access, kit::audit, number};

/// Writes an audit event about a paper.
async fn note(
    services: &Services,
    db: &mut PgConnection,
    actor: PersonId,
    subject: Option<PersonId>,
    action: &str,
    paper: PaperId,
) -> Result<()> {
    let detail = access::by_support(db, actor, serde_json::json!({ "paper": paper })).await?;
    let event = audit::Event { at: services.clock.now(), actor: Some(actor), subject, action };
    audit::record_with(db, event, detail).await
}

/// The rows of a list that can be shown, and the number of those that cannot. A fault in one row is counted and logged,
/// and takes nothing from the others.
fn shown<T>(rows: impl Iterator<Item = Result<T>>) -> Result<(Vec<T>, u32)> {
    let (mut found, mut not_shown) = (Vec::new(), 0);
    for row in rows {
        match row {
            Ok(row) => found.push(row),
            Err(Error::Failed(error)) => {
                tracing::error!(%error, "cannot show a row of a list");
                not_shown += 1;
            }
            Err(other) => return Err(other),
        }
    }
    Ok((found, not_shown))
}

/// How many there are in total.
fn count_of(things: impl Iterator) -> Result<u32> {
    u32::try_from(things.count()).map_err(Error::failed)
}

/// A stored word that must be one of the known ones. Its meaning is never guessed.
fn known<T>(what: &str, stored: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    parse(stored).ok_or_else(|| Error::failed(format!("{what} {stored:?} is not known")))
}

/// Markdown of a bank as HTML. The import has refused texts that cannot be shown; should one remain, it shows as plain
/// text.
fn html(markdown: &str) -> String {
    crate::kit::markdown::html(markdown)
}

/// HTML of what stands above a question: its stimulus, and its figure below it.
fn stimulus(question: &Question) -> Option<String> {
    let parts =
        question.stimulus.as_deref().map(html).into_iter().chain(question.figure.as_ref().map(Figure::html));
    parts.reduce(|above, figure| above + &figure)
}

/// HTML of the worked solution, a step each. The last one shows the answer on the figure, if it is given there.
fn solution(question: &Question) -> Vec<String> {
    question.solution.iter().map(|step| html(step)).chain(question.figure_answered()).collect()
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
