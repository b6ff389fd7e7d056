//! The small language of question templates: exact arithmetic, comparisons and a handful of functions.
//!
//! `text -> lexer -> parser -> Node -> eval`. `docs/questions.md` has the reference for authors; a new function is one
//! line in [`Function`] and one arm in `eval`.

mod eval;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};

use crate::quantity::Rational;
pub use values::{Value, Values};

/// An expression of a template, parsed once. Serde reads it from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
    root: Node,
}

/// A fault of an expression, and its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {column}: {what}")]
pub struct ExpressionError {
    /// From 1, in characters.
    pub column: usize,
    pub what: String,
}

impl ExpressionError {
    fn new(column: usize, what: impl Into<String>) -> Self {
        Self { column, what: what.into() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    column: usize,
    kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum NodeKind {
    Number(Rational),
    Name(String),
    Minus(Box<Node>),
    Not(Box<Node>),
    Both(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Less,
    AtMost,
    More,
    AtLeast,
    Same,
    Different,
    Plus,
    Minus,
    Times,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    Abs,
    Floor,
    Ceil,
    Round,
    RoundTo,
    If,
    IsWhole,
    Remainder,
}

impl Function {
    /// Every function: its name, how few and how many values it takes.
    const ALL: [(Self, &'static str, usize, usize); 10] = [
        (Self::Min, "min", 1, 20),
        (Self::Max, "max", 1, 20),
        (Self::Abs, "abs", 1, 1),
        (Self::Floor, "floor", 1, 1),
        (Self::Ceil, "ceil", 1, 1),
        (Self::Round, "round", 1, 2),
        (Self::RoundTo, "round_to", 2, 2),
        (Self::If, "if", 3, 3),
        (Self::IsWhole, "is_whole", 1, 1),
        (Self::Remainder, "remainder", 2, 2),
    ];
}

/// Reserved words of the language, which no variable may be called.
pub(super) fn is_reserved(name: &str) -> bool {
    ["and", "or", "not"].contains(&name) || Function::ALL.iter().any(|(_, known, ..)| *known == name)
}

#[cfg(test)]
pub(crate) fn function_names() -> impl Iterator<Item = &'static str> {
    Function::ALL.into_iter().map(|(_, name, ..)| name)
}

impl Expression {
    /// The longest text that is read. It limits the depth of the tree, and so the stack, whatever is imported.
    pub const MAX_CHARS: usize = 1000;

    /// # Errors
    /// [`ExpressionError`] at the first character that cannot be read, with what to write instead, if known.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(ExpressionError::new(
                Self::MAX_CHARS + 1,
                "too long: split it with derived variables",
            ));
        }
        let root = parser::parse(&lexer::tokens(text)?)?;
        Ok(Self { text: text.to_owned(), root })
    }

    /// How long its text is, in bytes: what working it out costs.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// # Errors
    /// [`ExpressionError`] for an unknown name, a division by zero, a mix of numbers and conditions, and numbers too
    /// large for a [`Rational`].
    pub fn value(&self, values: &Values) -> Result<Value, ExpressionError> {
        eval::value(&self.root, values)
    }

    /// # Errors
    /// As [`Self::value`], and when it is a condition or a word.
    pub fn number(&self, values: &Values) -> Result<Rational, ExpressionError> {
        eval::number(&self.root, values)
    }

    /// # Errors
    /// As [`Self::value`], and when it is a number or a word.
    pub fn truth(&self, values: &Values) -> Result<bool, ExpressionError> {
        eval::truth(&self.root, values)
    }

    /// Every name used, with its position: also those in a branch of an `if` that is seldom evaluated.
    pub(super) fn names(&self) -> Vec<(&str, usize)> {
        fn walk<'a>(node: &'a Node, found: &mut Vec<(&'a str, usize)>) {
            match &node.kind {
                NodeKind::Number(_) => {}
                NodeKind::Name(name) => found.push((name, node.column)),
                NodeKind::Minus(inner) | NodeKind::Not(inner) => walk(inner, found),
                NodeKind::Both(_, left, right) => {
                    [left, right].into_iter().for_each(|node| walk(node, found))
                }
                NodeKind::Call(_, given) => given.iter().for_each(|node| walk(node, found)),
            }
        }
        let mut found = Vec::new();
        walk(&self.root, &mut found);
        found
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A whole number needs no quotes.
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Expression;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an expression in quotes, like \"dose / strength\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Expression, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Expression, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Expression, E> {
                Err(E::custom(format!("write {number} in quotes, so that it stays exact: \"{number}\"")))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expression, E> {
                Expression::parse(text).map_err(|error| E::custom(format!("{text:?} {error}")))
            }
        }
        deserializer.deserialize_any(Text)
    }
}
