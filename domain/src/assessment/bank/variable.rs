use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};

use super::expression::{Expression, ExpressionError, Value, Values};
use crate::{kit::random::SplitMix64, quantity::Rational};

/// One line of a template's `variables`. They are drawn in the order written, so a derived one can use those before it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Variable {
    /// `from`, `from + step`, ... : `count` numbers, each equally likely.
    Range {
        name: String,
        from: Rational,
        step: Rational,
        count: u64,
    },
    List {
        name: String,
        values: Vec<Value>,
    },
    /// Values that belong together, for instance a drug with its strengths: one row is drawn whole.
    Rows(Vec<BTreeMap<String, Value>>),
    Derived {
        name: String,
        value: Expression,
    },
}

/// The line as written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    from: Option<Rational>,
    to: Option<Rational>,
    step: Option<Rational>,
    values: Option<Vec<Listed>>,
    value: Option<Expression>,
    rows: Option<Vec<BTreeMap<String, Listed>>>,
}

/// A number, or otherwise a word.
struct Listed(Value);

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl de::Visitor<'_> for Either {
            type Value = Listed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or a decimal or a word in quotes")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Listed, E> {
                Ok(Listed(Value::Number(Rational::whole(number))))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Listed, E> {
                Err(E::custom(format!("write {number} in quotes, so that it stays exact: \"{number}\"")))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Listed, E> {
                Ok(Listed(text.parse().map_or_else(|_| Value::Word(text.to_owned()), Value::Number)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl TryFrom<Written> for Variable {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written {
                name: None,
                from: None,
                to: None,
                step: None,
                values: None,
                value: None,
                rows: Some(rows),
            } => {
                let rows = rows
                    .into_iter()
                    .map(|row| row.into_iter().map(|(name, listed)| (name, listed.0)).collect());
                let rows: Vec<BTreeMap<_, _>> = rows.collect();
                match rows.first() {
                    None => Err("`rows` needs at least one row".to_owned()),
                    Some(first) if first.is_empty() => Err("every row needs a name".to_owned()),
                    Some(first) if rows.iter().all(|row| row.keys().eq(first.keys())) => Ok(Self::Rows(rows)),
                    Some(_) => Err("every row must have the same names".to_owned()),
                }
            }
            Written {
                name: Some(name),
                from: None,
                to: None,
                step: None,
                values: Some(values),
                value: None,
                rows: None,
            } => {
                if values.is_empty() {
                    return Err(format!("`{name}` needs at least one value"));
                }
                Ok(Self::List { name, values: values.into_iter().map(|listed| listed.0).collect() })
            }
            Written {
                name: Some(name),
                from: None,
                to: None,
                step: None,
                values: None,
                value: Some(value),
                rows: None,
            } => Ok(Self::Derived { name, value }),
            Written {
                name: Some(name),
                from: Some(from),
                to: Some(to),
                step,
                values: None,
                value: None,
                rows: None,
            } => range(name, from, to, step.unwrap_or(Rational::ONE)),
            _ => {
                Err("a variable is one of: name, from, to, step | name, values | name, value | rows"
                    .to_owned())
            }
        }
    }
}

/// The numbers from one to another.
pub(super) fn range(name: String, from: Rational, to: Rational, step: Rational) -> Result<Variable, String> {
    let steps = to.minus(from).and_then(|width| width.over(step));
    let steps = steps.filter(|steps| steps.is_whole() && !steps.is_negative());
    match steps.and_then(|steps| u64::try_from(steps.numerator()).ok()).and_then(|steps| steps.checked_add(1))
    {
        Some(count) if step > Rational::ZERO => Ok(Variable::Range { name, from, step, count }),
        _ => Err(format!("`{name}` does not get from {from} to {to} in steps of {step}")),
    }
}

impl Variable {
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Range { name, .. } | Self::List { name, .. } | Self::Derived { name, .. } => vec![name],
            Self::Rows(rows) => rows.iter().take(1).flat_map(|row| row.keys().map(String::as_str)).collect(),
        }
    }

    /// How long the expression is that is worked out for it, in bytes.
    pub(super) fn drawn_length(&self) -> usize {
        if let Self::Derived { value, .. } = self { value.length() } else { 0 }
    }

    /// The last number of a range.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn last(&self) -> Option<Rational> {
        let Self::Range { from, step, count, .. } = self else { return None };
        let steps = Rational::new(i128::from(count.saturating_sub(1)), 1)?;
        from.plus(steps.times(*step)?)
    }

    /// Draws its value, or computes it, and adds it.
    pub(super) fn draw(&self, random: &mut SplitMix64, values: &mut Values) -> Result<(), ExpressionError> {
        match self {
            Self::Range { name, from, step, count } => {
                let steps = Rational::new(i128::from(random.below(*count)), 1);
                let number = steps.and_then(|steps| steps.times(*step)).and_then(|above| from.plus(above));
                // The ends of the range fit, and so does everything between.
                values.set(name, Value::Number(number.unwrap_or(*from)));
            }
            Self::List { name, values: listed } => {
                values.set(name, listed[random.index(listed.len())].clone())
            }
            Self::Rows(rows) => {
                for (name, value) in &rows[random.index(rows.len())] {
                    values.set(name, value.clone());
                }
            }
            Self::Derived { name, value } => {
                let value = value.value(values)?;
                values.set(name, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Variable, String> {
        #[derive(Deserialize)]
        struct Line {
            v: Variable,
        }
        toml::from_str::<Line>(&format!("v = {text}"))
            .map(|line| line.v)
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_malformed_variable_is_refused_with_the_right_form() {
        for (wrong, says) in [
            ("{ name = \"a\" }", "a variable is one of"),
            ("{ name = \"a\", values = [1], value = \"2\" }", "a variable is one of"),
            ("{ name = \"a\", from = 1, to = 10, step = 4 }", "does not get from 1 to 10 in steps of 4"),
            ("{ name = \"a\", from = 10, to = 1 }", "does not get"),
            ("{ name = \"a\", from = 1, to = 1, step = 0 }", "does not get"),
            ("{ name = \"a\", values = [] }", "at least one value"),
            ("{ name = \"a\", values = [0.5] }", "write 0.5 in quotes"),
            ("{ name = \"a\", from = 0.5, to = 1 }", "write 0.5 in quotes"),
            ("{ rows = [] }", "at least one row"),
            ("{ rows = [{}] }", "needs a name"),
            ("{ rows = [{ a = 1 }, { b = 1 }] }", "the same names"),
            ("{ name = \"a\", valeu = \"2\" }", "unknown field `valeu`"),
            ("{ name = \"a\", value = \"2 +\" }", "at character 4"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_range_gives_all_its_values_and_no_others() {
        let range = read("{ name = \"a\", from = \"0.5\", to = 3, step = \"0.5\" }").unwrap();
        let mut random = SplitMix64::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let mut values = Values::default();
            range.draw(&mut random, &mut values).unwrap();
            let Some(Value::Number(number)) = values.get("a") else { panic!("no number") };
            seen.insert(*number);
        }
        assert_eq!(
            seen.into_iter().collect::<Vec<_>>(),
            (1..=6).map(|n| Rational::new(n, 2).unwrap()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn rows_stay_together_and_derived_values_see_earlier_ones() {
        let rows =
            read("{ rows = [{ drug = \"digoxin\", mg = \"0.125\" }, { drug = \"furosemide\", mg = 40 }] }")
                .unwrap();
        let derived = read("{ name = \"twice\", value = \"mg * 2\" }").unwrap();
        let mut values = Values::default();
        let mut random = SplitMix64::new(3);
        assert!(derived.draw(&mut random, &mut values).is_err());
        rows.draw(&mut random, &mut values).unwrap();
        derived.draw(&mut random, &mut values).unwrap();
        let twice = if values.get("drug") == Some(&Value::Word("digoxin".into())) {
            Rational::new(1, 4).unwrap()
        } else {
            Rational::whole(80)
        };
        assert_eq!(values.get("twice"), Some(&Value::Number(twice)));
    }
}
