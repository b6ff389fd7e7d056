//! The form that corrects a question.

use serde::{Deserialize, Serialize};

use crate::assessment::form::ticked;
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{ApiError, Form},
    domain::{Problem, assessment::ItemId},
    services::assessment::results::Correction,
};

/// The correction of a question in a paper that candidates have sat. The ids of the fields end in the id of the question.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CorrectionForm {
    /// `right`, `void` or `put-back`.
    pub how: String,
    pub right: String,
    pub reason: String,
    #[serde(deserialize_with = "ticked")]
    pub confirmed: bool,
    /// The button: `effect` asks what would change, and corrects nothing.
    pub go: String,
}

/// A correction by the words of its form.
#[cfg(feature = "ssr")]
pub fn correction(how: &str, right: String) -> Option<Correction> {
    match how {
        "right" => Some(Correction::RightAnswer(right)),
        "void" => Some(Correction::Void),
        "put-back" => Some(Correction::PutBack),
        _ => None,
    }
}

#[cfg(feature = "ssr")]
impl CorrectionForm {
    /// Whether it only asks what would change.
    pub fn asks(&self) -> bool {
        self.go == "effect"
    }

    /// The correction and its reason.
    ///
    /// # Errors
    /// A correction that nobody has confirmed is refused: each can take passes away. So is one that is none of the three.
    pub fn parse(self, mut form: Form<'_>, item: ItemId) -> Result<(Correction, String), ApiError> {
        let only_asks = self.asks();
        let known = only_asks || self.go.is_empty();
        let correction = correction(&self.how, self.right).filter(|_| known).ok_or(Problem::ChoiceMissing);
        let correction = form.field(&format!("how-right-{item}"), correction);
        let confirmed = (self.confirmed || only_asks).then_some(()).ok_or(Problem::ConfirmationMissing);
        let confirmed = form.field(&format!("confirmed-{item}"), confirmed);
        match (correction, confirmed) {
            (Some(correction), Some(())) => Ok((correction, self.reason)),
            _ => Err(form.refused()),
        }
    }
}
