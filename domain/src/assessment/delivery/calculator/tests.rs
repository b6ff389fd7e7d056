use num_rational::BigRational;
use proptest::prelude::*;

use super::*;

fn after(keys: &str) -> Calculator {
    let mut calculator = Calculator::default();
    for key in keys.chars() {
        let name = match key {
            'C' => "Escape".to_owned(),
            '<' => "Backspace".to_owned(),
            key => key.to_string(),
        };
        calculator.press(Press::from_key(&name).unwrap());
    }
    calculator
}

fn check(table: &[(&str, &str)]) {
    for (keys, screen) in table {
        assert_eq!(after(keys).display(), *screen, "{keys}");
    }
}

#[test]
fn sums_as_on_a_pocket_calculator() {
    check(&[
        ("", "0"),
        ("1+2=", "3"),
        ("0.1+0.2=", "0.3"),
        ("1/3=", "0.333333333333"),
        ("2/3=", "0.666666666667"),
        ("1/3*3=", "1"),
        ("2+3*4=", "20"),
        ("2+3*", "5"),
        ("2-5=", "−3"),
        ("-5+3=", "−2"),
        ("2/3-1=", "−0.333333333333"),
        ("250/1000*5=", "1.25"),
        ("1/30=", "0.0333333333333"),
        ("1/3000000=", "0.000000333333333333"),
        ("1000*1000=", "1000000"),
        ("1.50*2=", "3"),
        ("0-0.5+0.5=", "0"),
    ]);
}

#[test]
fn what_is_shown_is_the_result_and_an_error_is_none() {
    for (keys, result) in [
        ("250/4=", Some("62.5")),
        ("2-5=", Some("−3")),
        ("3.", Some("3")),
        ("0.50", Some("0.50")),
        ("1/0=", None),
    ] {
        assert_eq!(after(keys).result().as_deref(), result, "{keys}");
    }
    // An answer as exact as it can be typed is read as it is shown.
    let typed = crate::quantity::bare_number(&after("2-5.25=").result().unwrap());
    assert_eq!(typed, Some("-3.25".parse().unwrap()));
}

#[test]
fn a_typed_number_is_shown_as_typed() {
    check(&[
        ("007", "7"),
        ("0.50", "0.50"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("3.", "3."),
        (".", "0."),
        ("1..2.3", "1.23"),
        ("2+", "2"),
        ("2+.", "0."),
        ("1234567890123", "123456789012"),
        ("123456789012.5", "123456789012."),
        ("0.1234567890123", "0.123456789012"),
        ("0.0000000000000000001", "0.000000000000000000"),
        ("12<", "1"),
        ("1<", "0"),
        ("<<<", "0"),
        ("1.05<", "1.0"),
        ("1.05<<", "1."),
        ("1.05<<<", "1"),
        ("1.05<<<<7", "7"),
        ("2+13<=", "3"),
    ]);
}

#[test]
fn equals_again_repeats_the_operation() {
    check(&[
        ("2+3==", "8"),
        ("2+3===", "11"),
        ("2*3===", "54"),
        ("10-1====", "6"),
        ("7===", "7"),
        ("2+=", "4"),
        ("3*==", "27"),
        ("2+3=*4=", "20"),
        ("2+3=*4==", "80"),
    ]);
}

#[test]
fn keys_after_a_result_start_or_continue_a_calculation() {
    check(&[
        ("2+3=4", "4"),
        ("2+3=4=", "4"),
        ("2+3=.5", "0.5"),
        ("2+3=<", "5"),
        ("2+<3=", "5"),
        ("7=8", "8"),
        ("2+*3=", "6"),
        ("2+-*/4=", "0.5"),
        ("2+3=-=", "0"),
        ("2+3C", "0"),
        ("2+3C4=", "4"),
        ("2+3=C=", "0"),
    ]);
}

#[test]
fn errors_stay_until_something_new_begins() {
    check(&[
        ("5/0=", "Error"),
        ("0/0=", "Error"),
        ("5/0+", "Error"),
        ("5/0+3=", "3"),
        ("5/0=+-=<=", "Error"),
        ("5/0=7", "7"),
        ("5/0=7+1=", "8"),
        ("5/0=7=", "7"),
        ("5/0=.", "0."),
        ("5/0=C", "0"),
        ("999999999999+1=", "Error"),
        ("999999999999+0.4=", "999999999999"),
        ("999999999999+0.5=", "Error"),
        ("0-999999999999-1=", "Error"),
        ("999999999999*999999999999=", "Error"),
        ("999999999999/0.001=", "Error"),
    ]);
}

#[test]
fn the_last_digit_rounds_halves_away_from_zero() {
    check(&[
        ("100000000000+0.5=", "100000000001"),
        ("0-100000000000-0.5=", "−100000000001"),
        ("100000000000+0.4=", "100000000000"),
        ("99999999999.9+0.06=", "100000000000"),
        ("1/20000000/100000000000=", "0.000000000000000001"),
        ("1/20000000/100000000001=", "0"),
        ("0-1/30000000/100000000000=", "0"),
    ]);
}

/// 1/999999999989 + 1/999999999961 + ... soon needs a denominator that no longer fits.
#[test]
fn an_inexact_number_is_rounded_and_not_an_error() {
    let mut keys = String::from("1/999999999989=");
    for by in ["999999999961", "999999999959", "999999999937", "999999999899"] {
        keys.push_str(&format!("*{by}+1/{by}="));
    }
    let sum: f64 = after(&keys).display().parse().unwrap();
    assert!((sum - 5e-12).abs() < 1e-17, "{sum}");
    check(&[("1/999999999989/999999999961/999999999959/999999999937=", "0")]);
}

#[test]
fn keys_have_their_names() {
    for (names, press) in [
        (&["."; 1][..], Press::Point),
        (&[","], Press::Point),
        (&["+"], Press::Add),
        (&["-"], Press::Subtract),
        (&["*", "x"], Press::Multiply),
        (&["/"], Press::Divide),
        (&["=", "Enter"], Press::Equals),
        (&["Escape"], Press::Clear),
        (&["Backspace"], Press::Back),
        (&["0"], Press::Digit(0)),
        (&["9"], Press::Digit(9)),
    ] {
        for name in names {
            assert_eq!(Press::from_key(name), Some(press), "{name}");
        }
    }
    for other in ["", "a", "F1", "Tab", "Shift", "10", "²", "٣", "e", "%"] {
        assert_eq!(Press::from_key(other), None, "{other}");
    }
    let mut calculator = after("12");
    calculator.press(Press::Digit(10));
    assert_eq!(calculator, after("12"));
}

fn big(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}

/// The expected screen for a number: the most decimal places at which the rounded number has twelve digits.
fn shown(value: &BigRational) -> String {
    let away = value < &big(0);
    let size = if away { -value.clone() } else { value.clone() };
    for places in (0..=18usize).rev() {
        let shifted = (&size * big(10i64.pow(places as u32))).round().to_integer().to_string();
        if shifted.len() > 12 {
            continue;
        }
        let digits = format!("{shifted:0>width$}", width = places + 1);
        let (whole, behind) = digits.split_at(digits.len() - places);
        let text = format!("{whole}.{behind}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        return if away && text != "0" { format!("−{text}") } else { text.to_owned() };
    }
    "Error".to_owned()
}

/// A number as typed, and its value.
fn number() -> impl Strategy<Value = (String, BigRational)> {
    let size = || prop_oneof![0i64..100, 0i64..1_000_000, 0i64..1_000_000_000];
    (size(), 0usize..5).prop_map(|(digits, places)| {
        let text = format!("{digits:0>width$}", width = places + 1);
        let (whole, behind) = text.split_at(text.len() - places);
        let typed = if places > 0 { format!("{whole}.{behind}") } else { whole.to_owned() };
        (typed, big(digits) / big(10i64.pow(places as u32)))
    })
}

fn operated(left: BigRational, operation: char, right: &BigRational) -> Option<BigRational> {
    match operation {
        '+' => Some(left + right),
        '-' => Some(left - right),
        '*' => Some(left * right),
        _ => (*right != big(0)).then(|| left / right),
    }
}

proptest! {
    /// Three operations on such numbers always fit, so the screen agrees with unlimited fractions to the last digit.
    #[test]
    fn the_screen_agrees_with_unlimited_fractions(
        (first, mut value) in number(),
        steps in prop::collection::vec((prop::sample::select(vec!['+', '-', '*', '/']), number()), 0..4),
    ) {
        let mut calculator = after(&first);
        for (operation, (typed, right)) in steps {
            typed.chars().fold(operation.to_string(), |keys, key| keys + &key.to_string()).chars().for_each(
                |key| calculator.press(Press::from_key(key.encode_utf8(&mut [0; 4])).unwrap()),
            );
            // The next key, "=" at the end as well as an operation, shows the result.
            let mut looked = calculator.clone();
            looked.press(Press::Equals);
            let Some(next) = operated(value, operation, &right) else {
                prop_assert_eq!(looked.display(), "Error");
                return Ok(());
            };
            prop_assert_eq!(looked.display(), shown(&next));
            if shown(&next) == "Error" {
                return Ok(());
            }
            value = next;
        }
        calculator.press(Press::Equals);
        prop_assert_eq!(calculator.display(), shown(&value));
    }

    /// Beyond the limit it goes on with rounded numbers: the sum of any number of unit fractions is accurate enough.
    #[test]
    fn rounding_on_the_way_stays_small(parts in prop::collection::vec(1_000i64..1_000_000, 1..30)) {
        let mut calculator = Calculator::default();
        let mut sum = big(0);
        for part in parts {
            // x → (x × part + 1) / part is x + 1/part in keys without a pending operation.
            let keys = format!("*{part}+1/{part}=");
            keys.chars().for_each(|key| calculator.press(Press::from_key(&key.to_string()).unwrap()));
            sum += big(1) / big(part);
        }
        let found: f64 = calculator.display().parse().unwrap();
        let exact: f64 = shown(&sum).parse().unwrap();
        prop_assert!((found - exact).abs() < 1e-10, "{found} {exact}");
    }

    #[test]
    fn no_sequence_of_keys_breaks_the_calculator(keys in "[0-9.+*/x=<C-]{0,60}|([1-9]{1,12}[+*/-]){0,12}=") {
        let calculator = after(&keys);
        let screen = calculator.display();
        if screen != "Error" {
            let figures = screen.trim_start_matches('−');
            let (whole, behind) = figures.split_once('.').unwrap_or((figures, ""));
            prop_assert!((1..=12).contains(&whole.len()) && behind.len() <= 18, "{screen}");
            prop_assert!(whole == "0" || !whole.starts_with('0'), "{screen}");
            let digits = format!("{whole}{behind}");
            prop_assert!(digits.trim_start_matches('0').len() <= 12, "{screen}");
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{screen}");
        }
        let mut cleared = calculator;
        cleared.press(Press::Clear);
        prop_assert_eq!(cleared, Calculator::default());
    }
}
