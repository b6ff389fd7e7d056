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
}

#[cfg(feature = "ssr")]
impl CorrectionForm {
    /// The correction and its reason.
    ///
    /// # Errors
    /// A correction that nobody has confirmed is refused: each can take passes away.
    pub fn parse(self, mut form: Form<'_>, item: ItemId) -> Result<(Correction, String), ApiError> {
        let correction = match self.how.as_str() {
            "void" => Correction::Void,
            "put-back" => Correction::PutBack,
            _ => Correction::RightAnswer(self.right),
        };
        form.field(
            &format!("confirmed-{item}"),
            self.confirmed.then_some(()).ok_or(Problem::ConfirmationMissing),
        );
        if form.is_readable() { Ok((correction, self.reason)) } else { Err(form.refused()) }
    }
}
