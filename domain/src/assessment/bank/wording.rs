use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::expression::{Expression, ExpressionError, Value, Values};
use crate::{
    assessment::question::{figures, quantity},
    quantity::{Rational, Unit},
};

/// A text of a template with `{placeholders}`: `{drug}`, `{dose}`, `{volume / hours}`, or `{dose:mg}` for the number
/// with its unit, written safely. `{{` and `}}` are the braces themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `column` is that of the opening brace, from 0.
    Value {
        column: usize,
        expression: Expression,
        unit: Option<Unit>,
    },
}

impl Wording {
    /// # Errors
    /// [`ExpressionError`] for a brace without its partner and for unreadable text between two.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let error = |at: usize, what: &str| ExpressionError { column: at + 1, what: what.to_owned() };
        let chars: Vec<char> = text.chars().collect();
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let doubled = chars.get(at + 1) == Some(&c);
            match c {
                '{' | '}' if doubled => {
                    plain.push(c);
                    at += 2;
                }
                '}' => return Err(error(at, "this } has no { before it; write }} for a brace")),
                '{' => {
                    let length = chars[at..].iter().position(|c| *c == '}');
                    let end =
                        at + length.ok_or_else(|| error(at, "this { needs its }; write {{ for a brace"))?;
                    let inner: String = chars[at + 1..end].iter().collect();
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(placeholder(&inner, at + 1)?);
                    at = end + 1;
                }
                _ => {
                    plain.push(c);
                    at += 1;
                }
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The text with the values put in.
    ///
    /// # Errors
    /// [`ExpressionError`] when a value cannot be computed, or is a recurring decimal such as a third.
    pub fn render(&self, values: &Values) -> Result<String, ExpressionError> {
        let mut rendered = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => rendered.push_str(text),
                Part::Value { column, expression, unit } => {
                    rendered.push_str(&shown(*column, expression, unit.as_ref(), values)?);
                }
            }
        }
        Ok(rendered)
    }

    /// Every name used, with its character.
    pub(super) fn names(&self) -> Vec<(&str, usize)> {
        let named = |part| match part {
            &Part::Text(_) => Vec::new(),
            Part::Value { column, expression, .. } => {
                expression.names().into_iter().map(|(name, inner)| (name, inner + column)).collect()
            }
        };
        self.parts.iter().flat_map(named).collect()
    }
}

fn placeholder(inner: &str, column: usize) -> Result<Part, ExpressionError> {
    let (expression, unit) =
        inner.rsplit_once(':').map_or((inner, None), |(value, unit)| (value, Some(unit)));
    let unit = unit.map(str::parse::<Unit>).transpose();
    let unit = unit.map_err(|error| ExpressionError { column: column + 1, what: error.to_string() })?;
    let expression = Expression::parse(expression).map_err(|error| moved(error, column))?;
    Ok(Part::Value { column, expression, unit })
}

/// The error's position in the whole text, not from the brace.
fn moved(error: ExpressionError, by: usize) -> ExpressionError {
    ExpressionError { column: error.column + by, ..error }
}

fn shown(
    column: usize,
    expression: &Expression,
    unit: Option<&Unit>,
    values: &Values,
) -> Result<String, ExpressionError> {
    let error = |what: String| ExpressionError { column: column + 1, what };
    let endless = |number: Rational| {
        error(format!("`{expression}` is {number}, which has no end: round it here, like {{round(..., 2)}}"))
    };
    match (expression.value(values).map_err(|error| moved(error, column))?, unit) {
        (Value::Number(number), Some(unit)) => quantity(number, unit).ok_or_else(|| endless(number)),
        (Value::Number(number), None) => figures(number).ok_or_else(|| endless(number)),
        (Value::Word(word), None) => Ok(word),
        (Value::Word(word), Some(unit)) => Err(error(format!("{word:?} is a word and takes no unit {unit}"))),
        (Value::Truth(_), _) => Err(error("a condition cannot be shown".to_owned())),
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let mut values = Values::default()
            .number("dose", Rational::new(1, 2).unwrap())
            .number("volume", Rational::whole(1250));
        values.set("drug", Value::Word("digoxin".into()));
        values
    }

    fn error(text: &str) -> String {
        Wording::parse(text).and_then(|wording| wording.render(&values())).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_in_a_placeholder_is_reported_with_its_position() {
        assert!(error("a {dose").starts_with("at character 3: this { needs its }"));
        assert!(error("a } b").starts_with("at character 3: this } has no {"));
        assert!(error("a {}").starts_with("at character 4: a number"));
        assert!(error("ab {dose + } c").starts_with("at character 12: "));
        assert!(error("ab {doze} c").starts_with("at character 5: there is no variable `doze`"));
        assert!(error("{dose:stone}").contains("\"stone\" is not a unit"));
        assert!(error("{dose / 3}").contains("is 1/6, which has no end"));
        assert!(error("{drug:mg}").contains("takes no unit"));
        assert!(error("{dose < 1}").contains("cannot be shown"));
    }

    #[test]
    fn values_are_inserted_safely() {
        let wording = Wording::parse("{drug} {dose:mg} in {volume:mL}, {volume} of {{}} {dose * 3}").unwrap();
        let rendered = wording.render(&values()).unwrap();
        assert_eq!(rendered.replace('\u{a0}', " "), "digoxin 500 micrograms in 1,250 mL, 1,250 of {} 1.5");
        assert_eq!(wording.names(), [("drug", 2), ("dose", 9), ("volume", 22), ("volume", 35), ("dose", 52)]);
    }
}
