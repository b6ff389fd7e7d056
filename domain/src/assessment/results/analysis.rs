//! The item analysis of a finished paper. It is statistics, not marking: the only place with floating point.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::assessment::question::{Choice, Key, Question, Response, UnitVerdict, ValueVerdict, Verdict};

/// Classical item analysis of one paper. Deviations are those of a sample: squares are divided by n − 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    pub candidates: u32,
    /// The mean of the candidates' totals, in marks. Zero when there are no candidates.
    pub mean: f64,
    /// The standard deviation of the candidates' totals, in marks. `None` for fewer than two candidates, when it is unknown.
    pub standard_deviation: Option<f64>,
    /// The internal consistency of the items: Cronbach's alpha,
    /// `k / (k − 1) × (1 − Σ variance of an item / variance of the totals)`; 1 when all say the same, about 0 when none
    /// has to do with another, below when they contradict each other. With one mark an item it is Kuder and
    /// Richardson's formula 20. `None` for fewer than two items or candidates, and when all totals are the same.
    ///
    /// Source: Cronbach, Psychometrika 1951; 16: 297. For readers: Bland and Altman, BMJ 1997; 314: 572.
    pub alpha: Option<f64>,
    /// One entry for each item, in the order of the paper. Empty when there are no candidates.
    pub items: Vec<ItemStatistics>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemStatistics {
    /// The mean share of the available marks, 0 to 1: for one mark, the share of candidates who were right.
    pub facility: f64,
    /// Pearson's correlation of the marks for this item with those for all the others together, −1 to 1. The item
    /// itself is left out because it would correlate with its own part of the total. `None` when either is the same for
    /// all candidates.
    pub discrimination: Option<f64>,
}

/// With fewer candidates there is no remark on an item: two who were wrong by chance are no reason to check a key.
pub const FEWEST: u32 = 10;

/// Above it an item does not discriminate. That is not a fault if all candidates should be right, so it is only a
/// remark.
const EASY: f64 = 0.95;
/// Below it candidates do worse than by guessing one option in four.
const HARD: f64 = 0.25;
/// Ebel and Frisbie, Essentials of Educational Measurement (5th ed., 1991), call less than 0.2 poor, of an index that
/// has the item in its total. Without it the same item comes out somewhat lower.
const WEAK: f64 = 0.15;

impl ItemStatistics {
    /// The remark for the setter, if any. With few candidates it may well be chance: the standard error of a
    /// correlation is about `1 / √(candidates − 1)`, with 30 of them nearly 0.2.
    /// correlation is about `1 / √(candidates − 1)`, with 30 of them nearly 0.2.
    pub fn remark(&self) -> Option<&'static str> {
        match self.discrimination {
            // First, because with few wrong answers its correlation is a matter of chance.
            _ if self.facility > EASY => Some("Nearly everybody was right"),
            Some(found) if found < 0.0 => Some("Those who did well elsewhere did worse here: check the key"),
            _ if self.facility < HARD => Some("Few were right: check the key"),
            Some(found) if found < WEAK => Some("Hardly tells those who did well elsewhere from the others"),
            _ => None,
        }
    }
}

/// `available[i]` are the available marks of item i, and `marks[c][i]` are the marks of candidate c for it. A missing mark
/// counts as zero, and one above the available marks as the available marks.
pub fn analyse(available: &[u32], marks: &[Vec<u32>]) -> Analysis {
    let candidates = count(marks.len());
    let items: Vec<Vec<f64>> =
        available.iter().enumerate().map(|(item, most)| column(marks, item, *most)).collect();
    let mut totals = vec![0.0; marks.len()];
    for item in &items {
        totals.iter_mut().zip(item).for_each(|(total, mark)| *total += mark);
    }
    let several = candidates > 1;
    let n = f64::from(candidates);
    Analysis {
        candidates,
        mean: if marks.is_empty() { 0.0 } else { sum(&totals) / n },
        standard_deviation: several.then(|| (spread(&totals, &totals).max(0.0) / (n * (n - 1.0))).sqrt()),
        alpha: if several { alpha(&items, &totals) } else { None },
        items: if marks.is_empty() {
            Vec::new()
        } else {
            items.iter().zip(available).map(|(item, most)| statistics(item, *most, &totals)).collect()
        },
    }
}

impl Analysis {
    /// "2.9": rounded down like marks, so that no mean below the pass mark looks like a pass.
    pub fn mean_in_words(&self) -> String {
        tenths(self.mean)
    }
}

/// One decimal, rounded down. The floating-point error is far below a mark divided by the number of candidates of any
/// paper.
pub(super) fn tenths(mean: f64) -> String {
    format!("{:.1}", (mean * 10.0 + 1e-6).floor() / 10.0)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn column(marks: &[Vec<u32>], item: usize, most: u32) -> Vec<f64> {
    marks.iter().map(|got| f64::from(got.get(item).copied().unwrap_or(0).min(most))).collect()
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// n² times the covariance of the two, or the variance of one with itself. Marks are whole numbers, so this is exact up
/// to 2^53: the same in every order of the candidates, and zero exactly when one of the two never varies.
fn spread(left: &[f64], right: &[f64]) -> f64 {
    let products: f64 = left.iter().zip(right).map(|(a, b)| a * b).sum();
    f64::from(count(left.len())) * products - sum(left) * sum(right)
}

fn alpha(items: &[Vec<f64>], totals: &[f64]) -> Option<f64> {
    let (k, whole) = (f64::from(count(items.len())), spread(totals, totals));
    // The common divisor cancels out of the ratio.
    let parts: f64 = items.iter().map(|item| spread(item, item)).sum();
    (items.len() > 1 && whole > 0.0).then(|| k / (k - 1.0) * (1.0 - parts / whole))
}

fn statistics(item: &[f64], most: u32, totals: &[f64]) -> ItemStatistics {
    let full = f64::from(count(item.len())) * f64::from(most);
    let rest: Vec<f64> = totals.iter().zip(item).map(|(total, mark)| total - mark).collect();
    ItemStatistics {
        facility: if full > 0.0 { sum(item) / full } else { 0.0 },
        discrimination: correlation(item, &rest),
    }
}

fn correlation(left: &[f64], right: &[f64]) -> Option<f64> {
    let (a, b) = (spread(left, left), spread(right, right));
    // The root may be off in the last digit, which must not make the correlation exceed 1.
    (a > 0.0 && b > 0.0).then(|| (spread(left, right) / (a * b).sqrt()).clamp(-1.0, 1.0))
}

/// One kind of answer to an item, and its count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The option's text (Markdown), the name of the mistake, or one of "Right", "The right number, without its
    /// unit", "Another wrong answer", "Another order" and "Not answered".
    pub answer: String,
    /// Attempts. For multiple choice they add up to more than the number of attempts, because an attempt has several
    /// options.
    pub count: u32,
    pub right: bool,
    /// The name of the mistake that the answer comes from, if known.
    pub known_error: Option<String>,
}

/// The order of equally frequent ones, after right ones.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Right,
    /// The numbers differ between attempts, so the same text may be right in one and a certain mistake in another.
    Option {
        text: String,
        right: bool,
        known_error: Option<String>,
    },
    Known(String),
    Another(&'static str),
    Unanswered,
}

/// The common part of a group of candidates who were asked one item: the question as they got it, the response and the
/// verdict.
#[derive(Debug, Clone, Copy)]
pub struct Alike<'a> {
    pub question: &'a Question,
    pub response: Option<&'a Response>,
    pub verdict: Option<&'a Verdict>,
    /// The size of the group.
    pub times: u32,
}

/// How often each option was chosen, or each known mistake made, by all candidates who were asked one item. Most
/// frequent first, and right before wrong among equals.
/// right before wrong among equals.
///
/// A choice has a row for every option, chosen or not; other kinds have rows only for answers that occurred. A response
/// without a verdict, because it could not be marked, is another wrong answer; an empty one is no answer.
pub fn tally<'a>(answers: impl IntoIterator<Item = Alike<'a>>) -> Vec<Tally> {
    let mut counts: BTreeMap<Group, u32> = BTreeMap::new();
    let mut add = |group, times| {
        let count = counts.entry(group).or_insert(0);
        *count = count.saturating_add(times);
    };
    for Alike { question, response, verdict, times } in answers {
        let response = response.filter(|response| !is_blank(response));
        match &question.key {
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                let chosen = chosen(choices, response);
                if chosen.is_empty() {
                    add(Group::Unanswered, times);
                }
                for choice in choices {
                    let chosen = chosen.contains(choice.id.as_str());
                    add(Group::of_option(choice), if chosen { times } else { 0 });
                }
            }
            Key::Ordering(_) => add(Group::of_verdict(response, verdict, "Another order"), times),
            Key::Number(_) | Key::TextEntry(_) => {
                add(Group::of_verdict(response, verdict, "Another wrong answer"), times);
            }
        }
    }
    let mut tallies: Vec<Tally> = counts.into_iter().map(|(group, count)| group.counted(count)).collect();
    // Stable, so equals stay in the order of their groups.
    tallies.sort_by_key(|tally| (Reverse(tally.count), !tally.right));
    tallies
}

fn is_blank(response: &Response) -> bool {
    match response {
        Response::Number { typed, .. } => typed.trim().is_empty(),
        Response::Text(text) => text.trim().is_empty(),
        Response::Chosen(ids) | Response::Ordered(ids) => ids.is_empty(),
    }
}

/// The options that were chosen, each once; unknown ids are ignored.
fn chosen<'a>(choices: &'a [Choice], response: Option<&Response>) -> BTreeSet<&'a str> {
    let ids: &[String] = if let Some(Response::Chosen(ids)) = response { ids } else { &[] };
    choices.iter().filter(|choice| ids.contains(&choice.id)).map(|choice| choice.id.as_str()).collect()
}

impl Group {
    fn of_option(choice: &Choice) -> Self {
        Self::Option {
            text: choice.text.clone(),
            right: choice.right,
            known_error: choice.error.clone().filter(|_| !choice.right),
        }
    }

    fn of_verdict(response: Option<&Response>, verdict: Option<&Verdict>, another: &'static str) -> Self {
        match (response, verdict) {
            (None, _) => Self::Unanswered,
            (_, Some(verdict)) if verdict.right => Self::Right,
            (_, Some(Verdict { known_error: Some(name), .. })) => Self::Known(name.clone()),
            (_, Some(Verdict { unit: UnitVerdict::Missing, value: ValueVerdict::Right, .. })) => {
                Self::Another("The right number, without its unit")
            }
            _ => Self::Another(another),
        }
    }

    fn counted(self, count: u32) -> Tally {
        let plain =
            |answer: &str, right| Tally { answer: answer.to_owned(), count, right, known_error: None };
        match self {
            Self::Right => plain("Right", true),
            Self::Option { text, right, known_error } => Tally { answer: text, count, right, known_error },
            Self::Known(name) => Tally { known_error: Some(name.clone()), ..plain(&name, false) },
            Self::Another(answer) => plain(answer, false),
            Self::Unanswered => plain("Not answered", false),
        }
    }
}

#[cfg(test)]
mod tests;
