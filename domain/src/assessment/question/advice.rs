//! Right answers that could be written more safely.

use serde::{Deserialize, Serialize};

use super::Response;
use crate::kit::typed::plain;

/// An abbreviation that is easily misread, in an answer that is understood all the same. It costs no mark.
///
/// Source: BNF, "Prescription writing": units, micrograms and nanograms are written in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    Units,
    Micrograms,
    Nanograms,
}

impl Advice {
    pub fn message(self) -> &'static str {
        match self {
            Self::Units => "On a prescription, write “units” in full: IU and U are misread.",
            Self::Micrograms => "On a prescription, write “micrograms” in full: mcg and µg are misread.",
            Self::Nanograms => "On a prescription, write “nanograms” in full: ng is misread.",
        }
    }

    fn on(word: &str) -> Option<Self> {
        match word {
            "iu" | "u" => Some(Self::Units),
            "mcg" | "mcgs" | "ug" => Some(Self::Micrograms),
            "ng" => Some(Self::Nanograms),
            _ => None,
        }
    }
}

impl Response {
    /// The advice for a typed amount: the first unit after a figure that should be written in full.
    pub fn advice(&self) -> Option<Advice> {
        let (Self::Number { typed, .. } | Self::Text(typed)) = self else { return None };
        let text = plain(typed).to_lowercase().replace(['µ', 'μ'], "u");
        let behind = text.get(text.rfind(|c: char| c.is_ascii_digit())? + 1..)?;
        behind.split(|c: char| !c.is_alphabetic()).find_map(Advice::on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_easily_misread_abbreviation_is_named() {
        use Advice::{Micrograms, Nanograms, Units};
        for (typed, advice) in [
            ("10 IU", Some(Units)),
            ("10iu", Some(Units)),
            ("10 units", None),
            ("100 mcg", Some(Micrograms)),
            ("100 MCG.", Some(Micrograms)),
            ("100µg", Some(Micrograms)),
            ("100 μg/kg", Some(Micrograms)),
            ("5 mg/kg", None),
            ("5 units/mL", None),
            ("250 ng", Some(Nanograms)),
            ("100 micrograms", None),
            ("100", None),
            ("", None),
            ("iu", None),
        ] {
            let number = Response::Number { typed: typed.into(), unit: String::new() };
            assert_eq!(number.advice(), advice, "{typed}");
            assert_eq!(Response::Text(typed.into()).advice(), advice, "{typed}");
        }
        assert_eq!(Response::Chosen(vec!["iu".into()]).advice(), None);
    }
}
