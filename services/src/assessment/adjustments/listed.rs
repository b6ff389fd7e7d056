//! Extra time and rest breaks for a whole list of people at once.

use domain::{
    FieldProblem, Problem,
    assessment::adjustments::{Adjustment, AdjustmentsSeen, ListFault, MOST_LISTED, read_list},
    organisations::OrganisationId,
};

use super::{find, give};
use crate::{Error, Result, Services, accounts::Actor};

/// The field of the list.
const LIST: &str = "extra_time_list";

/// How many wrong lines are named at once.
const MOST_FAULTS: usize = 20;

/// Changes the time of everybody in a list (see [`read_list`]), or of nobody if a line is wrong. What stands already stays as it is, so a list
/// that is sent twice is taken once.
///
/// # Errors
/// [`Problem::InWords`] on `extra_time_list` for each wrong line, with its number; also for an empty list and a long one. The result is the
/// same with and without an account.
pub async fn set_adjustments(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    list: &str,
    seen: Option<AdjustmentsSeen>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let giver = actor.gives_time_in(services, &mut db, organisation).await?;
    let listed = read_list(list).map_err(|faults| refused(&faults))?;
    if listed.is_empty() {
        return Err(said("Paste one person a line, like name@example.ac.uk, 25".to_owned()));
    }
    if listed.len() > MOST_LISTED {
        return Err(said(format!("Send at most {MOST_LISTED} people at once")));
    }
    let mut faults = Vec::new();
    for person in listed {
        let found = find(&mut db, giver, &person.email).await?;
        let has = found.held.as_ref().map(|held| held.adjustment).unwrap_or_default();
        let after = person.change.of(has);
        if !(found.own || after == Adjustment::default() && found.held.is_some()) {
            faults.push((person.line, ListFault::Unknown));
        } else if has != after && seen.is_some_and(|seen| found.is_newer(actor.person(), seen)) {
            faults.push((person.line, ListFault::ChangedMeanwhile));
        } else if has != after {
            give(services, &mut db, actor, giver, &person.email, found, after).await?;
        }
    }
    if !faults.is_empty() {
        return Err(refused(&faults));
    }
    db.commit().await?;
    Ok(())
}

fn said(words: String) -> Error {
    Error::invalid(LIST, Problem::InWords { words })
}

fn refused(faults: &[(u32, ListFault)]) -> Error {
    let problem = |(line, fault): &(u32, ListFault)| {
        FieldProblem::new(LIST, Problem::InWords { words: fault.in_words(*line) })
    };
    Error::Invalid(faults.iter().take(MOST_FAULTS).map(problem).collect())
}
