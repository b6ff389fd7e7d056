//! Tries a template before candidates are asked it: here the common part of all kinds, in `number` and `items` the
//! rest.

mod figure;
#[cfg(test)]
mod figure_tests;
mod forms;
mod items;
mod number;
#[cfg(test)]
mod tests;
mod units;

pub use forms::Form;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{Template, expression::is_reserved, template::Ask};
use crate::assessment::question::{Key, Question};

/// A fault of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The first seed that shows it; `None` where every question has it.
    pub seed: Option<u64>,
    /// The place in the template: "wording", "number.errors[2].value"; indexes count from 0.
    pub key: String,
    pub what: String,
}

impl Finding {
    pub(super) fn of(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { seed: None, key: key.into(), what: what.into() }
    }
}

impl Template {
    /// All faults: of the template as written, and of the questions from these seeds. Each key is named once, with the
    /// first seed that shows it. Empty for a template that is fit to be asked.
    pub fn check(&self, seeds: Range<u64>) -> Vec<Finding> {
        let mut found = self.as_written();
        let mut first: BTreeMap<String, Finding> = BTreeMap::new();
        for seed in seeds {
            let findings = match self.question(seed) {
                Ok(question) => self.made(&question),
                Err(error) => vec![Finding::of(error.key, error.what)],
            };
            for finding in findings {
                let seen =
                    first.contains_key(&finding.key) || found.iter().any(|known| known.key == finding.key);
                if !seen {
                    first.insert(finding.key.clone(), Finding { seed: Some(seed), ..finding });
                }
            }
            // A template that never makes a question would cost MAX_DRAWS draws for each seed.
            if first.keys().any(|key| key.starts_with("constraints")) {
                break;
            }
        }
        found.extend(first.into_values());
        found
    }

    fn as_written(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 80 || !self.id.chars().all(slug) {
            found.push(Finding::of("id", "use 1 to 80 lower-case letters, digits and hyphens"));
        }
        self.names(&mut found);
        found.extend(self.too_large().map(|error| Finding::of(error.key, error.what)));
        match &self.ask {
            Ask::Number(ask) => number::as_written(ask, &mut found),
            _ if self.explanation.is_none() => {
                found.push(Finding::of("explanation", "say why the right answer is right"));
            }
            _ => {}
        }
        found
    }

    /// Every variable has a valid name of its own, and values known before the draw use no other.
    fn names(&self, found: &mut Vec<Finding>) {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for (n, variable) in self.variables.iter().enumerate() {
            for name in variable.names() {
                let fit = name.starts_with(|c: char| c.is_ascii_lowercase())
                    && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                let what = if !fit {
                    "is no name: use lower-case letters, digits and _, a letter first"
                } else if is_reserved(name) || ["exact", "answer"].contains(&name) {
                    "already means something to the language"
                } else if !known.insert(name) {
                    "is the name of an earlier variable"
                } else {
                    continue;
                };
                found.push(Finding::of(format!("variables[{n}]"), format!("`{name}` {what}")));
            }
        }
        // Names in expressions that a draw may never evaluate: the branch of an `if`, the right side of an `or`.
        let mut used = BTreeMap::new();
        for (n, constraint) in self.constraints.iter().enumerate() {
            used.insert(format!("constraints[{n}]"), constraint.names());
        }
        used.insert("wording".to_owned(), self.wording.names());
        if let Ask::Number(ask) = &self.ask {
            used.insert("number.value".to_owned(), ask.value.names());
            known.extend(["exact", "answer"]);
            for (n, error) in ask.errors.iter().enumerate() {
                used.insert(format!("number.errors[{n}].value"), error.value.names());
            }
        }
        for (key, names) in used {
            if let Some((name, column)) = names.into_iter().find(|(name, _)| !known.contains(name)) {
                found.push(Finding::of(key, format!("at character {column}: there is no variable `{name}`")));
            }
        }
    }

    fn made(&self, question: &Question) -> Vec<Finding> {
        let mut found = Vec::new();
        if question.wording.trim().is_empty() {
            found.push(Finding::of("wording", "there is nothing to read"));
        }
        figure::made(question, &mut found);
        match (&question.key, &self.ask) {
            (Key::Number(key), Ask::Number(ask)) => number::made(ask, question, key, &mut found),
            (Key::SingleChoice(choices), _) => items::single_choice(choices, &mut found),
            (Key::MultipleChoice(choices), _) => items::multiple_choice(choices, &mut found),
            (Key::Ordering(key), _) => items::ordering(question, key, &mut found),
            (Key::TextEntry(key), _) => items::text_entry(key, &mut found),
            // A key of numbers is made of such a question only.
            (Key::Number(_), _) => {}
        }
        found
    }
}
