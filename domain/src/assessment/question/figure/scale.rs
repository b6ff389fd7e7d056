//! Scales with lines: which syringes and cups exist, and how a place on one is said.

use serde::{Deserialize, Serialize};

use super::{along, plain};
use crate::{count, quantity::Rational};

/// What is done with a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// The answer is what it shows.
    #[default]
    Read,
    /// The answer is worked out from what it shows.
    WorkOut,
    /// The answer is given on it: it shows nothing.
    DrawUp,
}

/// A scale from nought, in mL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    pub capacity: Rational,
    /// From one line to the next.
    pub step: Rational,
    /// From one number to the next.
    pub numbered: Rational,
    /// On a line, or halfway between two. None if it is to be drawn up.
    pub level: Option<Rational>,
    pub task: Task,
}

/// A thing with a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    Syringe,
    MedicineCup,
}

/// In hundredths of a mL: the capacity, from one line to the next, and from one number to the next.
type Size = (i128, i128, i128);

impl Instrument {
    /// The sizes that exist. Of two with the same capacity the first is meant, unless a template says the other.
    fn sizes(self) -> &'static [Size] {
        match self {
            Self::Syringe => &[
                (100, 1, 10),
                (200, 10, 50),
                (500, 20, 100),
                (1000, 50, 100),
                (1000, 20, 100),
                (2000, 100, 500),
                (5000, 100, 1000),
            ],
            Self::MedicineCup => &[(3000, 500, 500), (6000, 500, 1000)],
        }
    }

    /// From one line to the next, and from one number to the next, of the size that has this capacity and, if it is
    /// said, this distance of lines.
    pub fn size(self, capacity: Rational, step: Option<Rational>) -> Option<(Rational, Rational)> {
        let known = |hundredths: i128| Rational::new(hundredths, 100);
        self.sizes().iter().find_map(|(most, line, number)| {
            let (line, number) = (known(*line)?, known(*number)?);
            (known(*most) == Some(capacity) && step.is_none_or(|step| step == line)).then_some((line, number))
        })
    }

    /// "1 mL (0.01 mL a line), 2 mL (0.1 mL a line)".
    pub fn sizes_in_words(self) -> String {
        let written = |hundredths: i128| Rational::new(hundredths, 100).map(plain).unwrap_or_default();
        let sizes = self.sizes().iter();
        let sizes =
            sizes.map(|(most, line, _)| format!("{} mL ({} mL a line)", written(*most), written(*line)));
        sizes.collect::<Vec<_>>().join(", ")
    }
}

impl Scale {
    /// Every line from nought to the capacity.
    pub(super) fn lines(&self) -> impl Iterator<Item = Rational> {
        (0..=along(self.capacity, self.step, 1)).filter_map(move |n| self.step.times(Rational::whole(n)))
    }

    /// How many lines there are above nought.
    pub fn count(&self) -> i64 {
        along(self.capacity, self.step, 1)
    }

    pub(super) fn is_numbered(&self, line: Rational) -> bool {
        line.over(self.numbered).is_some_and(Rational::is_whole)
    }

    /// Whether one of the lines above nought is this volume.
    pub fn has_line(&self, volume: Rational) -> bool {
        volume > Rational::ZERO
            && volume <= self.capacity
            && volume.over(self.step).is_some_and(Rational::is_whole)
    }

    /// The pixels from one line to the next: an even number, because of what stands halfway.
    pub(super) fn gap(&self) -> i64 {
        match self.count() {
            ..=6 => 36,
            7..=12 => 20,
            13..=25 => 14,
            26..=50 => 10,
            _ => 6,
        }
    }

    /// "at the third line after 2 mL".
    pub(super) fn place(&self, level: Rational) -> String {
        place(level, self.step, self.numbered, " mL", "after")
    }

    /// What is printed on it.
    pub(super) fn lines_said(&self) -> String {
        lines_said(self.step, self.numbered, " mL")
    }

    pub(super) fn said(&self, edge: &str) -> Vec<String> {
        let place = self.place(self.level.unwrap_or(Rational::ZERO));
        vec![self.lines_said(), format!("{edge} stands {place}.")]
    }
}

/// The numbers of a scale and the lines between them. What a line means is not printed, and everybody works it out.
pub(super) fn lines_said(step: Rational, numbered: Rational, unit: &str) -> String {
    let (number, between) = (plain(numbered), along(numbered, step, 1) - 1);
    if between < 1 {
        format!("It has a line with its number at each {number}{unit}.")
    } else {
        let lines = count(between, "line");
        format!("It has a number at each {number}{unit}, and {lines} between one number and the next.")
    }
}

/// A place on a scale as the eye finds it: the number below, and the lines from there.
pub(super) fn place(level: Rational, step: Rational, numbered: Rational, unit: &str, beyond: &str) -> String {
    let below = level.over(numbered).map(Rational::floor).and_then(|count| count.times(numbered));
    let below = below.unwrap_or(Rational::ZERO);
    let halves = level.minus(below).map_or(0, |rest| along(rest, step, 2));
    let all = along(numbered, step, 1);
    let line = |n: i64| match n {
        0 => format!("the line of {}{unit}", plain(below)),
        n if n == all => format!("the line of {}{unit}", plain(below.plus(numbered).unwrap_or(below))),
        n => format!("the {} line {beyond} {}{unit}", ordinal(n), plain(below)),
    };
    let whole = halves / 2;
    if halves % 2 == 0 {
        format!("at {}", line(whole))
    } else {
        format!("halfway between {} and {}", line(whole), line(whole + 1))
    }
}

/// No scale has more lines than these between two numbers.
fn ordinal(n: i64) -> &'static str {
    const ORDINALS: [&str; 9] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    usize::try_from(n - 1).ok().and_then(|n| ORDINALS.get(n)).copied().unwrap_or("last")
}
