//! How the marks of a paper are spread over those who have submitted it.

use serde::{Deserialize, Serialize};

use super::whole_percent;
use crate::kit::spread::Spread;

/// The bands of ten per cent into which marks are counted.
const BANDS: u32 = 10;

/// The marks of all submitted sittings. Each attempt counts, as in the mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// Median and quartiles, in marks.
    pub spread: Spread,
    /// The marks that one candidate could have.
    pub available: u32,
    /// Sittings by their whole per cent, from the lowest band to the highest.
    pub bands: Vec<Band>,
}

/// Sittings whose whole per cent is from `from` to `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    pub from: u32,
    pub to: u32,
    pub sittings: u32,
}

/// How many sittings have these marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Marked {
    pub mark: u32,
    pub available: u32,
    pub sittings: u32,
}

impl Distribution {
    /// Of marks in any order. `None` of none.
    #[must_use]
    pub fn of(marked: &[Marked]) -> Option<Self> {
        let each = marked.iter().flat_map(|row| {
            let mark = u16::try_from(row.mark).unwrap_or(u16::MAX);
            (0..row.sittings).map(move |_| mark)
        });
        let bands = (0..BANDS).map(|band| {
            // Full marks are in the last band, which is one per cent wider.
            let within =
                |row: &&Marked| (whole_percent(row.mark, row.available) / BANDS).min(BANDS - 1) == band;
            Band {
                from: band * BANDS,
                to: if band + 1 == BANDS { 100 } else { band * BANDS + BANDS - 1 },
                sittings: marked.iter().filter(within).map(|row| row.sittings).sum(),
            }
        });
        Some(Self {
            spread: Spread::of(&each.collect::<Vec<_>>())?,
            available: marked.iter().map(|row| row.available).max()?,
            bands: bands.collect(),
        })
    }
}

impl Band {
    /// "80–89%".
    pub fn in_words(self) -> String {
        format!("{}–{}%", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(marked: &[(u32, u32, u32)]) -> Option<Distribution> {
        let marked = marked.iter().map(|&(mark, available, sittings)| Marked { mark, available, sittings });
        Distribution::of(&marked.collect::<Vec<_>>())
    }

    #[test]
    fn every_sitting_is_in_the_one_band_of_its_whole_per_cent() {
        // 0, 9.9, 10, 89.9, 90 and 100 per cent of a thousand.
        let found = of(&[
            (0, 1000, 3),
            (99, 1000, 1),
            (100, 1000, 2),
            (899, 1000, 1),
            (900, 1000, 4),
            (1000, 1000, 5),
        ]);
        let bands = found.unwrap().bands;
        assert_eq!(
            bands.iter().map(|band| band.sittings).collect::<Vec<_>>(),
            [4, 2, 0, 0, 0, 0, 0, 0, 1, 9]
        );
        let words: Vec<_> = bands.into_iter().map(Band::in_words).collect();
        assert_eq!([&words[0], &words[8], &words[9]], ["0–9%", "80–89%", "90–100%"]);
    }

    #[test]
    fn median_and_quartiles_count_each_sitting_once() {
        let Distribution { spread, available, .. } = of(&[(20, 20, 1), (4, 20, 3)]).unwrap();
        let words = [spread.lower, spread.median, spread.upper].map(|number| number.to_string());
        assert_eq!((words, available), (["4", "4", "8"].map(str::to_owned), 20));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_paper_without_marks_has_everybody_in_the_lowest_band() {
        assert_eq!(of(&[(0, 0, 2)]).unwrap().bands[0].sittings, 2);
    }
}
