use proptest::prelude::*;

use super::*;
use crate::{
    assessment::{
        Category, Difficulty,
        question::{
            AskedOption, Named, NumberKey, OrderingKey, Precision, Rounding, TextKey, UnitEntry, mark,
        },
    },
    quantity::Rational,
};

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

/// Four candidates; each gets one more item right than the next. By hand: totals 3, 2, 1, 0; variances of
/// the items (×3) 0.75 + 1 + 0.75 = 2.5, of the totals (×3) 5; alpha = 3/2 × (1 − 2.5/5). The first item with the
/// rest 2, 1, 0, 0: (4×3 − 3×3) / √(3 × 11); the second with 2, 1, 1, 0: (4×3 − 2×4) / √(4 × 8).
#[test]
fn a_paper_agrees_with_a_calculation_by_hand() {
    let marks = [vec![1, 1, 1], vec![1, 1, 0], vec![1, 0, 0], vec![0, 0, 0]];
    let found = analyse(&[1, 1, 1], &marks);
    assert_eq!((found.candidates, found.mean), (4, 1.5));
    assert!(near(found.standard_deviation.unwrap(), (5.0f64 / 3.0).sqrt()));
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
fn items_with_several_marks_agree_with_a_calculation_by_hand() {
    let found = analyse(&[4, 2], &[vec![4, 2], vec![4, 1], vec![2, 0], vec![2, 1]]);
    assert!(near(found.mean, 4.0) && near(found.standard_deviation.unwrap(), (10.0f64 / 3.0).sqrt()));
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
fn a_mean_in_words_never_exceeds_the_mean() {
    for (sum, candidates, words) in
        [(2, 1, "2.0"), (59, 20, "2.9"), (60, 20, "3.0"), (41, 10, "4.1"), (1, 3, "0.3"), (0, 7, "0.0")]
    {
        assert_eq!(tenths(f64::from(sum) / f64::from(candidates)), words);
    }
    // An exact number of tenths stays the same.
    for (tenth, candidates) in
        (0..2000).flat_map(|tenth| [1, 7, 10, 90].map(|candidates| (tenth, candidates)))
    {
        let mean = f64::from(tenth * candidates) / f64::from(candidates * 10);
        assert_eq!(tenths(mean), format!("{}.{}", tenth / 10, tenth % 10));
    }
}

#[test]
fn too_few_candidates_give_no_statistics() {
    let nobody = analyse(&[1, 1], &[]);
    let nothing = Analysis { candidates: 0, mean: 0.0, standard_deviation: None, alpha: None, items: vec![] };
    assert_eq!(nobody, nothing);
    let unknown = |facility| ItemStatistics { facility, discrimination: None };
    let one = analyse(&[2, 1], &[vec![1, 1]]);
    assert_eq!((one.mean, one.standard_deviation, one.alpha), (2.0, None, None));
    assert_eq!(one.items, [unknown(0.5), unknown(1.0)]);
    let one_item = analyse(&[1], &[vec![1], vec![0]]);
    assert_eq!((one_item.alpha, one_item.items), (None, vec![unknown(0.5)]));
    let all_alike = analyse(&[1, 1], &[vec![1, 0], vec![1, 0], vec![1, 0]]);
    assert_eq!((all_alike.mean, all_alike.standard_deviation, all_alike.alpha), (1.0, Some(0.0), None));
    assert_eq!(all_alike.items, [unknown(1.0), unknown(0.0)]);
    assert_eq!(analyse(&[], &[vec![], vec![]]).alpha, None);
}

#[test]
fn marks_beyond_the_paper_are_clamped() {
    assert_eq!(analyse(&[1, 2], &[vec![7], vec![1, 2, 9]]), analyse(&[1, 2], &[vec![1, 0], vec![1, 2]]));
    assert_eq!(analyse(&[0, 1], &[vec![0, 1]]).items[0].facility, 0.0);
}

#[test]
fn remarks_name_items_to_check() {
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

/// By the definition, from the deviations from the mean. `None` for zero divided by zero.
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
        prop_assert!(found.standard_deviation.is_none_or(|found| found >= 0.0));
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
    fn discrimination_is_pearsons_correlation((available, marks) in paper()) {
        for (i, item) in analyse(&available, &marks).items.iter().enumerate() {
            let own: Vec<_> = marks.iter().map(|got| f64::from(got[i])).collect();
            let rest: Vec<_> =
                marks.iter().map(|got| f64::from(got.iter().sum::<u32>() - got[i])).collect();
            prop_assert!(same(item.discrimination, pearson(&own, &rest)), "{item:?}");
        }
    }

    /// The other form of alpha: k × mean covariance / (mean variance + (k − 1) × mean covariance).
    #[test]
    fn alpha_agrees_with_its_form_by_covariances((available, marks) in paper()) {
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
    Question {
        template: "t".into(),
        seed: 1,
        category,
        difficulty,
        stimulus: None,
        wording: String::new(),
        hints: vec![],
        solution: vec![],
        figure: None,
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

/// Marks everything and puts the tally into a comparable form: "text count", with "*" for right answers and the mistake
/// in brackets.
/// and the mistake in brackets.
fn tallied(answers: &[(Question, Option<Response>)]) -> Vec<String> {
    let verdict = |(question, response): &(Question, Option<Response>)| {
        response.as_ref().and_then(|response| mark(question, response).ok())
    };
    let verdicts: Vec<_> = answers.iter().map(verdict).collect();
    let asked = answers.iter().zip(&verdicts);
    let one_each: Vec<_> = asked
        .map(|((question, response), verdict)| Alike {
            question,
            response: response.as_ref(),
            verdict: verdict.as_ref(),
            times: 1,
        })
        .collect();
    let tallied = tally(one_each.iter().copied());
    let thrice = one_each.iter().map(|alike| Alike { times: 3, ..*alike });
    let of_each = one_each.iter().flat_map(|alike| [*alike; 3]);
    assert_eq!(tally(thrice), tally(of_each), "counted together and one by one");
    tallied
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
fn a_right_number_without_its_unit_is_tallied_as_such() {
    let asked = || {
        let mut question = number(5, 20);
        let Key::Number(key) = &mut question.key else { unreachable!() };
        (key.unit, key.unit_entry) = ("mg".parse().ok(), UnitEntry::Chosen);
        question
    };
    let answers = [(asked(), typed("5")), (asked(), typed("5 mg")), (asked(), typed("7"))];
    assert_eq!(
        tallied(&answers),
        ["Right 1*", "Another wrong answer 1", "The right number, without its unit 1"]
    );
}

#[test]
fn every_option_has_a_row_whatever_its_place() {
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
fn several_chosen_options_each_count_once() {
    let key = || {
        question(Key::MultipleChoice(choices(&[("x", true, None), ("y", true, None), ("z", false, None)])))
    };
    let picked = |ids: &[&str]| Some(Response::Chosen(strings(ids)));
    let answers = [(key(), picked(&["a", "c"])), (key(), picked(&["c", "c"])), (key(), picked(&[]))];
    assert_eq!(tallied(&answers), ["z 2", "x 1*", "Not answered 1", "y 0*"]);
}

#[test]
fn orders_and_texts_are_tallied() {
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
        question(Key::TextEntry(TextKey { accepted: strings(&["amoxicillin"]), case_matters: false, errors }))
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
