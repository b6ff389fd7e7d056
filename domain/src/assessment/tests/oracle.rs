//! Marking again by another method: whole numbers only, everything scaled by hand, nothing shared with the module
//! except the types of the question.

use proptest::prelude::*;

use crate::{
    assessment::{
        Category, Difficulty,
        question::{
            Key, Named, NumberKey, Precision, Question, Response, Rounding, RoundingVerdict, UnitEntry,
            UnitVerdict, ValueVerdict, mark,
        },
    },
    quantity::Rational,
};

/// `num / den` rounded to whole numbers, halves away from zero.
fn nearest(num: i128, den: i128) -> i128 {
    let up = (2 * num.abs() + den) / (2 * den);
    if num < 0 { -up } else { up }
}

/// The steps in one of each rule: for [`Rounding::TwoDecimalsBelowOne`] it depends on the number.
fn steps_in_one(rule: Rounding, num: i128, den: i128) -> Option<i128> {
    match rule {
        Rounding::Exact => None,
        Rounding::Whole => Some(1),
        Rounding::Half => Some(2),
        Rounding::OneDecimal => Some(10),
        Rounding::TwoDecimals => Some(100),
        Rounding::TwoDecimalsBelowOne => Some(if num.abs() < den { 100 } else { 10 }),
    }
}

/// The typed number: `mantissa` / 10^`decimals`.
#[derive(Debug, Clone, Copy)]
struct Typed {
    mantissa: i128,
    decimals: u32,
}

impl Typed {
    fn scale(self) -> i128 {
        10i128.pow(self.decimals)
    }

    fn on_grid(self, rule: Rounding) -> bool {
        steps_in_one(rule, self.mantissa, self.scale())
            .is_none_or(|steps| (self.mantissa * steps) % self.scale() == 0)
    }

    /// Is it num/den rounded by the rule, within `slack` hundredths; or off the grid, and num/den at its own place?
    fn stands_for(self, rule: Rounding, num: i128, den: i128, slack: i128) -> bool {
        let (top, bottom) = match steps_in_one(rule, num, den) {
            None => (num, den),
            Some(steps) => (nearest(num * steps, den), steps),
        };
        let apart = (self.mantissa * bottom - top * self.scale()).abs() * 100;
        let near = apart <= slack * bottom * self.scale();
        near || (!self.on_grid(rule) && nearest(num * self.scale(), den) == self.mantissa)
    }

    /// In one of the forms that people write.
    fn written(self, style: u8) -> String {
        let digits = format!("{:0>width$}", self.mantissa.abs(), width = self.decimals as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.decimals as usize);
        let mark = ["", ",", " ", "\u{a0}"][usize::from(style % 4)];
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                grouped.push_str(mark);
            }
            grouped.push(digit);
        }
        if style & 4 != 0 && grouped == "0" && self.decimals > 0 {
            grouped.clear();
        }
        let sign = if self.mantissa < 0 { ["-", "−"][usize::from(style & 1)] } else { "" };
        let point = if self.decimals > 0 { "." } else { "" };
        format!("{sign}{grouped}{point}{fraction}")
    }
}

fn fraction_of(num: i128, den: i128) -> Rational {
    Rational::new(num, den).unwrap()
}

fn question(
    num: i128,
    den: i128,
    rounding: Rounding,
    slack: i128,
    precision: Precision,
    error: (i128, i128),
) -> Question {
    let exact = fraction_of(num, den);
    let key = NumberKey {
        exact,
        answer: rounding.apply(exact).unwrap(),
        unit: Some("mg".parse().unwrap()),
        unit_entry: UnitEntry::Typed,
        unit_choices: Vec::new(),
        also: vec![("g".parse().unwrap(), Rational::whole(1000))],
        rounding,
        tolerance: fraction_of(slack, 100),
        precision,
        errors: vec![Named { name: "known".to_owned(), answer: fraction_of(error.0, error.1) }],
    };
    Question {
        template: "t".to_owned(),
        seed: 0,
        category: Category::SiConversion,
        difficulty: Difficulty::One,
        stimulus: None,
        wording: String::new(),
        hints: Vec::new(),
        solution: Vec::new(),
        figure: None,
        key: Key::Number(key),
    }
}

/// Every unit that is tried, with its expected verdict.
const UNITS: [(&str, UnitVerdict); 5] = [
    ("", UnitVerdict::Missing),
    ("mg", UnitVerdict::Right),
    (" Milligrams", UnitVerdict::Right),
    (" mL", UnitVerdict::Wrong),
    (" mg/kg", UnitVerdict::Wrong),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn marking_agrees_with_whole_numbers(
        (num, den) in (-2_000_000i128..2_000_000, 1i128..3000),
        error in (-2_000_000i128..2_000_000, 1i128..3000),
        close in prop::bool::weighted(0.2),
        rule in prop::sample::select(Rounding::ALL.to_vec()),
        slack in prop_oneof![3 => Just(0i128), 1 => 0i128..300],
        precision in prop::sample::select(vec![Precision::Any, Precision::NoTrailingZeros, Precision::Whole, Precision::OneDecimal, Precision::TwoDecimals]),
        decimals in 0u32..5,
        near in -3i128..=3,
        of_error in prop::bool::weighted(0.3),
        style in 0u8..8,
        unit in 0usize..5,
    ) {
        // A known error very close to the right answer: the right answer must win.
        let error = if close { (num + near, den) } else { error };
        // Near the right answer or near the known error: further away the verdict is clear.
        let about = if of_error { error } else { (num, den) };
        let steps = steps_in_one(rule, about.0, about.1).filter(|_| near % 2 == 0).unwrap_or(10i128.pow(decimals));
        let mantissa = nearest(about.0 * steps, about.1) * 10i128.pow(decimals) / steps + near / 2;
        let typed = Typed { mantissa, decimals };
        let question = question(num, den, rule, slack, precision, error);
        let (unit, unit_verdict) = UNITS[unit];
        let text = format!("{}{unit}", typed.written(style));
        let verdict = mark(&question, &Response::Number { typed: text.clone(), unit: String::new() }).unwrap();

        let value = typed.stands_for(rule, num, den, slack);
        let last_zero = decimals > 0 && mantissa % 10 == 0;
        let written = match precision {
            Precision::Any => true,
            Precision::NoTrailingZeros => !last_zero,
            Precision::Whole => decimals < 1,
            Precision::OneDecimal => decimals < 2,
            Precision::TwoDecimals => decimals < 3,
        };
        let rounding = written && typed.on_grid(rule);
        let known = !value && typed.stands_for(rule, error.0, error.1, 0);
        prop_assert_eq!(verdict.value == ValueVerdict::Right, value, "{}", text);
        prop_assert_eq!(verdict.unit, unit_verdict, "{}", text);
        prop_assert_eq!(verdict.rounding == RoundingVerdict::Right, rounding, "{}", text);
        prop_assert_eq!(verdict.known_error.is_some(), known, "{}", text);
        prop_assert_eq!(verdict.right, value && rounding && unit_verdict == UnitVerdict::Right, "{}", text);
    }

    #[test]
    fn the_other_unit_is_the_same_answer(num in 1i128..1_000_000, decimals in 0u32..4) {
        // num / 10^decimals mg is the same as num / 10^(decimals + 3) g.
        let question = question(num, 10i128.pow(decimals), Rounding::Exact, 0, Precision::Any, (-1, 1));
        // The question lists grams; micrograms convert too, because it leaves the unit open.
        for (mantissa, decimals, unit) in [(num, decimals, "mg"), (num, decimals + 3, "g"), (num * 1000, decimals, "mcg")] {
            let typed = format!("{} {unit}", Typed { mantissa, decimals }.written(0));
            let verdict = mark(&question, &Response::Number { typed, unit: String::new() }).unwrap();
            prop_assert!(verdict.right);
        }
        let typed = format!("{num} g");
        let verdict = mark(&question, &Response::Number { typed, unit: String::new() }).unwrap();
        prop_assert!(!verdict.right);
    }

    /// Within the limits of `Template::check`, no typed answer is too large to be marked.
    #[test]
    fn every_typed_number_can_be_marked(
        (num, den) in (-10i128.pow(12)..=10i128.pow(12), 1..=10i128.pow(12)),
        (up, down) in (1..=10i128.pow(12), 1..=10i128.pow(12)),
        rule in prop::sample::select(Rounding::ALL.to_vec()),
        whole in "[0-9]{1,12}",
        fraction in "[0-9]{1,9}",
        unit in prop::sample::select(vec!["", "mg", "g"]),
    ) {
        let mut question = question(num, den, rule, 300, Precision::Any, (num, den));
        if let Key::Number(key) = &mut question.key {
            key.also[0].1 = fraction_of(up, down);
        }
        let typed = format!("{whole}.{fraction} {unit}");
        let verdict = mark(&question, &Response::Number { typed, unit: String::new() });
        prop_assert!(verdict.is_ok());
    }
}
