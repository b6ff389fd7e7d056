//! What a finished paper tells its setter about its items. Statistics, not marking: the one place with floating point.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::question::{Choice, Key, Question, Response};

/// Classical item analysis of one paper. Spreads are those of a sample: squares are divided by n − 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    pub candidates: u32,
    /// Of the candidates' totals, in marks. Nought when there are no candidates.
    pub mean: f64,
    /// Of the candidates' totals, in marks. Nought when there are fewer than two.
    pub standard_deviation: f64,
    /// How well the items hang together: Cronbach's alpha, `k / (k − 1) × (1 − Σ variance of an item / variance of the
    /// totals)`; 1 when all say the same, about 0 when none has to do with another, below when they contradict each
    /// other. With one mark an item it is Kuder and Richardson's formula 20. `None` for fewer than two items or
    /// candidates, and when all totals are the same.
    ///
    /// Source: Cronbach, Psychometrika 1951; 16: 297. For readers: Bland and Altman, BMJ 1997; 314: 572.
    pub alpha: Option<f64>,
    /// One for each item, in the order of the paper. Empty when there are no candidates: nothing is known of any.
    pub items: Vec<ItemStatistics>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemStatistics {
    /// The mean share of the available marks, 0 to 1: for one mark, the share of candidates who were right.
    pub facility: f64,
    /// Pearson's correlation of the marks for this item with those for all the others together, −1 to 1. The item
    /// itself is left out because it would correlate with its own part of the total. `None` when either is the same
    /// for everybody.
    pub discrimination: Option<f64>,
}

/// Above it an item tells nobody apart. No fault where everybody should be right, so it is said and no more.
const EASY: f64 = 0.95;
/// Below it people do worse than by guessing one option in four.
const HARD: f64 = 0.25;
/// Ebel and Frisbie, Essentials of Educational Measurement (5th ed., 1991), call less than 0.2 poor, of an index that
/// has the item in its total. Without it the same item comes out somewhat lower.
const WEAK: f64 = 0.15;

impl ItemStatistics {
    /// What the setter should look at, if anything. With few candidates it may well be chance: the standard error of a
    /// correlation is about `1 / √(candidates − 1)`, with 30 of them nearly 0.2.
    pub fn remark(&self) -> Option<&'static str> {
        match self.discrimination {
            // First, because the few who were wrong make its correlation a matter of chance.
            _ if self.facility > EASY => Some("Nearly everybody was right"),
            Some(found) if found < 0.0 => Some("Those who did well elsewhere did worse here: check the key"),
            _ if self.facility < HARD => Some("Few were right: check the key"),
            Some(found) if found < WEAK => Some("Hardly tells those who did well elsewhere from the others"),
            _ => None,
        }
    }
}

/// `available[i]` are the marks to be had for item i, `marks[c][i]` what candidate c got for it. A mark that is missing
/// counts as nought, and one above what is available as that.
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
        standard_deviation: if several {
            (spread(&totals, &totals).max(0.0) / (n * (n - 1.0))).sqrt()
        } else {
            0.0
        },
        alpha: if several { alpha(&items, &totals) } else { None },
        items: if marks.is_empty() {
            Vec::new()
        } else {
            items.iter().zip(available).map(|(item, most)| statistics(item, *most, &totals)).collect()
        },
    }
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
/// to 2^53: the same in every order of the candidates, and nought exactly when one of the two never varies.
fn spread(left: &[f64], right: &[f64]) -> f64 {
    let products: f64 = left.iter().zip(right).map(|(a, b)| a * b).sum();
    f64::from(count(left.len())) * products - sum(left) * sum(right)
}

fn alpha(items: &[Vec<f64>], totals: &[f64]) -> Option<f64> {
    let (k, whole) = (f64::from(count(items.len())), spread(totals, totals));
    // What both are divided by falls out of the ratio.
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
    // The root may be a last digit off, which must not make it more than perfect.
    (a > 0.0 && b > 0.0).then(|| (spread(left, right) / (a * b).sqrt()).clamp(-1.0, 1.0))
}

/// One kind of answer to an item, and how many gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The option's text (Markdown), the name of the mistake, or one of "Right", "Another wrong answer", "Another
    /// order" and "Not answered".
    pub answer: String,
    /// Attempts. For multiple choice they add up to more than there were, because an attempt has several options.
    pub count: u32,
    pub right: bool,
    /// The name of the mistake that the answer comes from, where it is known.
    pub known_error: Option<String>,
}

/// In the order in which equally frequent ones are shown, after right ones.
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

/// How often each option was chosen, or each known mistake made, by all who were asked one item: the question as each
/// of them got it, the response and the verdict. Most frequent first, and right before wrong among equals.
///
/// A choice has a row for every option, chosen or not; of anything else there is only what occurred. A response without
/// a verdict, because it could not be marked, is another wrong answer; one with nothing in it is none.
pub fn tally<'a>(
    answers: impl IntoIterator<Item = (&'a Question, Option<&'a Response>, Option<&'a Verdict>)>,
) -> Vec<Tally> {
    let mut counts: BTreeMap<Group, u32> = BTreeMap::new();
    let mut add = |group, times| {
        let count = counts.entry(group).or_insert(0);
        *count = count.saturating_add(times);
    };
    for (question, response, verdict) in answers {
        let response = response.filter(|response| !is_blank(response));
        match &question.key {
            Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
                let chosen = chosen(choices, response);
                if chosen.is_empty() {
                    add(Group::Unanswered, 1);
                }
                for choice in choices {
                    add(Group::of_option(choice), u32::from(chosen.contains(choice.id.as_str())));
                }
            }
            Key::Ordering(_) => add(Group::of_verdict(response, verdict, "Another order"), 1),
            Key::Number(_) | Key::TextEntry(_) => {
                add(Group::of_verdict(response, verdict, "Another wrong answer"), 1);
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

/// The options that were chosen, each once; ids that are not the question's are passed over.
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::assessment::question::{Named, NumberKey, OrderingKey, TextKey};
    use crate::assessment::{
        AskedOption, Category, Difficulty, Precision, Rational, Rounding, UnitEntry, mark,
    };

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    /// Four candidates, each of whom gets one more item right than the next. By hand: totals 3, 2, 1, 0; variances of
    /// the items (×3) 0.75 + 1 + 0.75 = 2.5, of the totals (×3) 5; alpha = 3/2 × (1 − 2.5/5). The first item with the
    /// rest 2, 1, 0, 0: (4×3 − 3×3) / √(3 × 11); the second with 2, 1, 1, 0: (4×3 − 2×4) / √(4 × 8).
    #[test]
    fn a_paper_worked_out_by_hand() {
        let marks = [vec![1, 1, 1], vec![1, 1, 0], vec![1, 0, 0], vec![0, 0, 0]];
        let found = analyse(&[1, 1, 1], &marks);
        assert_eq!((found.candidates, found.mean), (4, 1.5));
        assert!(near(found.standard_deviation, (5.0f64 / 3.0).sqrt()));
        assert!(near(found.alpha.unwrap(), 0.75));
        let facilities: Vec<f64> = found.items.iter().map(|item| item.facility).collect();
        assert_eq!(facilities, [0.75, 0.5, 0.25]);
        let expected = [3.0 / 33.0f64.sqrt(), 0.5f64.sqrt(), 3.0 / 33.0f64.sqrt()];
        for (item, by_hand) in found.items.iter().zip(expected) {
            assert!(near(item.discrimination.unwrap(), by_hand));
            assert_eq!(item.remark(), None);
        }
    }

    /// By hand: totals 6, 5, 2, 3; mean 4, squares 4 + 1 + 4 + 1 = 10. Items: means 3 and 1, squares 4 and 2.
    /// alpha = 2 × (1 − 6/10); both discriminations are the correlation of the two: 2 / √(4 × 2).
    #[test]
    fn items_with_several_marks() {
        let found = analyse(&[4, 2], &[vec![4, 2], vec![4, 1], vec![2, 0], vec![2, 1]]);
        assert!(near(found.mean, 4.0) && near(found.standard_deviation, (10.0f64 / 3.0).sqrt()));
        assert!(near(found.alpha.unwrap(), 0.8));
        for (item, facility) in found.items.iter().zip([0.75, 0.5]) {
            assert!(near(item.facility, facility) && near(item.discrimination.unwrap(), 0.5f64.sqrt()));
        }
    }

    #[test]
    fn items_that_say_the_same_have_alpha_1_and_unrelated_ones_0() {
        let same = analyse(&[1, 1], &[vec![1, 1], vec![0, 0], vec![0, 0]]);
        assert_eq!((same.alpha, same.items[0].discrimination), (Some(1.0), Some(1.0)));
        let unrelated = analyse(&[1, 1], &[vec![1, 1], vec![1, 0], vec![0, 1], vec![0, 0]]);
        assert_eq!((unrelated.alpha, unrelated.items[0].discrimination), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn too_little_to_say() {
        let nobody = analyse(&[1, 1], &[]);
        let nothing =
            Analysis { candidates: 0, mean: 0.0, standard_deviation: 0.0, alpha: None, items: vec![] };
        assert_eq!(nobody, nothing);
        let unknown = |facility| ItemStatistics { facility, discrimination: None };
        let one = analyse(&[2, 1], &[vec![1, 1]]);
        assert_eq!((one.mean, one.standard_deviation, one.alpha), (2.0, 0.0, None));
        assert_eq!(one.items, [unknown(0.5), unknown(1.0)]);
        let one_item = analyse(&[1], &[vec![1], vec![0]]);
        assert_eq!((one_item.alpha, one_item.items), (None, vec![unknown(0.5)]));
        let all_alike = analyse(&[1, 1], &[vec![1, 0], vec![1, 0], vec![1, 0]]);
        assert_eq!((all_alike.mean, all_alike.standard_deviation, all_alike.alpha), (1.0, 0.0, None));
        assert_eq!(all_alike.items, [unknown(1.0), unknown(0.0)]);
        assert_eq!(analyse(&[], &[vec![], vec![]]).alpha, None);
    }

    #[test]
    fn marks_that_do_not_fit_the_paper_are_bounded() {
        assert_eq!(analyse(&[1, 2], &[vec![7], vec![1, 2, 9]]), analyse(&[1, 2], &[vec![1, 0], vec![1, 2]]));
        assert_eq!(analyse(&[0, 1], &[vec![0, 1]]).items[0].facility, 0.0);
    }

    #[test]
    fn remarks_name_what_to_look_at() {
        for (facility, discrimination, begins) in [
            (0.96, Some(-0.1), "Nearly everybody"),
            (0.95, Some(0.3), ""),
            (0.2, Some(-0.01), "Those who did well"),
            (0.24, Some(0.5), "Few were right"),
            (0.0, None, "Few were right"),
            (0.25, Some(0.15), ""),
            (0.6, Some(0.14), "Hardly tells"),
            (0.6, Some(0.0), "Hardly tells"),
            (0.6, None, ""),
        ] {
            let remark = ItemStatistics { facility, discrimination }.remark();
            let fits =
                remark.map_or(begins.is_empty(), |remark| !begins.is_empty() && remark.starts_with(begins));
            assert!(fits, "{facility} {discrimination:?}: {remark:?}");
        }
    }

    type Paper = (Vec<u32>, Vec<Vec<u32>>);

    fn paper() -> impl Strategy<Value = Paper> {
        prop::collection::vec(1u32..6, 1..8).prop_flat_map(|available| {
            let row: Vec<_> = available.iter().map(|most| 0..=*most).collect();
            (Just(available), prop::collection::vec(row, 0..14))
        })
    }

    /// By the definition, from the deviations from the mean. `None` where it is nought divided by nought.
    fn pearson(left: &[f64], right: &[f64]) -> Option<f64> {
        let away = |values: &[f64]| -> Vec<f64> {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|value| value - mean).collect()
        };
        let (left, right) = (away(left), away(right));
        let length = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let below = length(&left) * length(&right);
        (below > 1e-9).then(|| left.iter().zip(&right).map(|(a, b)| a * b).sum::<f64>() / below)
    }

    fn same(left: Option<f64>, right: Option<f64>) -> bool {
        left.zip(right).map_or(left == right, |(left, right)| near(left, right))
    }

    proptest! {
        #[test]
        fn shares_and_correlations_stay_in_their_bounds((available, marks) in paper()) {
            let found = analyse(&available, &marks);
            prop_assert_eq!(found.items.len(), if marks.is_empty() { 0 } else { available.len() });
            for item in &found.items {
                prop_assert!((0.0..=1.0).contains(&item.facility));
                prop_assert!(item.discrimination.is_none_or(|found| found.abs() <= 1.0));
            }
            prop_assert!(found.alpha.is_none_or(|alpha| alpha <= 1.0 + 1e-9));
            prop_assert!(found.standard_deviation >= 0.0);
        }

        #[test]
        fn the_order_of_candidates_changes_nothing(
            ((available, marks), shuffled) in paper().prop_flat_map(|(available, marks)| {
                let shuffled = Just(marks.clone()).prop_shuffle();
                (Just((available, marks)), shuffled)
            })
        ) {
            prop_assert_eq!(analyse(&available, &marks), analyse(&available, &shuffled));
        }

        /// Twice the paper is never less reliable: the variance of totals is at most k times that of the items.
        #[test]
        fn asking_every_item_twice_never_lowers_alpha((available, marks) in paper()) {
            let twice = analyse(&available.repeat(2), &marks.iter().map(|got| got.repeat(2)).collect::<Vec<_>>());
            if let Some(alpha) = analyse(&available, &marks).alpha {
                prop_assert!(twice.alpha.unwrap() >= alpha - 1e-9);
            }
        }

        #[test]
        fn one_item_again_and_again_has_alpha_1(got in prop::collection::vec(0u32..5, 2..12), times in 2usize..6) {
            let marks: Vec<_> = got.iter().map(|mark| vec![*mark; times]).collect();
            let alpha = analyse(&vec![5; times], &marks).alpha;
            prop_assert!(same(alpha, got.iter().any(|mark| *mark != got[0]).then_some(1.0)));
        }

        #[test]
        fn discrimination_is_pearsons((available, marks) in paper()) {
            for (i, item) in analyse(&available, &marks).items.iter().enumerate() {
                let own: Vec<_> = marks.iter().map(|got| f64::from(got[i])).collect();
                let rest: Vec<_> =
                    marks.iter().map(|got| f64::from(got.iter().sum::<u32>() - got[i])).collect();
                prop_assert!(same(item.discrimination, pearson(&own, &rest)), "{item:?}");
            }
        }

        /// The other form of alpha: k × mean covariance / (mean variance + (k − 1) × mean covariance).
        #[test]
        fn alpha_is_that_of_the_covariances((available, marks) in paper()) {
            let (k, n) = (available.len(), marks.len() as f64);
            let mean = |i: usize| marks.iter().map(|got| f64::from(got[i])).sum::<f64>() / n;
            let covariance = |i: usize, j: usize| {
                let products = marks.iter().map(|got| (f64::from(got[i]) - mean(i)) * (f64::from(got[j]) - mean(j)));
                products.sum::<f64>() / (n - 1.0)
            };
            let mut sums = (0.0, 0.0);
            for i in 0..k {
                sums.0 += covariance(i, i);
                sums.1 += (0..k).filter(|j| *j != i).map(|j| covariance(i, j)).sum::<f64>();
            }
            let varies = marks.iter().map(|got| got.iter().sum::<u32>()).collect::<BTreeSet<_>>().len() > 1;
            let k = k as f64;
            let (variance, between) = (sums.0 / k, sums.1 / (k * (k - 1.0)));
            let oracle = (k > 1.0 && varies).then(|| k * between / (variance + (k - 1.0) * between));
            prop_assert!(same(analyse(&available, &marks).alpha, oracle));
        }
    }

    fn question(key: Key) -> Question {
        let (category, difficulty) = (Category::OralLiquids, Difficulty::Two);
        let (stimulus, wording, hints, solution) = (None, String::new(), vec![], vec![]);
        Question {
            template: "t".into(),
            seed: 1,
            category,
            difficulty,
            stimulus,
            wording,
            hints,
            solution,
            key,
        }
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn number(answer: i64, error: i64) -> Question {
        question(Key::Number(NumberKey {
            exact: Rational::whole(answer),
            answer: Rational::whole(answer),
            unit: None,
            unit_entry: UnitEntry::Typed,
            unit_choices: vec![],
            also: vec![],
            rounding: Rounding::Exact,
            tolerance: Rational::ZERO,
            precision: Precision::default(),
            errors: vec![Named { name: "Multiplied".into(), answer: Rational::whole(error) }],
        }))
    }

    fn choices(options: &[(&str, bool, Option<&str>)]) -> Vec<Choice> {
        let choice = |(id, (text, right, error)): (char, &(&str, bool, Option<&str>))| Choice {
            id: id.into(),
            text: (*text).into(),
            right: *right,
            why: None,
            error: error.map(str::to_owned),
        };
        ('a'..).zip(options).map(choice).collect()
    }

    /// Marks everything and puts the tally in a form that can be compared: "text count", with "*" for what is right
    /// and the mistake in brackets.
    fn tallied(answers: &[(Question, Option<Response>)]) -> Vec<String> {
        let verdict = |(question, response): &(Question, Option<Response>)| {
            response.as_ref().and_then(|response| mark(question, response).ok())
        };
        let verdicts: Vec<_> = answers.iter().map(verdict).collect();
        let asked = answers.iter().zip(&verdicts);
        tally(asked.map(|((question, response), verdict)| (question, response.as_ref(), verdict.as_ref())))
            .into_iter()
            .map(|row| {
                let error = row.known_error.map(|name| format!(" ({name})")).unwrap_or_default();
                format!("{} {}{}{error}", row.answer, row.count, if row.right { "*" } else { "" })
            })
            .collect()
    }

    fn typed(text: &str) -> Option<Response> {
        Some(Response::Number { typed: text.into(), unit: String::new() })
    }

    #[test]
    fn numbers_that_differ_between_attempts_are_grouped_by_the_mistake() {
        let answers = [
            (number(5, 20), typed("20")),
            (number(6, 24), typed("24")),
            (number(5, 20), typed("5")),
            (number(6, 24), typed("6")),
            (number(6, 24), typed("5")),
            (number(6, 24), typed("six")),
            (number(6, 24), typed(" ")),
            (number(6, 24), None),
            (number(6, 24), None),
        ];
        assert_eq!(
            tallied(&answers),
            ["Not answered 3", "Right 2*", "Multiplied 2 (Multiplied)", "Another wrong answer 2"]
        );
        assert_eq!(tallied(&[]), [""; 0]);
    }

    #[test]
    fn every_option_has_a_row_wherever_it_stood() {
        let picked = |id: &str| Some(Response::Chosen(strings(&[id])));
        let one = || {
            question(Key::SingleChoice(choices(&[
                ("mg", true, None),
                ("g", false, Some("Unit")),
                ("kg", false, None),
            ])))
        };
        let other = || {
            question(Key::SingleChoice(choices(&[
                ("kg", false, None),
                ("g", false, Some("Unit")),
                ("mg", true, None),
            ])))
        };
        let answers = [(one(), picked("b")), (other(), picked("c")), (other(), picked("b")), (one(), None)];
        assert_eq!(tallied(&answers), ["g 2 (Unit)", "mg 1*", "Not answered 1", "kg 0"]);
        // Ids of another question count for none of its options.
        assert_eq!(tallied(&[(one(), picked("z"))]), ["Not answered 1", "mg 0*", "g 0 (Unit)", "kg 0"]);
    }

    #[test]
    fn several_options_count_each_and_once() {
        let key = || {
            question(Key::MultipleChoice(choices(&[
                ("x", true, None),
                ("y", true, None),
                ("z", false, None),
            ])))
        };
        let picked = |ids: &[&str]| Some(Response::Chosen(strings(ids)));
        let answers = [(key(), picked(&["a", "c"])), (key(), picked(&["c", "c"])), (key(), picked(&[]))];
        assert_eq!(tallied(&answers), ["z 2", "x 1*", "Not answered 1", "y 0*"]);
    }

    #[test]
    fn orders_and_texts() {
        let order = || {
            let items = ["a", "b", "c"].map(|id| AskedOption { id: id.into(), text: id.into() }).into();
            let errors = vec![Named { name: "Backwards".into(), answer: strings(&["c", "b", "a"]) }];
            question(Key::Ordering(OrderingKey { items, right: strings(&["a", "b", "c"]), errors }))
        };
        let put = |ids: &[&str]| Some(Response::Ordered(strings(ids)));
        let answers = [
            (order(), put(&["a", "c", "b"])),
            (order(), put(&["c", "b", "a"])),
            (order(), put(&["a", "b", "c"])),
            (order(), put(&["a", "b"])),
        ];
        assert_eq!(tallied(&answers), ["Another order 2", "Right 1*", "Backwards 1 (Backwards)"]);
        let text = || {
            let errors = vec![Named { name: "Sound".into(), answer: strings(&["amoxycillin"]) }];
            question(Key::TextEntry(TextKey {
                accepted: strings(&["amoxicillin"]),
                case_matters: false,
                errors,
            }))
        };
        let wrote = |text: &str| Some(Response::Text(text.into()));
        let answers =
            [(text(), wrote("amoxycillin")), (text(), wrote("Amoxicillin")), (text(), wrote("ibuprofen"))];
        assert_eq!(tallied(&answers), ["Right 1*", "Sound 1 (Sound)", "Another wrong answer 1"]);
    }

    proptest! {
        #[test]
        fn the_order_of_attempts_changes_no_tally(
            answers in prop::collection::vec((prop::sample::select(vec![5i64, 6]), "|5|6|20|7"), 0..9).prop_flat_map(
                |answers| (Just(answers.clone()), Just(answers).prop_shuffle()))
        ) {
            let asked = |answers: &[(i64, String)]| -> Vec<_> {
                answers.iter().map(|(answer, text)| (number(*answer, 20), typed(text))).collect()
            };
            prop_assert_eq!(tallied(&asked(&answers.0)), tallied(&asked(&answers.1)));
        }
    }
}
