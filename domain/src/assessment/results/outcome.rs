//! Marks, pass marks, and the outcome of a sitting.

use serde::{Deserialize, Serialize};

use super::SectionResult;
use crate::assessment::SectionId;

/// The marks of one question in a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemMark {
    pub section: SectionId,
    pub marks: u32,
    pub available: u32,
}

/// The outcome of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub mark: u32,
    pub available: u32,
    pub passed: bool,
}

/// A candidate passes by reaching the pass mark of the paper, and that of every section that has one. A pass mark is a
/// percentage of the marks available, and is reached when mark x 100 is at least percentage x available: nothing is rounded.
/// No candidate passes a paper without marks.
pub fn outcome(items: &[ItemMark], pass_percent: u8, sections: &[(SectionId, Option<u8>)]) -> Outcome {
    let sum = |wanted: Option<SectionId>| {
        let chosen = items.iter().filter(|item| wanted.is_none_or(|section| section == item.section));
        chosen.fold((0, 0), |(mark, available), item| (mark + item.marks, available + item.available))
    };
    let reached = |(mark, available): (u32, u32), percent: u8| mark * 100 >= available * u32::from(percent);
    let whole = sum(None);
    let in_sections = sections
        .iter()
        .all(|(section, percent)| percent.is_none_or(|percent| reached(sum(Some(*section)), percent)));
    Outcome {
        mark: whole.0,
        available: whole.1,
        passed: whole.1 > 0 && reached(whole, pass_percent) && in_sections,
    }
}

/// The pass marks that a failed candidate missed, in words: that of the whole paper, and those of sections.
pub fn missed(outcome: ReleasedOutcome, pass_percent: u8, sections: &[SectionResult]) -> Vec<String> {
    if outcome.passed {
        return Vec::new();
    }
    let whole = outcome.mark * 100 < outcome.available * u32::from(pass_percent);
    let whole = whole.then(|| format!("Whole paper: below {pass_percent}%"));
    let below = |section: &SectionResult| {
        let percent = section.pass_percent.filter(|_| section.passed() == Some(false))?;
        let SectionResult { title, mark, available, .. } = section;
        Some(format!("{title}: {mark} of {available}, below {percent}%"))
    };
    whole.into_iter().chain(sections.iter().filter_map(below)).collect()
}

/// Marks as whole per cent, rounded down everywhere, because 84.9 does not reach a pass mark of 85.
pub fn whole_percent(mark: u32, available: u32) -> u32 {
    let percent = (u64::from(mark) * 100).checked_div(u64::from(available)).unwrap_or(0);
    u32::try_from(percent).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedOutcome {
    pub mark: u32,
    pub available: u32,
    pub passed: bool,
}

impl ReleasedOutcome {
    /// Whole per cent, rounded down.
    pub fn percent(self) -> u32 {
        whole_percent(self.mark, self.available)
    }

    /// "27 of 30 (90%)".
    pub fn in_words(self) -> String {
        format!("{} of {} ({}%)", self.mark, self.available, self.percent())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const A: SectionId = SectionId(Uuid::from_u128(1));
    const B: SectionId = SectionId(Uuid::from_u128(2));

    fn items(marks: &[(SectionId, u32, u32)]) -> Vec<ItemMark> {
        marks.iter().map(|&(section, marks, available)| ItemMark { section, marks, available }).collect()
    }

    #[test]
    fn a_pass_mark_is_reached_exactly_or_not_at_all() {
        let marks = items(&[(A, 5, 6), (B, 12, 14)]);
        for (percent, passed) in [(85, true), (86, false), (0, true), (100, false)] {
            assert_eq!(outcome(&marks, percent, &[]).passed, passed, "17 of 20 at {percent}");
        }
        // 2 of 3 is 66.6 per cent: not 67.
        let thirds = items(&[(A, 2, 3)]);
        assert!(outcome(&thirds, 66, &[]).passed && !outcome(&thirds, 67, &[]).passed);
        assert!(!outcome(&[], 0, &[]).passed);
    }

    #[test]
    fn a_section_can_fail_the_whole_paper() {
        let marks = items(&[(A, 10, 10), (B, 4, 10)]);
        assert!(outcome(&marks, 60, &[(A, None), (B, None)]).passed);
        assert!(outcome(&marks, 60, &[(A, Some(100)), (B, Some(40))]).passed);
        assert!(!outcome(&marks, 60, &[(A, Some(100)), (B, Some(41))]).passed);
    }

    #[test]
    fn a_failed_candidate_is_told_which_pass_mark_they_missed() {
        let section = |title: &str, mark, pass_percent| SectionResult {
            title: title.into(),
            mark,
            available: 10,
            pass_percent,
        };
        let sections =
            [section("Sums", 9, None), section("Words", 3, Some(40)), section("Units", 4, Some(40))];
        let outcome = |mark, passed| ReleasedOutcome { mark, available: 30, passed };
        assert_eq!(missed(outcome(16, false), 30, &sections), ["Words: 3 of 10, below 40%"]);
        let both = ["Whole paper: below 60%", "Words: 3 of 10, below 40%"];
        assert_eq!(missed(outcome(16, false), 60, &sections), both);
        assert_eq!(missed(outcome(16, false), 60, &sections[..1]), both[..1]);
        assert!(missed(outcome(16, true), 30, &sections[..1]).is_empty());
    }
}
