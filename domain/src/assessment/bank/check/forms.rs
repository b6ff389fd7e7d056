//! The forms that people write in place of the author's text: which are accepted, and which are not.

use std::collections::BTreeSet;

use crate::{
    assessment::{
        bank::Template,
        question::{Key, Question, Response, mark},
    },
    quantity::Unit,
};

/// A form of the answer to a question, and whether it is marked right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    pub typed: String,
    pub taken: bool,
}

impl Template {
    /// The forms of a text answer, with the numbers of this seed. None for other kinds.
    pub fn forms(&self, seed: u64) -> Vec<Form> {
        let Ok(question) = self.question(seed) else { return Vec::new() };
        let Key::TextEntry(key) = &question.key else { return Vec::new() };
        // Names are tried before the first spelling only; before the others they would show nothing new.
        let named = names(&question);
        let names = |at: usize| if at == 0 { &named[..] } else { &[] };
        let typed: BTreeSet<String> =
            key.accepted.iter().enumerate().flat_map(|(at, text)| variants(text, names(at))).collect();
        let taken = |typed: &str| {
            mark(&question, &Response::Text(typed.to_owned())).is_ok_and(|verdict| verdict.right)
        };
        typed.into_iter().map(|typed| Form { taken: taken(&typed), typed }).collect()
    }
}

fn variants(text: &str, names: &[String]) -> Vec<String> {
    let mut all = vec![
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        format!("{text}."),
        text.split_whitespace().collect(),
        text.split_whitespace().collect::<Vec<_>>().join("  "),
    ];
    all.extend(
        names.iter().filter(|name| !text.contains(name.as_str())).map(|name| format!("{name} {text}")),
    );
    all.extend(other_number(text));
    all.extend(times(text));
    if let Some(day) = DAYS.iter().find(|day| day.eq_ignore_ascii_case(text)) {
        all.extend([day[..3].to_owned(), format!("on {day}")]);
    }
    let name = text.chars().all(|c| c.is_ascii_lowercase());
    if name && text.len() > 5 {
        all.extend(["hydrochloride", "sodium", "tartrate"].map(|salt| format!("{text} {salt}")));
    }
    if text.len() > 3
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().any(|c| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    {
        all.extend(["LOT ", "LOT: ", "Lot no. ", "batch "].map(|before| format!("{before}{text}")));
    }
    all
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// "100 micrograms" as "100 microgram", and the other way round.
fn other_number(text: &str) -> Option<String> {
    let (number, unit) = text.rsplit_once(' ')?;
    let unit: Unit = unit.parse().ok()?;
    let many = unit.to_string();
    let one = unit.after(crate::quantity::Rational::ONE);
    Some(format!("{number} {}", if text.ends_with(&many) && many != one { one } else { many }))
}

/// A time of day as written in notes.
fn times(text: &str) -> Vec<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_time = digits.len() == 4 && text.chars().all(|c| c.is_ascii_digit() || c == ':');
    if !is_time {
        return Vec::new();
    }
    let (hours, minutes) = digits.split_at(2);
    let behind = ["", "h", " h", "hrs", " hrs", "hours", " hours"];
    [format!("{hours}:{minutes}"), format!("{hours}{minutes}"), format!("{hours}.{minutes}")]
        .iter()
        .flat_map(|time| behind.map(|behind| format!("{time}{behind}")))
        .chain([format!("at {hours}:{minutes}")])
        .collect()
}

/// Names of medicines in the question, as far as they can be told: words with a capital that do not begin a sentence.
fn names(question: &Question) -> Vec<String> {
    let text = format!("{} {}", question.stimulus.as_deref().unwrap_or_default(), question.wording);
    let mut names = Vec::new();
    let mut begins = true;
    for word in text.split_whitespace() {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        let capital = name.len() > 3 && name.starts_with(|c: char| c.is_ascii_uppercase());
        if capital
            && !begins
            && name.chars().all(|c| c.is_ascii_alphabetic())
            && !names.contains(&name.to_owned())
        {
            names.push(name.to_owned());
        }
        begins = word.ends_with(['.', '?', ':']);
    }
    names.truncate(3);
    names
}

#[cfg(test)]
mod tests {
    use crate::assessment::bank::Bank;

    const TIME: &str = r#"
[[question]]
id = "time"
category = "comprehension"
difficulty = 1
wording = "The dose of Digoxin was given at a quarter to nine. When?"
explanation = "So."
[question.text-entry]
accepted = ["20:45", "2045", "2045 hrs"]
"#;

    #[test]
    fn a_report_lists_accepted_and_refused_forms() {
        let forms = Bank::read(TIME).unwrap().templates[0].forms(0);
        let taken = |typed: &str| forms.iter().find(|form| form.typed == typed).map(|form| form.taken);
        assert_eq!(taken("2045hrs"), Some(true));
        assert_eq!(taken("2045."), Some(true));
        for missing in ["20:45 h", "2045hours", "at 20:45", "20.45", "Digoxin 20:45"] {
            assert_eq!(taken(missing), Some(false), "{missing}");
        }
    }
}
