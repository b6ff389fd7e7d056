use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Rational;
use crate::kit::typed::plain;

/// One word of a unit: an index into [`ATOMS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Atom(usize);

/// A unit as written in full: `micrograms`, `mL/hour`, `micrograms/kg/min`.
///
/// The first word may be followed by up to two more, each after a `/`. Reading knows the usual spellings (`mcg`, `µg`,
/// `ml/hr`, `gtt/min`, `drops per minute`); writing always uses the one that is safe to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(Vec<Atom>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a unit that is known here")]
pub struct UnitError(String);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dimension {
    /// In nanograms.
    Mass,
    /// In millilitres.
    Volume,
    /// In seconds.
    Time,
    /// Counted, and never converted.
    Count,
}

struct Known {
    many: &'static str,
    one: &'static str,
    /// In lower case, with `u` for µ, and without the words of `many` and `one`.
    spellings: &'static [&'static str],
    dimension: Dimension,
    size: i64,
}

const fn known(
    many: &'static str,
    one: &'static str,
    dimension: Dimension,
    size: i64,
    spellings: &'static [&'static str],
) -> Known {
    Known { many, one, spellings, dimension, size }
}

use Dimension::{Count, Mass, Time, Volume};

/// A new unit is a line here. Masses and volumes step by 1,000; nothing else has steps.
static ATOMS: [Known; 27] = [
    known(
        "kg",
        "kg",
        Mass,
        1_000_000_000_000,
        &["kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"],
    ),
    known("g", "g", Mass, 1_000_000_000, &["gram", "grams", "gramme", "grammes", "gm"]),
    known("mg", "mg", Mass, 1_000_000, &["mgs", "milligram", "milligrams", "milligramme", "milligrammes"]),
    known("micrograms", "microgram", Mass, 1_000, &["mcg", "mcgs", "ug", "microgramme", "microgrammes"]),
    known("nanograms", "nanogram", Mass, 1, &["ng", "nanogramme", "nanogrammes"]),
    known("L", "L", Volume, 1_000, &["litre", "litres", "liter", "liters"]),
    known("mL", "mL", Volume, 1, &["mls", "millilitre", "millilitres", "milliliter", "milliliters"]),
    known("days", "day", Time, 86_400, &[]),
    known("hours", "hour", Time, 3_600, &["h", "hr", "hrs"]),
    known("min", "min", Time, 60, &["mins", "minute", "minutes"]),
    known("seconds", "second", Time, 1, &["s", "sec", "secs"]),
    known("tablets", "tablet", Count, 1, &["tab", "tabs"]),
    known("capsules", "capsule", Count, 1, &["cap", "caps"]),
    known("ampoules", "ampoule", Count, 1, &["amp", "amps", "ampule", "ampules"]),
    known("vials", "vial", Count, 1, &[]),
    known("doses", "dose", Count, 1, &[]),
    known("drops", "drop", Count, 1, &["gtt", "gtts"]),
    known("units", "unit", Count, 1, &["iu", "international units", "international unit"]),
    known("mmol", "mmol", Count, 1, &["millimole", "millimoles"]),
    known("sachets", "sachet", Count, 1, &[]),
    known("puffs", "puff", Count, 1, &[]),
    known("patches", "patch", Count, 1, &[]),
    known("suppositories", "suppository", Count, 1, &[]),
    known("bottles", "bottle", Count, 1, &[]),
    known("bags", "bag", Count, 1, &[]),
    known("people", "person", Count, 1, &["persons"]),
    known("%", "%", Count, 1, &["percent", "per cent", "% w/v", "% w/w", "% v/v"]),
];

/// Spellings of a whole unit that are not words with a `/` between them.
const WHOLE: [(&str, &str); 6] = [
    ("dpm", "drops/min"),
    ("gtts/min", "drops/min"),
    ("d/min", "drops/min"),
    ("mg daily", "mg/day"),
    ("g daily", "g/day"),
    ("ml daily", "ml/day"),
];

impl Atom {
    fn known(self) -> &'static Known {
        &ATOMS[self.0]
    }

    fn find(spelling: &str) -> Option<Self> {
        // "micro grams", "milli litres".
        let joined = ["kilo ", "milli ", "micro ", "nano "]
            .iter()
            .find_map(|first| Some(format!("{}{}", first.trim_end(), spelling.strip_prefix(first)?)));
        let spelling = joined.as_deref().unwrap_or(spelling);
        let fits = |known: &Known| {
            known.many.eq_ignore_ascii_case(spelling)
                || known.one.eq_ignore_ascii_case(spelling)
                || known.spellings.contains(&spelling)
        };
        ATOMS.iter().position(fits).map(Self)
    }
}

impl Unit {
    /// How many of `other` make one of this: 1,000 from `mg` to `micrograms`, 1/60 from `mL/hour` to `mL/min`. `None`
    /// if one cannot be converted into the other by arithmetic alone.
    pub fn in_terms_of(&self, other: &Self) -> Option<Rational> {
        if self.0.len() != other.0.len() {
            return None;
        }
        let mut factor = Rational::ONE;
        for (place, (ours, theirs)) in self.0.iter().zip(&other.0).enumerate() {
            let (mine, its) = (ours.known(), theirs.known());
            if mine.dimension != its.dimension || (mine.dimension == Count && ours != theirs) {
                return None;
            }
            let ratio = Rational::whole(mine.size).over(Rational::whole(its.size))?;
            factor = if place == 0 { factor.times(ratio)? } else { factor.over(ratio)? };
        }
        Some(factor)
    }

    /// Whether this is the requested unit: the unit itself or, if it is printed beside the box, its first words. Asked
    /// how many drops a minute, people write "26 drops".
    pub(crate) fn is(&self, asked: &Self, printed: bool) -> bool {
        self == asked || printed && asked.0.starts_with(&self.0)
    }

    /// The next smaller unit of mass or volume, with the first word changed and the others kept: `mg` to `micrograms`.
    pub(crate) fn smaller(&self) -> Option<Self> {
        let first = self.0.first()?;
        let mine = first.known();
        let next = ATOMS.get(first.0 + 1)?;
        let steps = mine.dimension == next.dimension && matches!(mine.dimension, Mass | Volume);
        steps.then(|| Self([&[Atom(first.0 + 1)], &self.0[1..]].concat()))
    }

    /// "tablet" if the number before it is exactly one, "tablets" otherwise.
    pub fn after(&self, number: Rational) -> String {
        let mut written = String::new();
        for (place, atom) in self.0.iter().enumerate() {
            let known = atom.known();
            let single = place > 0 || number.abs() == Rational::ONE;
            written.push_str(if place > 0 { "/" } else { "" });
            written.push_str(if single { known.one } else { known.many });
        }
        written
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.after(Rational::ZERO))
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    /// Reads any usual spelling, in capitals or not, with `/`, "per", "a" or "each". No two units here differ in
    /// capitals alone (no dose is in megagrams), so `ML` can only be `mL`. A single `u` is refused: it is read as a
    /// zero.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        // No unit has a letter beyond ASCII but the sign of micro. The tables of all scripts are too large for a browser.
        let lower = plain(text).to_ascii_lowercase().replace(['µ', 'μ', 'Μ'], "u").replace("(s)", "s");
        let mut whole = lower.trim_end_matches('.').to_owned();
        for (written, meant) in WHOLE {
            if whole == written {
                whole = meant.to_owned();
            }
        }
        if let Some(atom) = Atom::find(&whole) {
            return Ok(Self(vec![atom]));
        }
        for between in [" per ", " a ", " an ", " each ", " every "] {
            whole = whole.replace(between, "/");
        }
        let atoms: Option<Vec<_>> = whole.split('/').map(|part| Atom::find(part.trim())).collect();
        match atoms {
            Some(atoms) if atoms.len() <= 3 => Ok(Self(atoms)),
            _ => Err(UnitError(text.trim().to_owned())),
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Every word of a unit, as it is written.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ATOMS.iter().map(|known| known.many)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        text.parse().unwrap()
    }

    #[test]
    fn an_unknown_or_unsafe_unit_is_refused() {
        for wrong in [
            "",
            " ",
            "u",
            "m",
            "x",
            "mg/",
            "/h",
            "mg//mL",
            "mg/kg/min/day",
            "mg kg",
            "cc",
            "mL per",
            "5",
            "mg2",
            "µ",
        ] {
            assert!(wrong.parse::<Unit>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_usual_spelling_is_one_unit_and_is_written_safely() {
        for (written, spellings) in [
            (
                "micrograms",
                &[
                    "micro grams",
                    "micro gram",
                    "mc\u{200b}g",
                    "mcg",
                    "µg",
                    "μg",
                    "ug",
                    "microgram",
                    "Micrograms",
                    " MCG ",
                    "mcg.",
                ][..],
            ),
            ("mL", &["ml", "ML", "mls", "millilitres"]),
            ("L", &["l", "litre", "Litres", "liter"]),
            ("mL/hour", &["ml/hr", "mL/h", "mL / hour", "ml per hour", "mls/hrs", "mL/hours"]),
            (
                "drops/min",
                &[
                    "drops per minute",
                    "drops a minute",
                    "drops each minute",
                    "gtt/min",
                    "gtts/min",
                    "drop/minute",
                    "drops/mins",
                    "dpm",
                    "d/min",
                ],
            ),
            ("mL/hour", &["mL an hour", "mls every hour", "milli litres per hour"]),
            ("mg/day", &["mg daily", "mg a day"]),
            ("tablets", &["tablet(s)", "Tablets."]),
            ("units", &["unit", "IU", "international units"]),
            ("micrograms/kg/min", &["mcg/kg/min", "µg per kg per minute"]),
            ("%", &["% w/v", "per cent", "percent"]),
            ("mg/mL", &["milligrams per ml"]),
        ] {
            for spelling in spellings {
                assert_eq!(unit(spelling).to_string(), written, "{spelling}");
            }
        }
    }

    #[test]
    fn every_spelling_is_unambiguous_and_every_unit_is_read_back() {
        let all = || {
            ATOMS
                .iter()
                .flat_map(|known| [known.many, known.one].into_iter().chain(known.spellings.iter().copied()))
        };
        for (at, known) in ATOMS.iter().enumerate() {
            for spelling in [known.many, known.one].into_iter().chain(known.spellings.iter().copied()) {
                assert_eq!(unit(spelling).0, [Atom(at)], "{spelling}");
                assert!(all().filter(|other| *other == spelling).count() <= 2, "{spelling}");
            }
            assert_eq!(unit(&unit(known.many).to_string()), unit(known.many));
        }
    }

    #[test]
    fn conversion_is_by_thousands_and_by_time_and_nothing_else() {
        let factor = |from: &str, to: &str| unit(from).in_terms_of(&unit(to));
        assert_eq!(factor("mg", "micrograms"), Some(Rational::whole(1000)));
        assert_eq!(factor("micrograms", "g"), Rational::new(1, 1_000_000));
        assert_eq!(factor("L", "mL"), Some(Rational::whole(1000)));
        assert_eq!(factor("mL/hour", "mL/min"), Rational::new(1, 60));
        assert_eq!(factor("mg/kg/hour", "micrograms/kg/min"), Rational::new(1000, 60));
        assert_eq!(factor("mg/mL", "micrograms/mL"), Some(Rational::whole(1000)));
        for (from, to) in [
            ("mg", "mL"),
            ("tablets", "capsules"),
            ("mg", "mg/mL"),
            ("units", "mg"),
            ("mL/hour", "drops/min"),
        ] {
            assert_eq!(factor(from, to), None, "{from} to {to}");
        }
        assert_eq!(unit("mg/hour").smaller(), Some(unit("micrograms/hour")));
        assert_eq!(
            (unit("nanograms").smaller(), unit("mL").smaller(), unit("hours").smaller()),
            (None, None, None)
        );
    }
}
