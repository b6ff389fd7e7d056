use serde::{Deserialize, Serialize};

use crate::quantity::Rational;

/// How the answer is rounded, once and at the end. Halves are rounded away from zero. The United Kingdom has no single
/// rule, so each question has its own; `Exact` if it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    #[default]
    Exact,
    /// Drops and capsules.
    Whole,
    /// Tablets that can be halved.
    Half,
    OneDecimal,
    TwoDecimals,
    /// Two decimal places below 1, one from 1: the precision to which a syringe of that size can be read (facts page,
    /// "Rounding").
    TwoDecimalsBelowOne,
}

impl Rounding {
    pub const ALL: [Self; 6] = [
        Self::Exact,
        Self::Whole,
        Self::Half,
        Self::OneDecimal,
        Self::TwoDecimals,
        Self::TwoDecimalsBelowOne,
    ];

    fn step(self, number: Rational) -> Option<Rational> {
        let parts = match self {
            Self::Exact => return None,
            Self::Whole => 1,
            Self::Half => 2,
            Self::OneDecimal => 10,
            Self::TwoDecimals => 100,
            Self::TwoDecimalsBelowOne if number.abs() < Rational::ONE => 100,
            Self::TwoDecimalsBelowOne => 10,
        };
        Rational::new(1, parts)
    }

    /// The number rounded by this rule; `None` when it is too large to be held.
    pub fn apply(self, number: Rational) -> Option<Rational> {
        self.step(number).map_or(Some(number), |step| number.rounded_to(step))
    }

    /// Whether the number could be a result of this rule. Every number could be exact.
    pub fn allows(self, number: Rational) -> bool {
        self.apply(number) == Some(number)
    }

    /// The sentence below the question.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Exact => "Give the exact answer",
            Self::Whole => "Round your answer to the nearest whole number",
            Self::Half => "Round your answer to the nearest half",
            Self::OneDecimal => "Round your answer to 1 decimal place",
            Self::TwoDecimals => "Round your answer to 2 decimal places",
            Self::TwoDecimalsBelowOne => {
                "Round your answer to 2 decimal places below 1, and to 1 decimal place from 1"
            }
        }
    }
}

/// How a number must be written, whatever its value. It is separate from [`Rounding`]: 28.0 has the value of 28, but
/// claims more than was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// 28.0 is as good as 28.
    #[default]
    Any,
    /// 3, not 3.0: safe writing is part of the question.
    NoTrailingZeros,
    /// At most this number of decimal places, zeros included.
    Whole,
    OneDecimal,
    TwoDecimals,
}

impl Precision {
    /// `decimals` as typed; `trailing_zero` when the last of them is a zero.
    pub(super) fn allows(self, decimals: u32, trailing_zero: bool) -> bool {
        match self {
            Self::Any => true,
            Self::NoTrailingZeros => !trailing_zero,
            Self::Whole => decimals == 0,
            Self::OneDecimal => decimals <= 1,
            Self::TwoDecimals => decimals <= 2,
        }
    }

    /// The sentence below the question, if there is one.
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::NoTrailingZeros => Some("Write the number as on a prescription, without trailing zeros"),
            Self::Whole => Some("Write a whole number, without a decimal point"),
            Self::OneDecimal => Some("Write at most 1 decimal place"),
            Self::TwoDecimals => Some("Write at most 2 decimal places"),
        }
    }
}

/// The rules judged besides the number itself, for the line beside the box: no candidate loses a mark by a rule that
/// they were not told.
pub fn rules_in_words(rounding: Rounding, precision: Precision) -> Option<String> {
    // A finite decimal leaves nothing to round.
    let round = (rounding != Rounding::Exact).then(|| rounding.in_words());
    let rules: Vec<_> = [round, precision.in_words()].into_iter().flatten().collect();
    (!rules.is_empty()).then(|| format!("{}.", rules.join(". ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_judged_rule_is_stated() {
        let told = |rounding, precision| rules_in_words(rounding, precision).unwrap_or_default();
        assert_eq!(told(Rounding::Exact, Precision::Any), "");
        assert_eq!(
            told(Rounding::Whole, Precision::Whole),
            "Round your answer to the nearest whole number. Write a whole number, without a decimal point."
        );
        assert_eq!(
            told(Rounding::Exact, Precision::NoTrailingZeros),
            "Write the number as on a prescription, without trailing zeros."
        );
        for rule in Rounding::ALL.into_iter().filter(|rule| *rule != Rounding::Exact) {
            assert!(told(rule, Precision::Any).starts_with("Round your answer to "), "{rule:?}");
        }
    }

    #[test]
    fn each_rule_rounds_at_its_own_step() {
        use Rounding::{Exact, Half, OneDecimal, TwoDecimals, TwoDecimalsBelowOne, Whole};
        for (rule, number, rounded) in [
            (Exact, "1/3", "1/3"),
            (Whole, "27.5", "28"),
            (Whole, "27.49", "27"),
            (Whole, "-0.5", "-1"),
            (Half, "1.25", "1.5"),
            (Half, "1.24", "1"),
            (Half, "1.74", "1.5"),
            (OneDecimal, "0.25", "0.3"),
            (OneDecimal, "2/3", "0.7"),
            (TwoDecimals, "0.125", "0.13"),
            (TwoDecimalsBelowOne, "0.994", "0.99"),
            (TwoDecimalsBelowOne, "0.996", "1"),
            (TwoDecimalsBelowOne, "1.04", "1"),
            (TwoDecimalsBelowOne, "1.05", "1.1"),
            // Numbers that decimal libraries truncate or round to even when they write them.
            (TwoDecimals, "2.679", "2.68"),
            (Whole, "0.999", "1"),
            (Whole, "62.5", "63"),
            (OneDecimal, "99.95", "100"),
        ] {
            assert_eq!(
                rule.apply(number.parse().unwrap()),
                Some(rounded.parse().unwrap()),
                "{rule:?} {number}"
            );
        }
    }

    #[test]
    fn a_rounded_number_is_allowed_and_stays() {
        for rule in Rounding::ALL {
            for num in -500i128..500 {
                let rounded = rule.apply(Rational::new(num, 73).unwrap()).unwrap();
                assert!(rule.allows(rounded), "{rule:?} {rounded}");
            }
        }
        assert!(!Rounding::TwoDecimalsBelowOne.allows("1.05".parse().unwrap()));
    }

    #[test]
    fn the_form_is_judged_apart_from_the_value() {
        assert!(
            Precision::Any.allows(4, true)
                && !Precision::Whole.allows(1, true)
                && Precision::OneDecimal.allows(1, true)
        );
        assert!(!Precision::NoTrailingZeros.allows(1, true) && Precision::NoTrailingZeros.allows(3, false));
    }
}
