//! Whether a whole bank can be guessed from the appearance of its options: their length, "True" and "False", their
//! place, or the usual number of right ones.
//!
//! If the appearance reveals nothing, every option of a question is equally likely to be right. The expected counts,
//! and how far chance alone strays from them, are known; anything beyond is a habit of the author.

mod counts;

use std::collections::BTreeMap;

use counts::Counts;

use super::{Bank, template::Ask};
use crate::{
    assessment::question::Key,
    learning::{Kind, Question},
};

/// The number of seeds on which the order of options is checked.
const SEEDS: u64 = 400;
/// Fewer questions than this reveal no habit.
const FEWEST: u32 = 20;
/// In standard deviations. Without any habit one bank in about forty is beyond 2 by chance, and rewording one or two
/// options corrects that; a bank within 2 gives little to a learner who guesses by length or by "False".
const BANK: f64 = 2.0;
/// The same for the place of one option, of which there are hundreds: chance exceeds 5 less than once in a million.
const PLACE: f64 = 5.0;

/// How often something occurs, compared with how often it would by chance.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    of: u32,
    seen: f64,
    expected: f64,
    variance: f64,
}

impl Share {
    fn add(&mut self, seen: f64, chance: f64) {
        self.of += 1;
        self.seen += seen;
        self.expected += chance;
        self.variance += chance * (1.0 - chance);
    }

    /// The difference between observed and expected, in standard deviations.
    fn beyond(self) -> Option<f64> {
        (self.of >= FEWEST).then(|| (self.seen - self.expected) / self.variance.sqrt())
    }
}

/// The appearance of a bank.
#[derive(Debug, Default)]
pub struct Looks {
    longest: Share,
    shortest: Share,
    statements: Share,
    places: Vec<String>,
    counts: Counts,
}

/// The length of an option as it is read, and whether it is right.
type Shown = Vec<(usize, bool)>;

impl Looks {
    /// Adds the templates of a bank: single choices, each as an average over many seeds, multiple choices, and the
    /// numbers asked for.
    /// asked for.
    pub fn bank(&mut self, bank: &Bank) {
        for template in &bank.templates {
            let drawn = || (0..SEEDS).filter_map(|seed| template.question(seed).ok());
            let ask = match &template.ask {
                Ask::SingleChoice(ask) => ask,
                Ask::MultipleChoice(ask) => {
                    self.counts.multiple(ask.options.iter().map(|option| option.right));
                    continue;
                }
                Ask::Number(_) => {
                    self.counts
                        .answers(&template.id, drawn().map(|question| question.right_answer().join(" ")));
                    continue;
                }
                Ask::Ordering(_) | Ask::TextEntry(_) => continue,
            };
            let shown = |question: crate::assessment::question::Question| match question.key {
                Key::SingleChoice(choices) => Some(
                    choices
                        .iter()
                        .map(|choice| (choice.text.chars().count(), choice.right))
                        .collect::<Shown>(),
                ),
                _ => None,
            };
            self.choice(&template.id, ask.shuffle, drawn().filter_map(shown));
        }
    }

    /// Adds the questions of a check.
    pub fn check(&mut self, pool: &[Question]) {
        for question in pool {
            match &question.kind {
                Kind::Single { .. } => {
                    let shown = |seed| match question.clone().shuffled(seed).kind {
                        Kind::Single { options } => {
                            options.iter().map(|option| (read_length(&option.text), option.right)).collect()
                        }
                        _ => Shown::new(),
                    };
                    self.choice(&question.id, true, (0..SEEDS).map(shown));
                }
                Kind::TrueFalse { answer } => self.statements.add(f64::from(u8::from(*answer)), 0.5),
                Kind::Multiple { options } => self.counts.multiple(options.iter().map(|option| option.right)),
                Kind::Number { .. } => {}
            }
        }
    }

    fn choice(&mut self, id: &str, shuffled: bool, seeds: impl Iterator<Item = Shown>) {
        let (mut times, mut longest, mut shortest, mut chance) = (0.0, 0.0, 0.0, 0.0);
        let mut places: BTreeMap<usize, f64> = BTreeMap::new();
        for shown in seeds {
            let Some(place) = shown.iter().position(|(_, right)| *right) else { continue };
            let right = shown[place].0;
            // Among equally long options a guesser takes any.
            let credit = |beats: fn(&usize, &usize) -> bool| {
                let lengths = || shown.iter().map(|(length, _)| length);
                let tied = lengths().filter(|length| **length == right).count();
                if lengths().any(|length| beats(length, &right)) { 0.0 } else { 1.0 / count(tied) }
            };
            longest += credit(usize::gt);
            shortest += credit(usize::lt);
            chance += 1.0 / count(shown.len());
            times += 1.0;
            *places.entry(place).or_default() += 1.0;
            for empty in 0..shown.len() {
                places.entry(empty).or_default();
            }
        }
        if times == 0.0 {
            return;
        }
        self.longest.add(longest / times, chance / times);
        self.shortest.add(shortest / times, chance / times);
        let chance = chance / times;
        let strays =
            |seen: f64| (seen - times * chance).abs() > PLACE * (times * chance * (1.0 - chance)).sqrt();
        if let Some((place, seen)) = places.into_iter().find(|(_, seen)| shuffled && strays(*seen)) {
            self.places
                .push(format!("{id}: the right option is in place {} in {seen} of {times} draws", place + 1));
        }
    }

    /// The features that guessing pays by; empty if there are none.
    pub fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (share, which) in [(self.longest, "longest"), (self.shortest, "shortest")] {
            if share.beyond().is_some_and(|beyond| beyond > BANK) {
                found.push(format!(
                    "the right option is the {which} in {:.1} of {} single choices; by chance it would be in about {:.1}",
                    share.seen, share.of, share.expected
                ));
            }
        }
        let statements = self.statements;
        if statements.beyond().is_some_and(|beyond| beyond.abs() > BANK) {
            found.push(format!(
                "{} of {} statements are true; make it about half",
                statements.seen, statements.of
            ));
        }
        found.extend(self.places.iter().cloned());
        found.extend(self.counts.findings());
        found
    }
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

/// The readable text of HTML.
fn read_length(html: &str) -> usize {
    let (mut length, mut inside) = (0, false);
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => length += 1,
            _ => {}
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Opt;

    fn question(n: usize, kind: Kind) -> Question {
        Question { id: format!("q{n}"), text: String::new(), explanation: String::new(), page: None, kind }
    }

    /// Forty single choices of four options, in this number of which the right option is the longest.
    fn pool(longest: usize) -> Vec<Question> {
        let option = |at: usize, right: usize, long: usize| Opt {
            id: at.to_string(),
            text: if at == long { "<b>a longer text</b>".into() } else { "a <b>text</b>".into() },
            right: at == right,
            why: String::new(),
        };
        let single = |n: usize| Kind::Single {
            options: (0..4).map(|at| option(at, 1, if n < longest { 1 } else { 2 })).collect(),
        };
        (0..40).map(|n| question(n, single(n))).collect()
    }

    fn findings(pool: &[Question]) -> Vec<String> {
        let mut looks = Looks::default();
        looks.check(pool);
        looks.findings()
    }

    #[test]
    fn right_options_that_are_too_often_the_longest_are_found() {
        // Ten of forty by chance, and 2.7 either way: 15 are within two standard deviations, 16 are not.
        assert_eq!(findings(&pool(15)), [""; 0]);
        let found = findings(&pool(16));
        assert_eq!(
            found,
            [
                "the right option is the longest in 16.0 of 40 single choices; by chance it would be in about 10.0"
            ]
        );
        assert_eq!(findings(&pool(40)[..19]), [""; 0], "too few to tell");
    }

    #[test]
    fn statements_are_about_as_often_true_as_false() {
        let statements = |yes: usize| {
            (0..40).map(|n| question(n, Kind::TrueFalse { answer: n < yes })).collect::<Vec<_>>()
        };
        for yes in [14, 20, 26] {
            assert_eq!(findings(&statements(yes)), [""; 0], "{yes}");
        }
        for yes in [13, 27] {
            assert_eq!(
                findings(&statements(yes)),
                [format!("{yes} of 40 statements are true; make it about half")]
            );
        }
    }

    #[test]
    fn an_option_that_keeps_to_its_place_is_found() {
        let mut looks = Looks::default();
        let still = |_| vec![(4, false), (4, true), (4, false)];
        looks.choice("still", true, (0..SEEDS).map(still));
        assert_eq!(looks.findings(), ["still: the right option is in place 1 in 0 of 400 draws"]);
        let mut looks = Looks::default();
        looks.choice("a list from small to large", false, (0..SEEDS).map(still));
        assert_eq!(looks.findings(), [""; 0]);
    }
}
