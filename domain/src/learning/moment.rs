//! How far a learner is, in numbers and in one sentence.

use super::Status;

/// How many modules of a course are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completed {
    pub done: usize,
    pub of: usize,
}

/// Parts of a course that are worth a word, in quarters.
const PARTS: [(usize, &str); 4] =
    [(1, "a quarter"), (2, "half"), (3, "three quarters"), (4, "the whole course")];

impl Completed {
    pub fn of(modules: &[Status]) -> Self {
        let done = modules.iter().filter(|status| **status == Status::Completed).count();
        Self { done, of: modules.len() }
    }

    /// Completed modules in a hundred, rounded down: 100 means all of them and nothing less.
    pub fn percent(self) -> usize {
        (self.done * 100).checked_div(self.of).unwrap_or(0)
    }

    /// "3 of 12 modules completed".
    pub fn in_words(self) -> String {
        format!("{} of {} modules completed", self.done, self.of)
    }

    /// Where somebody is who has just completed one more: "Seven of twelve: more than half."
    pub fn standing(self) -> String {
        match self.of {
            of if of != self.done || of == 0 => {}
            1 => return "You have completed the whole course.".to_owned(),
            of => return format!("All {}: you have completed the whole course.", number(of)),
        }
        let mut said = format!("{} of {}", number(self.done), number(self.of));
        if let Some(first) = said.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        // The highest that is reached.
        let part = PARTS.into_iter().rev().find(|(quarters, _)| self.done * 4 >= quarters * self.of);
        match part {
            Some((quarters, part)) if self.done * 4 == quarters * self.of => format!("{said}: {part}."),
            Some((_, part)) => format!("{said}: more than {part}."),
            None if self.done == 1 => format!("{said}: a good beginning."),
            None => format!("{said}."),
        }
    }

    /// Whether the last completed module is the one with which a quarter, a half, three quarters or all of the course are reached.
    pub fn is_milestone(self) -> bool {
        let reached = |done: usize, quarters: usize| done * 4 >= quarters * self.of;
        self.done > 0
            && PARTS
                .into_iter()
                .any(|(quarters, _)| reached(self.done, quarters) && !reached(self.done - 1, quarters))
    }
}

/// A number in words up to twelve.
fn number(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_says_where_somebody_is() {
        for (done, of, sentence, milestone) in [
            (1, 12, "One of twelve: a good beginning.", false),
            (2, 12, "Two of twelve.", false),
            (3, 12, "Three of twelve: a quarter.", true),
            (4, 12, "Four of twelve: more than a quarter.", false),
            (6, 12, "Six of twelve: half.", true),
            (7, 12, "Seven of twelve: more than half.", false),
            (9, 12, "Nine of twelve: three quarters.", true),
            (11, 12, "Eleven of twelve: more than three quarters.", false),
            (12, 12, "All twelve: you have completed the whole course.", true),
            // Where no module is just a quarter, the one that goes beyond it counts.
            (1, 5, "One of five: a good beginning.", false),
            (2, 5, "Two of five: more than a quarter.", true),
            (1, 1, "You have completed the whole course.", true),
            (13, 20, "13 of 20: more than half.", false),
        ] {
            let completed = Completed { done, of };
            assert_eq!(completed.standing(), sentence);
            assert_eq!(completed.is_milestone(), milestone, "{sentence}");
        }
    }

    #[test]
    fn a_course_of_any_size_has_four_milestones_at_most_and_the_last_is_the_end() {
        for of in 1..60 {
            let milestones: Vec<_> =
                (0..=of).filter(|done| Completed { done: *done, of }.is_milestone()).collect();
            assert!(milestones.len() <= 4, "{of}: {milestones:?}");
            assert_eq!(milestones.last(), Some(&of));
        }
    }
}
