//! The second factor of signing in: a code of an app, or a recovery code.

use serde::{Deserialize, Serialize};

use crate::{Moment, Problem};

/// The page of a person's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorPage {
    /// The person has a role that requires one: it cannot be turned off.
    pub required: bool,
    /// Setting one up asks for the password: it was not given just now.
    #[serde(default)]
    pub asks_password: bool,
    pub state: FactorState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactorState {
    Off,
    Starting(NewFactor),
    On(FactorOn),
    /// One is on, and this one takes its place once a code confirms it.
    Moving(NewFactor),
}

/// A second factor that is being set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFactor {
    /// In base32, in groups of four letters: apps take it with the spaces and without.
    pub secret: String,
    /// The same as an `otpauth://` address, which opens an app on the same device.
    pub address: String,
    pub recovery_codes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorOn {
    pub since: Moment,
    /// How many recovery codes have not been used.
    pub codes_left: u32,
    /// New ones, until the person says that they have kept them.
    pub new_codes: Vec<String>,
    /// Says which new ones these are.
    #[serde(default)]
    pub digest: String,
}

/// A typed code, which may contain spaces and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorCode {
    /// The six digits of an app.
    App(u32),
    /// Sixteen letters and digits, in capitals and without hyphens.
    Recovery(String),
}

impl FactorCode {
    /// The number of letters and digits of a recovery code.
    pub const RECOVERY: usize = 16;

    /// # Errors
    /// [`Problem::FactorCodeMissing`] for what can be no code.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
            .collect();
        let typed = typed.to_ascii_uppercase();
        let is_code =
            |length: usize| typed.len() == length && typed.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_code(6)
            && let Ok(digits) = typed.parse()
        {
            return Ok(Self::App(digits));
        }
        if is_code(Self::RECOVERY) {
            // Base32 has no nought, one and eight, so these are the letters that look like them.
            return Ok(Self::Recovery(typed.replace('0', "O").replace('1', "I").replace('8', "B")));
        }
        Err(Problem::FactorCodeMissing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_taken_as_people_type_them() {
        for (typed, code) in [
            ("123456", Some(FactorCode::App(123_456))),
            (" 012 345\n", Some(FactorCode::App(12_345))),
            ("012-345", Some(FactorCode::App(12_345))),
            ("abcd-efgh-ijkl-mn23", Some(FactorCode::Recovery("ABCDEFGHIJKLMN23".to_owned()))),
            ("ABCD EFGH IJKL MN23", Some(FactorCode::Recovery("ABCDEFGHIJKLMN23".to_owned()))),
            ("0BCD8FGH1JKLMN23", Some(FactorCode::Recovery("OBCDBFGHIJKLMN23".to_owned()))),
            ("", None),
            ("12345", None),
            ("1234567", None),
            ("+12345", None),
            ("12345a", None),
            ("٠١٢٣٤٥", None),
            ("ABCD-EFGH-IJKL-MN2é", None),
        ] {
            assert_eq!(FactorCode::parse(typed).ok(), code, "{typed:?}");
        }
    }
}
