//! The calculator on the screen of the exam room: a plain pocket calculator that does each operation at once, so that
//! `2 + 3 × 4 =` is 20. It knows nothing of buttons. It is sent to every browser, so it is kept small.

use super::Rational;

/// Digits that are shown, and that can be typed; a nought before the point is not one of them.
const DIGITS: u32 = 12;
/// The first whole number that is too large.
const TOO_LARGE: i128 = 10i128.pow(DIGITS);
/// Decimal places that are shown: a third of a millionth still has twelve digits.
const PLACES: u32 = 18;
/// Numbers with a larger denominator are not kept exactly. Ten times this still fits, as division by hand needs.
const FINEST: i128 = 10i128.pow(36);

/// All that it remembers. The default is the state after it was switched on, and after `C`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calculator {
    screen: Screen,
    /// The operation whose key was pressed, with the number on its left.
    waiting: Option<(Rational, Operation)>,
    /// What `=` did last, with the number on its right: `=` again does the same again.
    last: Option<(Operation, Rational)>,
}

/// A key, on the screen or on the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// 0 to 9; any other is passed over.
    Digit(u8),
    Point,
    Add,
    Subtract,
    Multiply,
    Divide,
    Equals,
    /// `C`: forgets everything.
    Clear,
    /// Takes back the last digit that was typed. A result stays: it was not typed.
    Back,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Screen {
    Typing(Typed),
    Result(Rational),
    Error,
}

/// A number digit by digit: `digits` 1250 with 2 `places` is 12.50, and `Some(0)` is a point without a digit behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Typed {
    digits: i128,
    places: Option<u32>,
}

/// A number as it can be shown: `digits` below 10^12, `places` of which are behind the point.
struct Shown {
    negative: bool,
    digits: i128,
    places: u32,
}

impl Press {
    /// By the name that a browser gives a key (`KeyboardEvent.key`). A comma is a point: number pads may have it there.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key.as_bytes() {
            [digit @ b'0'..=b'9'] => Self::Digit(digit - b'0'),
            b"." | b"," => Self::Point,
            b"+" => Self::Add,
            b"-" => Self::Subtract,
            b"*" | b"x" => Self::Multiply,
            b"/" => Self::Divide,
            b"=" | b"Enter" => Self::Equals,
            b"Escape" => Self::Clear,
            b"Backspace" => Self::Back,
            _ => return None,
        })
    }
}

impl Calculator {
    pub fn press(&mut self, press: Press) {
        match press {
            Press::Digit(digit) if digit <= 9 => self.type_with(|typed| typed.digit(digit)),
            Press::Digit(_) => {}
            Press::Point => self.type_with(Typed::point),
            Press::Add => self.operate(Operation::Add),
            Press::Subtract => self.operate(Operation::Subtract),
            Press::Multiply => self.operate(Operation::Multiply),
            Press::Divide => self.operate(Operation::Divide),
            Press::Equals => self.equals(),
            Press::Clear => *self = Self::default(),
            Press::Back => {
                if let Screen::Typing(typed) = &mut self.screen {
                    typed.back();
                }
            }
        }
    }

    /// What stands on the screen: `1250`, `0.5`, `−3`, or `Error` for a number that is too large and for division by
    /// nought. At most twelve digits and eighteen decimal places, halves away from nought, no commas. A number that is
    /// being typed stands as typed: `0.50`, `3.`.
    pub fn display(&self) -> String {
        match self.screen {
            Screen::Typing(Typed { digits, places }) => {
                Shown { negative: false, digits, places: places.unwrap_or(0) }.written(places.is_some())
            }
            // What cannot be shown never gets into a result.
            Screen::Result(value) => Shown::of(value).map_or_else(error, |shown| shown.written(false)),
            Screen::Error => error(),
        }
    }

    fn type_with(&mut self, change: impl FnOnce(&mut Typed)) {
        if let Screen::Typing(typed) = &mut self.screen {
            return change(typed);
        }
        // A number that is typed over a result begins a new calculation, unless an operation waits for it.
        self.last = None;
        let mut typed = Typed::default();
        change(&mut typed);
        self.screen = Screen::Typing(typed);
    }

    fn operate(&mut self, operation: Operation) {
        let Some(shown) = self.value() else { return };
        let left = match (self.waiting, self.screen) {
            // A result while something waits: the key before was an operation too, and this one stands for it.
            (Some((left, _)), Screen::Result(_)) => Some(left),
            (Some((left, waiting)), _) => waiting.apply(left, shown),
            (None, _) => Some(shown),
        };
        self.show(left);
        self.waiting = left.map(|left| (left, operation));
    }

    fn equals(&mut self) {
        let Some(shown) = self.value() else { return };
        let result = if let Some((left, operation)) = self.waiting.take() {
            self.last = Some((operation, shown));
            operation.apply(left, shown)
        } else if let Some((operation, right)) = self.last {
            operation.apply(shown, right)
        } else {
            Some(shown)
        };
        self.show(result);
    }

    fn show(&mut self, result: Option<Rational>) {
        match result {
            Some(value) => self.screen = Screen::Result(value),
            None => *self = Self { screen: Screen::Error, ..Self::default() },
        }
    }

    fn value(&self) -> Option<Rational> {
        match self.screen {
            Screen::Typing(typed) => Rational::new(typed.digits, power(typed.places.unwrap_or(0))),
            Screen::Result(value) => Some(value),
            Screen::Error => None,
        }
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self::Typing(Typed::default())
    }
}

impl Typed {
    /// Digits for which there is no room are passed over.
    fn digit(&mut self, digit: u8) {
        let room = self.digits < power(DIGITS - 1) && self.places.is_none_or(|places| places < PLACES);
        if room {
            self.digits = self.digits * 10 + i128::from(digit);
            self.places = self.places.map(|places| places + 1);
        }
    }

    fn point(&mut self) {
        self.places.get_or_insert(0);
    }

    fn back(&mut self) {
        if self.places != Some(0) {
            self.digits /= 10;
        }
        self.places = self.places.and_then(|places| places.checked_sub(1));
    }
}

impl Operation {
    /// `None` for division by nought and for what is too large to be shown. Exact while it can be; otherwise it goes on
    /// with what the screen shows, as a pocket calculator does all the time.
    fn apply(self, left: Rational, right: Rational) -> Option<Rational> {
        self.exactly(left, right)
            .filter(|value| value.denominator() <= FINEST)
            .or_else(|| self.exactly(Shown::of(left)?.value()?, Shown::of(right)?.value()?))
            .filter(|value| Shown::of(*value).is_some())
    }

    fn exactly(self, left: Rational, right: Rational) -> Option<Rational> {
        match self {
            Self::Add => left.plus(right),
            Self::Subtract => left.minus(right),
            Self::Multiply => left.times(right),
            Self::Divide => left.over(right),
        }
    }
}

impl Shown {
    /// Division by hand, digit by digit, until it comes out or there is no more room. `None` for what is too large.
    fn of(value: Rational) -> Option<Self> {
        let (number, by) = (value.abs().numerator(), value.denominator());
        let (mut digits, mut rest, mut places) = (number / by, number % by, 0);
        while rest != 0 && digits < power(DIGITS - 1) && places < PLACES {
            rest = rest.checked_mul(10)?;
            digits = digits * 10 + rest / by;
            rest %= by;
            places += 1;
        }
        if rest >= by - rest {
            digits += 1;
        }
        while places > 0 && digits % 10 == 0 {
            digits /= 10;
            places -= 1;
        }
        (digits < TOO_LARGE).then_some(Self { negative: value.is_negative() && digits > 0, digits, places })
    }

    fn value(&self) -> Option<Rational> {
        Rational::new(if self.negative { -self.digits } else { self.digits }, power(self.places))
    }

    /// Without `format!`, which would be most of the calculator's weight.
    fn written(&self, point: bool) -> String {
        let mut text = String::from(if self.negative { "−" } else { "" });
        let (mut left, mut at) = (self.digits, 0);
        let mut backwards = Vec::new();
        while left > 0 || at <= self.places {
            if at == self.places && (point || at > 0) {
                backwards.push('.');
            }
            backwards.push(digit_of(left));
            left /= 10;
            at += 1;
        }
        text.extend(backwards.into_iter().rev());
        text
    }
}

fn digit_of(number: i128) -> char {
    u32::try_from(number % 10).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or('0')
}

fn power(of_ten: u32) -> i128 {
    10i128.pow(of_ten)
}

fn error() -> String {
    String::from("Error")
}

#[cfg(test)]
mod tests {
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
    fn what_is_typed_stands_as_typed() {
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
    fn equals_again_does_the_same_again() {
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
    fn what_follows_a_result() {
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
    fn halves_go_away_from_nought_in_the_last_digit() {
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
    fn what_cannot_be_kept_exactly_is_rounded_and_not_an_error() {
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

    /// What the screen must say of a number: the most decimal places at which the rounded number has twelve digits.
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

    /// A number as it is typed, and its value.
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
        /// Three operations on such numbers always fit, so the screen is that of unlimited fractions to the last digit.
        #[test]
        fn the_screen_is_that_of_unlimited_fractions(
            (first, mut value) in number(),
            steps in prop::collection::vec((prop::sample::select(vec!['+', '-', '*', '/']), number()), 0..4),
        ) {
            let mut calculator = after(&first);
            for (operation, (typed, right)) in steps {
                typed.chars().fold(operation.to_string(), |keys, key| keys + &key.to_string()).chars().for_each(
                    |key| calculator.press(Press::from_key(key.encode_utf8(&mut [0; 4])).unwrap()),
                );
                // The next key, "=" at the end as well as an operation, shows what came of it.
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

        /// Past what fits it goes on with rounded numbers: as many unit fractions as one likes add up well enough.
        #[test]
        fn rounding_on_the_way_stays_small(parts in prop::collection::vec(1_000i64..1_000_000, 1..30)) {
            let mut calculator = Calculator::default();
            let mut sum = big(0);
            for part in parts {
                // x → (x × part + 1) / part is x + 1/part in keys that wait for nothing.
                let keys = format!("*{part}+1/{part}=");
                keys.chars().for_each(|key| calculator.press(Press::from_key(&key.to_string()).unwrap()));
                sum += big(1) / big(part);
            }
            let found: f64 = calculator.display().parse().unwrap();
            let exact: f64 = shown(&sum).parse().unwrap();
            prop_assert!((found - exact).abs() < 1e-10, "{found} {exact}");
        }

        #[test]
        fn no_keys_bring_it_out_of_order(keys in "[0-9.+*/x=<C-]{0,60}|([1-9]{1,12}[+*/-]){0,12}=") {
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
}
