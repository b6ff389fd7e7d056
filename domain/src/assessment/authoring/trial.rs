//! A try of the setter's at their own paper, in the room of the candidates. Nothing of it is kept.

use serde::{Deserialize, Serialize};

use crate::assessment::{PaperId, delivery::Room, question::Response, results::SittingResult};

/// `/assessments/papers/{paper}/try`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub paper: PaperId,
    /// It is not published yet.
    pub draft: bool,
    /// Each candidate gets the questions in an order of their own.
    pub shuffled: bool,
    /// Draws the same questions again, as long as the draft and the bank are the same.
    pub seed: u32,
    /// The room, with the answers so far. It belongs to no sitting.
    pub room: Room,
    /// The marks, once they are asked for.
    pub result: Option<SittingResult>,
}

/// Answers by the place of their question, from 0. They travel in the address of the page and in its forms.
pub type TriedAnswers = Vec<(usize, Response)>;

/// What the address of a try says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrialAsked {
    /// `None` draws anew.
    pub seed: Option<u32>,
    pub answers: TriedAnswers,
    pub marked: bool,
}
