//! How many options of a multiple choice are right, and how often a number is the answer: a learner who has seen a few
//! questions guesses that the next is like them.

use std::collections::BTreeMap;

use super::{BANK, Share};

/// Fewer multiple choices than this reveal no habit.
const FEWEST: u32 = 12;
/// The least number of different counts of right options.
const DIFFERENT: usize = 3;
/// At most this share of all draws of a question have the same answer.
const SAME: f64 = 0.5;

#[derive(Debug, Default)]
pub(super) struct Counts {
    right: Share,
    /// How many questions have each number of right options.
    numbers: BTreeMap<usize, u32>,
    answers: Vec<String>,
}

impl Counts {
    /// Adds the options of a multiple choice.
    pub(super) fn multiple(&mut self, options: impl Iterator<Item = bool>) {
        let mut number = 0;
        for right in options {
            self.right.add(f64::from(u8::from(right)), 0.5);
            number += usize::from(right);
        }
        *self.numbers.entry(number).or_default() += 1;
    }

    /// Adds the right answers of one question's draws.
    pub(super) fn answers(&mut self, id: &str, draws: impl Iterator<Item = String>) {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for answer in draws {
            *seen.entry(answer).or_default() += 1;
        }
        let of: u32 = seen.values().sum();
        if let Some((answer, times)) = seen.into_iter().max_by_key(|(_, times)| *times)
            && f64::from(times) > f64::from(of) * SAME
        {
            self.answers.push(format!("{id}: {answer} is the answer in {times} of {of} draws"));
        }
    }

    pub(super) fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        let questions: u32 = self.numbers.values().sum();
        if questions >= FEWEST {
            if self.right.beyond().is_some_and(|beyond| beyond.abs() > BANK) {
                found.push(format!(
                    "{} of {} options of multiple choices are right; make it about half",
                    self.right.seen, self.right.of
                ));
            }
            if self.numbers.len() < DIFFERENT {
                let numbers: Vec<_> = self.numbers.keys().map(usize::to_string).collect();
                found.push(format!(
                    "every multiple choice has {} right options; let there be {DIFFERENT} different numbers",
                    numbers.join(" or ")
                ));
            }
            for (number, times) in &self.numbers {
                if times * 2 > questions {
                    found.push(format!(
                        "{times} of {questions} multiple choices have {number} right options; let it be half of them at most"
                    ));
                }
            }
        }
        found.extend(self.answers.iter().cloned());
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::assessment::bank::guessing::counts::Counts;

    /// Multiple choices of five options, by how many of them are right.
    fn findings(numbers: &[usize]) -> Vec<String> {
        let mut counts = Counts::default();
        for number in numbers {
            counts.multiple((0..5).map(|option| option < *number));
        }
        counts.findings()
    }

    #[test]
    fn the_number_of_right_options_is_not_predictable() {
        assert_eq!(findings(&[1, 2, 3, 4].repeat(3)), [""; 0]);
        assert_eq!(findings(&[2, 2, 3, 3, 2, 3, 2, 3, 2, 3, 2]), [""; 0], "too few to tell");
        assert_eq!(
            findings(&[2, 3].repeat(6)),
            ["every multiple choice has 2 or 3 right options; let there be 3 different numbers"]
        );
        assert_eq!(findings(&[1, 4, 1, 4, 2, 2, 3, 3, 3, 3, 3, 3]), [""; 0]);
        assert_eq!(
            findings(&[1, 4, 1, 4, 2, 3, 3, 3, 3, 3, 3, 3]),
            ["7 of 12 multiple choices have 3 right options; let it be half of them at most"]
        );
        // 50 options of 100 by chance, and 5 either way.
        let twenty = |more: usize| {
            let mut numbers = [1, 2, 3, 4].repeat(5);
            numbers.iter_mut().filter(|number| **number < 4).take(more).for_each(|number| *number += 1);
            numbers
        };
        assert_eq!(findings(&twenty(10)), [""; 0]);
        assert_eq!(
            findings(&twenty(11)),
            ["61 of 100 options of multiple choices are right; make it about half"]
        );
    }

    #[test]
    fn no_number_is_the_answer_nearly_every_time() {
        let answers = |twos: usize| {
            let mut counts = Counts::default();
            counts.answers("q", (0..100).map(|n| if n < twos { "2".to_owned() } else { n.to_string() }));
            counts.findings()
        };
        assert_eq!(answers(50), [""; 0]);
        assert_eq!(answers(51), ["q: 2 is the answer in 51 of 100 draws"]);
    }
}
