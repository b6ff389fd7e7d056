//! The calculator on the screen of the exam room: a plain pocket calculator that does each operation at once, so that
//! `2 + 3 × 4 =` is 20. It knows nothing of buttons. A browser loads it, so it is kept small.

use crate::quantity::Rational;

/// The number of digits that can be shown and typed; a zero before the point does not count.
const DIGITS: u32 = 12;
/// The first whole number that is too large.
const TOO_LARGE: i128 = 10i128.pow(DIGITS);
/// Decimal places that are shown: a third of a millionth still has twelve digits.
const PLACES: u32 = 18;
/// Numbers with a larger denominator are not kept exactly. Ten times this still fits, as division by hand needs.
const FINEST: i128 = 10i128.pow(36);

/// Its whole state. The default is the state after it was switched on, and after `C`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calculator {
    screen: Screen,
    /// The pending operation, with the number on its left.
    waiting: Option<(Rational, Operation)>,
    /// The last operation of `=`, with the number on its right: `=` again repeats it.
    last: Option<(Operation, Rational)>,
}

/// A key, on the screen or on the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// 0 to 9; any other is ignored.
    Digit(u8),
    Point,
    Add,
    Subtract,
    Multiply,
    Divide,
    Equals,
    /// `C`: forgets everything.
    Clear,
    /// Removes the last typed digit. A result stays: it was not typed.
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

/// A number digit by digit: `digits` 1250 with 2 `places` is 12.50, and `Some(0)` is a point without a digit after it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Typed {
    digits: i128,
    places: Option<u32>,
}

/// A number that can be shown: `digits` below 10^12, `places` of which are after the point.
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

    /// The text on the screen: `1250`, `0.5`, `−3`, or `Error` for a number that is too large and for division by zero.
    /// At most twelve digits and eighteen decimal places, halves away from zero, no commas. A number that is being
    /// typed is shown as typed: `0.50`, `3.`.
    pub fn display(&self) -> String {
        match self.screen {
            Screen::Typing(Typed { digits, places }) => {
                Shown { negative: false, digits, places: places.unwrap_or(0) }.written(places.is_some())
            }
            // A number that cannot be shown never becomes a result.
            Screen::Result(value) => Shown::of(value).map_or_else(error, |shown| shown.written(false)),
            Screen::Error => error(),
        }
    }

    /// The number on the screen, to be used as an answer; `None` for `Error`.
    pub fn result(&self) -> Option<String> {
        let shown = self.value().map(|_| self.display())?;
        Some(shown.trim_end_matches('.').to_owned())
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
            // Two operations in a row: the second replaces the first, and nothing is calculated.
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
    /// Digits that do not fit are ignored.
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
    /// `None` for division by zero and for a number too large to be shown. Exact as long as possible; after that it
    /// goes on with the number on the screen, as a pocket calculator always does.
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
    /// Long division, digit by digit, until it ends or there is no more room. `None` for a number too large.
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

    /// Without `format!`, which would be most of the calculator's size.
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
mod tests;
