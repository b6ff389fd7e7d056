//! The form that corrects a question.

use serde::{Deserialize, Serialize};

use crate::assessment::form::ticked;
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{ApiError, Form},
    domain::{Problem, assessment::ItemId},
    services::assessment::results::Correction,
};

/// What is to be done about a question of a paper that was sat. The fields' ids end in the question's.
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
    /// Where a question is to be taken out and it is not confirmed.
    pub fn parse(self, mut form: Form<'_>, item: ItemId) -> Result<(Correction, String), ApiError> {
        let correction = match self.how.as_str() {
            "void" => Correction::Void,
            "put-back" => Correction::PutBack,
            _ => Correction::RightAnswer(self.right),
        };
        let sure = self.confirmed || correction != Correction::Void;
        form.field(&format!("confirmed-{item}"), sure.then_some(()).ok_or(Problem::ConfirmationMissing));
        if form.is_readable() { Ok((correction, self.reason)) } else { Err(form.refused()) }
    }
}
