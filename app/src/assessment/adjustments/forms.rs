//! The form for extra time and rest breaks.

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::parse,
        kit::api::{ApiError, Form},
    },
    domain::{
        FormToken, Problem,
        assessment::adjustments::{AdjustmentChange, AdjustmentsSeen},
    },
};

/// Extra time and rest breaks of a person.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AdjustmentForm {
    pub email: String,
    pub extra_percent: String,
    pub extra_minutes: String,
    pub break_minutes: String,
    pub form: String,
    /// When the organisation last gave somebody time, as the page knew it.
    pub seen: String,
    /// The address of the person with whose time the form began.
    pub shown: String,
}

#[cfg(feature = "ssr")]
impl AdjustmentForm {
    /// The person, and the changes: an empty box leaves the old value.
    ///
    /// # Errors
    /// The fields that cannot be read.
    pub fn parse(self, mut form: Form<'_>) -> Result<(String, AdjustmentChange), ApiError> {
        let mut number = |field: &str, text: &str, read: fn(&str) -> Result<u16, Problem>| {
            let text = Some(text.trim()).filter(|text| !text.is_empty())?;
            form.field(field, read(text))
        };
        let token: Option<FormToken> = self.form.parse().ok();
        // A form that does not say what its page showed shows none that exists.
        let seen = token.map(|form| AdjustmentsSeen {
            form,
            seen: self.seen.parse().unwrap_or(0),
            shown: !self.shown.is_empty() && self.shown.trim().eq_ignore_ascii_case(self.email.trim()),
        });
        let extra_percent = number("extra_percent", &self.extra_percent, parse::percent);
        let change = AdjustmentChange {
            extra_percent: extra_percent.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX)),
            extra_minutes: number("extra_minutes", &self.extra_minutes, parse::minutes),
            break_minutes: number("break_minutes", &self.break_minutes, parse::minutes),
            seen,
        };
        if form.is_readable() { Ok((self.email, change)) } else { Err(form.refused()) }
    }
}
