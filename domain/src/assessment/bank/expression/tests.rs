use num_rational::BigRational;
use proptest::prelude::*;

use super::*;

fn values() -> Values {
    let values =
        Values::default().number("dose", Rational::whole(250)).number("stock", Rational::new(1, 2).unwrap());
    let mut values = values.number("nought", Rational::ZERO);
    values.set("drug", Value::Word("digoxin".into()));
    values
}

fn value(text: &str) -> Result<Value, ExpressionError> {
    Expression::parse(text)?.value(&values())
}

#[test]
fn an_unreadable_expression_is_reported_with_its_position() {
    for (text, column, says) in [
        ("", 1, "missing at the end"),
        ("2 +", 4, "missing at the end"),
        ("2 3", 3, "an operator"),
        ("2 * (3 + 4", 11, "the ( at character 5 needs its )"),
        ("2)", 2, "no ( before it"),
        ("1,000", 2, "write 1000 for 1,000"),
        (".5", 1, "write it like 12 or 0.5"),
        ("1.2.3", 1, "write it like"),
        ("dose = 2", 6, "write == to compare"),
        ("1 <= dose <= 2", 11, "a <= b and b <= c"),
        ("rond(2)", 1, "there is no function `rond`"),
        ("round", 1, "write round(...)"),
        ("round(1, 2, 3)", 1, "takes 1 to 2 values, not 3"),
        ("abs()", 5, "missing before )"),
        ("2 × 3", 3, "write * for times"),
        ("dose ÷ 2", 6, "write / for divided by"),
        ("Dose", 1, "lower case"),
        ("and 2", 1, "needs something before it"),
        ("2 & 3", 3, "as words"),
        ("2 ? 3", 3, "has no meaning"),
        (&format!("{}1", "(".repeat(60)), 41, "too deeply nested"),
        (&format!("1{}", "+1".repeat(600)), 1001, "too long"),
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert!(error.column == column && error.what.contains(says), "{text}: {error}");
    }
}

#[test]
fn an_expression_that_cannot_be_evaluated_is_reported_with_its_position() {
    for (text, column, says) in [
        ("2 * doze", 5, "there is no variable `doze`; there are `dose`, `stock`, `nought` and `drug`"),
        ("dose / nought", 6, "divides by nought"),
        ("drug + 1", 1, "the word \"digoxin\""),
        ("1 + (dose > 2)", 11, "this is a condition"),
        ("dose and dose > 1", 1, "a condition is needed"),
        ("if(dose, 1, 2)", 4, "a condition is needed"),
        ("round(dose, 0.5)", 13, "a whole number from 0 to 12"),
        ("round(dose, -1)", 13, "a whole number from 0 to 12"),
        ("round_to(dose, 0)", 16, "above nought"),
        ("remainder(dose, nought)", 17, "above nought"),
        (&["99999999999"; 5].join(" * "), 41, "too large"),
    ] {
        let error = value(text).unwrap_err();
        assert!(error.column == column && error.what.contains(says), "{text}: {error}");
    }
}

#[test]
fn each_operator_and_function_agrees_with_the_reference() {
    for (text, number) in [
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("(1 + 2) * 3", "9"),
        ("-2 * -3", "6"),
        ("2 - -3", "5"),
        ("10 - 4 - 3", "3"),
        ("8 / 4 / 2", "1"),
        ("1 / 3 + 1 / 6", "0.5"),
        ("0.1 + 0.2", "0.3"),
        ("dose / stock", "500"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("abs(-2.5)", "2.5"),
        ("floor(-2.5)", "-3"),
        ("ceil(2.1)", "3"),
        ("round(2.5)", "3"),
        ("round(250 / 9, 1)", "27.8"),
        ("round(-0.25, 1)", "-0.3"),
        ("round_to(1.3, 0.5)", "1.5"),
        ("round_to(27, 5)", "25"),
        ("if(dose > 200, 1, 2)", "1"),
        ("if(nought == 0, 0, dose / nought)", "0"),
        ("remainder(7.5, 2)", "1.5"),
        ("remainder(-1, 4)", "3"),
    ] {
        assert_eq!(value(text), Ok(Value::Number(number.parse().unwrap())), "{text}");
    }
    for (text, truth) in [
        ("1 < 2", true),
        ("2 <= 2", true),
        ("1 > 2", false),
        ("2 >= 3", false),
        ("0.50 == 1 / 2", true),
        ("1 != 1", false),
        ("not 1 > 2", true),
        ("not 1 > 2 and 1 > 2", false),
        ("1 > 2 and 1 > 2 or 1 < 2", true),
        ("1 < 2 or 1 > 2 and 1 > 2", true),
        ("nought != 0 and dose / nought > 1", false),
        ("nought == 0 or dose / nought > 1", true),
        ("is_whole(dose / 4)", false),
        ("1 + 1 == 2 and is_whole(5)", true),
    ] {
        assert_eq!(value(text), Ok(Value::Truth(truth)), "{text}");
    }
}

/// A tree of the language, with its own evaluation over unlimited integers and its own conversion to text.
#[derive(Debug, Clone)]
enum Tree {
    Number(i64),
    Tenths(i64),
    Dose,
    Stock,
    Minus(Box<Tree>),
    Both(char, Box<Tree>, Box<Tree>),
    Floor(Box<Tree>),
    Round(Box<Tree>, u32),
    Least(Box<Tree>, Box<Tree>),
    Choose(Box<Tree>, Box<Tree>, Box<Tree>),
}

fn big(num: i64, den: i64) -> BigRational {
    BigRational::new(num.into(), den.into())
}

impl Tree {
    fn any() -> impl Strategy<Value = Self> {
        let leaf = prop_oneof![
            (0i64..2000).prop_map(Self::Number),
            (0i64..5000).prop_map(Self::Tenths),
            Just(Self::Dose),
            Just(Self::Stock)
        ];
        leaf.prop_recursive(6, 40, 3, |inner| {
            let boxed = inner.prop_map(Box::new).boxed();
            let two = (boxed.clone(), boxed.clone());
            prop_oneof![
                1 => boxed.clone().prop_map(Self::Minus),
                4 => (prop::sample::select(vec!['+', '-', '*', '/']), two.clone()).prop_map(|(op, (a, b))| Self::Both(op, a, b)),
                1 => boxed.clone().prop_map(Self::Floor),
                1 => (boxed.clone(), 0u32..4).prop_map(|(a, places)| Self::Round(a, places)),
                1 => two.prop_map(|(a, b)| Self::Least(a, b)),
                1 => (boxed.clone(), boxed.clone(), boxed).prop_map(|(a, b, c)| Self::Choose(a, b, c)),
            ]
        })
    }

    fn value(&self) -> Option<BigRational> {
        Some(match self {
            Self::Number(number) => big(*number, 1),
            Self::Tenths(number) => big(*number, 10),
            Self::Dose => big(250, 1),
            Self::Stock => big(1, 2),
            Self::Minus(a) => -a.value()?,
            Self::Both('+', a, b) => a.value()? + b.value()?,
            Self::Both('-', a, b) => a.value()? - b.value()?,
            Self::Both('*', a, b) => a.value()? * b.value()?,
            Self::Both(_, a, b) => {
                let (a, b) = (a.value()?, b.value()?);
                if b == big(0, 1) {
                    return None;
                }
                a / b
            }
            Self::Floor(a) => a.value()?.floor(),
            Self::Round(a, places) => {
                (a.value()? * big(10i64.pow(*places), 1)).round() / big(10i64.pow(*places), 1)
            }
            Self::Least(a, b) => a.value()?.min(b.value()?),
            Self::Choose(a, b, c) => {
                if a.value()? < big(100, 1) {
                    b.value()?
                } else {
                    c.value()?
                }
            }
        })
    }

    /// With as few parentheses as the precedence allows; `binds` is that of the operator around it.
    fn text(&self, binds: u8) -> String {
        let (mine, text) = match self {
            Self::Number(number) => (9, number.to_string()),
            Self::Tenths(number) => (9, format!("{}.{}", number / 10, number % 10)),
            Self::Dose => (9, "dose".to_owned()),
            Self::Stock => (9, "stock".to_owned()),
            Self::Minus(a) => (3, format!("-{}", a.text(3))),
            Self::Both(op @ ('+' | '-'), a, b) => (1, format!("{} {op} {}", a.text(1), b.text(2))),
            Self::Both(op, a, b) => (2, format!("{}{op}{}", a.text(2), b.text(3))),
            Self::Floor(a) => (9, format!("floor({})", a.text(0))),
            Self::Round(a, places) => (9, format!("round({}, {places})", a.text(0))),
            Self::Least(a, b) => (9, format!("min({},{})", a.text(0), b.text(0))),
            Self::Choose(a, b, c) => (9, format!("if({} < 100, {}, {})", a.text(1), b.text(0), c.text(0))),
        };
        if mine < binds { format!("({text})") } else { text }
    }
}

proptest! {
    #[test]
    fn an_expression_agrees_with_an_independent_evaluation(tree in Tree::any()) {
        let text = tree.text(0);
        prop_assume!(text.chars().count() <= Expression::MAX_CHARS);
        match value(&text) {
            Ok(Value::Number(number)) => {
                let ours = BigRational::new(number.numerator().into(), number.denominator().into());
                prop_assert_eq!(Some(ours), tree.value(), "{}", text);
            }
            Ok(other) => prop_assert!(false, "{} is {:?}", text, other),
            Err(error) if error.what.contains("nought") => prop_assert_eq!(tree.value(), None, "{}", text),
            // Deeper or larger than allowed: refused, which is never a wrong number.
            Err(error) => prop_assert!(error.what.contains("too "), "{}: {}", text, error),
        }
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,60}") {
        let _ = value(&text);
    }

    #[test]
    fn likely_characters_never_panic(text in "[-a-z0-9_+*/(),.<>=! ]{0,40}") {
        let _ = value(&text);
    }
}
