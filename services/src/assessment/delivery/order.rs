//! The order of a sitting's questions, as its candidate saw them. "Question 3" of a sitting means the third of these in
//! the room, the receipt, the result and the invigilator's view. The paper's own order is for pages about the paper.

use domain::assessment::{SectionId, delivery::shuffled};
use uuid::Uuid;

use crate::{Result, assessment::number};

/// Puts a list in the paper's order, with an entry for each question, into the order of a sitting with this
/// `shuffle_seed`.
pub(crate) fn as_seen<T>(rows: Vec<T>, section: impl Fn(&T) -> Uuid, seed: Option<i64>) -> Result<Vec<T>> {
    let Some(seed) = seed else { return Ok(rows) };
    let sections: Vec<SectionId> = rows.iter().map(|row| SectionId(section(row))).collect();
    let mut places: Vec<Option<T>> = rows.into_iter().map(Some).collect();
    let order = shuffled(&sections, number(seed)?);
    Ok(order.into_iter().filter_map(|place| places.get_mut(place)?.take()).collect())
}
