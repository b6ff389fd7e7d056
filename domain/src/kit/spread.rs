//! How far numbers are apart: the modules that students have completed, the marks of candidates.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// A number in quarters: between whole numbers a median or quartile may lie at a half or a quarter, and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarters(pub u32);

impl Display for Quarters {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let part = match self.0 % 4 {
            0 => "",
            1 => ".25",
            2 => ".5",
            _ => ".75",
        };
        write!(f, "{}{part}", self.0 / 4)
    }
}

/// The median and the quartiles of some numbers: a quarter of them is at most `lower`, half at most `median`, three quarters at most `upper`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    pub lower: Quarters,
    pub median: Quarters,
    pub upper: Quarters,
}

impl Spread {
    /// Of numbers in any order. None of no numbers. Between two of them it goes in a straight line, as PostgreSQL's `percentile_cont` does.
    #[must_use]
    pub fn of(numbers: &[u16]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        let at = |quarter: usize| {
            // Counted in quarters of the way from one number to the next.
            let place = quarter * last;
            let low = u32::from(*sorted.get(place / 4)?);
            let high = sorted.get(place / 4 + 1).map_or(low, |high| u32::from(*high));
            let part = u32::try_from(place % 4).ok()?;
            Some(Quarters(low * 4 + part * (high - low)))
        };
        Some(Self { lower: at(1)?, median: at(2)?, upper: at(3)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(numbers: &[u16]) -> Option<[String; 3]> {
        let Spread { lower, median, upper } = Spread::of(numbers)?;
        Some([lower, median, upper].map(|number| number.to_string()))
    }

    #[test]
    fn median_and_quartiles_lie_between_the_numbers_in_order() {
        for (numbers, expected) in [
            (vec![7], ["7", "7", "7"]),
            (vec![10, 0], ["2.5", "5", "7.5"]),
            (vec![4, 1, 3, 2], ["1.75", "2.5", "3.25"]),
            (vec![5, 1, 2, 4, 3], ["2", "3", "4"]),
            (vec![0, 0, 0, 12], ["0", "0", "3"]),
        ] {
            assert_eq!(words(&numbers), Some(expected.map(str::to_owned)), "{numbers:?}");
        }
        assert_eq!(words(&[]), None);
    }
}
