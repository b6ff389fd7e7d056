use crate::{assessment::question::figures, quantity::Rational};

/// The value of a name or of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(Rational),
    Truth(bool),
    /// The name of a drug, for example: it can be shown, not calculated with.
    Word(String),
}

/// The variables of one question. A template has at most a dozen, so an ordered list is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<(String, Value)>);

impl Values {
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.0.push((name.into(), value));
    }

    pub fn number(mut self, name: &str, number: Rational) -> Self {
        self.set(name, Value::Number(number));
        self
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Each name with its value, as a setter reads it.
    pub fn in_words(&self) -> Vec<(String, String)> {
        let shown = |value: &Value| match value {
            Value::Number(number) => figures(*number).unwrap_or_else(|| number.to_string()),
            Value::Word(word) => word.clone(),
            Value::Truth(true) => "yes".to_owned(),
            Value::Truth(false) => "no".to_owned(),
        };
        self.0.iter().map(|(name, value)| (name.clone(), shown(value))).collect()
    }

    /// "there is no variable `dose`; there are `weight` and `rate`".
    pub(super) fn names_in_words(&self) -> String {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| format!("`{name}`")).collect();
        match (names.pop(), names.len()) {
            (None, _) => "there are none".to_owned(),
            (Some(only), 0) => format!("there is only {only}"),
            (Some(last), _) => format!("there are {} and {last}", names.join(", ")),
        }
    }
}
