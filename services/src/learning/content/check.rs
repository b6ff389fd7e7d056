//! `check.toml`: the questions at the end of a module.

use std::collections::BTreeSet;

use domain::{
    assessment::question::Rounding,
    learning::{Kind, Opt, Question, Slug},
    quantity::{Unit, bare_number},
};
use serde::Deserialize;
use toml::Spanned;

use super::line_at;
use crate::kit::markdown::inline;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    asked: Option<Spanned<i16>>,
    question: Vec<Spanned<Raw>>,
}

/// A pool of questions, and how many of them a try asks.
#[derive(Debug)]
pub(super) struct Check {
    pub asked: Option<i16>,
    pub questions: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    kind: String,
    text: String,
    explanation: String,
    page: Option<String>,
    #[serde(default)]
    option: Vec<RawOption>,
    answer: Option<toml::Value>,
    unit: Option<String>,
    /// How the answer of a number is rounded; as in a template of the bank.
    rounding: Option<Rounding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    id: String,
    text: String,
    right: bool,
    why: String,
}

/// The fewest questions that make a check.
const FEWEST: usize = 5;
/// The pool has at least this many times the questions of a try: knowing one passed try then helps another learner
/// little.
const POOL: usize = 2;

/// Reads the questions, or says what is wrong and in which line (from 1). `pages` are those of the module.
pub(super) fn read(text: &str, pages: &[&str]) -> Result<Check, Vec<(usize, String)>> {
    let file: File = toml::from_str(text).map_err(|error| {
        vec![(error.span().map_or(1, |span| line_at(text, span.start)), error.message().to_owned())]
    })?;
    let mut faults = Vec::new();
    let there = file.question.len();
    match &file.asked {
        None if there < FEWEST => {
            faults.push((1, format!("a check has at least {FEWEST} questions; this one has {there}")));
        }
        None => {}
        Some(key) => {
            let (line, asked) = (line_at(text, key.span().start), *key.get_ref());
            let asked = usize::try_from(asked).unwrap_or(0);
            if asked < FEWEST {
                faults
                    .push((line, format!("a check asks at least {FEWEST} questions; this one asks {asked}")));
            } else if there < POOL * asked {
                let need = POOL * asked;
                faults.push((
                    line,
                    format!("to ask {asked}, at least {need} questions are needed; there are {there}"),
                ));
            }
        }
    }
    let mut ids = BTreeSet::new();
    let mut questions = Vec::new();
    for raw in file.question {
        let line = line_at(text, raw.span().start);
        let raw = raw.into_inner();
        if !ids.insert(raw.id.clone()) {
            faults.push((line, format!("a second question has the id {:?}", raw.id)));
        }
        let id = raw.id.clone();
        match question(raw, pages) {
            Ok(question) => questions.push(question),
            Err(what) => faults.push((line, format!("question {id:?}: {what}"))),
        }
    }
    let asked = file.asked.map(Spanned::into_inner);
    if faults.is_empty() { Ok(Check { asked, questions }) } else { Err(faults) }
}

fn question(raw: Raw, pages: &[&str]) -> Result<Question, String> {
    Slug::parse(&raw.id).map_err(|error| error.to_string())?;
    if let Some(page) = raw.page.as_ref().filter(|page| !pages.contains(&page.as_str())) {
        return Err(format!("the module has no page {page:?}"));
    }
    if raw.text.trim().is_empty() || raw.explanation.trim().is_empty() {
        return Err("the text and the explanation must be given".to_owned());
    }
    if raw.rounding.is_some() && raw.kind != "number" {
        return Err("only a number is rounded".to_owned());
    }
    let kind = match (raw.kind.as_str(), raw.answer) {
        ("single", None) => {
            Kind::Single { options: options(raw.option, |right, wrong| right == 1 && wrong >= 1)? }
        }
        ("multiple", None) => {
            Kind::Multiple { options: options(raw.option, |right, wrong| right >= 2 && wrong >= 1)? }
        }
        ("true-false", Some(toml::Value::Boolean(answer))) if raw.option.is_empty() => {
            Kind::TrueFalse { answer }
        }
        ("number", Some(toml::Value::String(answer))) if raw.option.is_empty() => {
            let number =
                bare_number(&answer).ok_or_else(|| format!("the answer {answer:?} is not a number"))?;
            // The keyboard that a phone shows for the box has no minus sign.
            if number.is_negative() {
                return Err(format!("the answer {answer:?} is below 0: ask so that it is not"));
            }
            let unit = raw.unit.unwrap_or_default();
            if !unit.is_empty() && unit.parse::<Unit>().is_err() {
                return Err(format!("the unit {unit:?} is not known"));
            }
            let rounding = raw.rounding.unwrap_or_default();
            if !rounding.allows(number) {
                return Err(format!("the answer {answer:?} is not rounded so"));
            }
            let text = raw.text.to_lowercase();
            if rounding == Rounding::Exact
                && ["round", "nearest", "decimal place"].iter().any(|word| text.contains(word))
            {
                return Err(
                    "says that the answer is rounded: give `rounding` too, which is told beside the box"
                        .to_owned(),
                );
            }
            Kind::Number { answer, unit, rounding }
        }
        ("single" | "multiple", _) => return Err("the options hold the answer: remove `answer`".to_owned()),
        ("true-false", _) => {
            return Err("needs `answer = true` or `answer = false`, and no options".to_owned());
        }
        ("number", _) => return Err("needs `answer = \"12.5\"` (a text), and no options".to_owned()),
        (other, _) => {
            return Err(format!("the kind {other:?} is not one of single, multiple, true-false, number"));
        }
    };
    Ok(Question {
        id: raw.id,
        text: inline(&raw.text)?,
        explanation: inline(&raw.explanation)?,
        page: raw.page,
        kind,
    })
}

fn options(raw: Vec<RawOption>, fits: impl Fn(usize, usize) -> bool) -> Result<Vec<Opt>, String> {
    let right = raw.iter().filter(|option| option.right).count();
    if !fits(right, raw.len() - right) {
        return Err(format!("{right} of its {} options are right, which does not fit its kind", raw.len()));
    }
    let ids: BTreeSet<_> = raw.iter().map(|option| &option.id).collect();
    if ids.len() < raw.len() || raw.iter().any(|option| Slug::parse(&option.id).is_err()) {
        return Err("each option needs an id of its own, in lower-case letters and digits".to_owned());
    }
    if raw.iter().any(|option| option.text.trim().is_empty() || option.why.trim().is_empty()) {
        return Err("each option needs a text and a why".to_owned());
    }
    raw.into_iter()
        .map(|option| {
            Ok(Opt {
                id: option.id,
                text: inline(&option.text)?,
                right: option.right,
                why: inline(&option.why)?,
            })
        })
        .collect()
}
