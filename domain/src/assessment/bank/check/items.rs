use std::collections::BTreeSet;

use crate::assessment::{
    bank::Finding,
    question::{Choice, OrderingKey, Question, Response, TextKey, comparable, mark},
};

pub(super) fn single_choice(choices: &[Choice], found: &mut Vec<Finding>) {
    if choices.iter().filter(|choice| choice.right).count() != 1 {
        found.push(Finding::of("single-choice.options", "exactly one option must be right"));
    } else {
        options("single-choice.options", choices, found);
    }
}

pub(super) fn multiple_choice(choices: &[Choice], found: &mut Vec<Finding>) {
    if choices.iter().any(|choice| choice.right) {
        options("multiple-choice.options", choices, found);
    } else {
        found.push(Finding::of("multiple-choice.options", "at least one option must be right"));
    }
}

fn options(key: &str, choices: &[Choice], found: &mut Vec<Finding>) {
    let texts: BTreeSet<_> = choices.iter().map(|choice| comparable(&choice.text, true)).collect();
    if choices.len() < 2 {
        found.push(Finding::of(key, "offer at least two options"));
    } else if texts.len() < choices.len() {
        found.push(Finding::of(key, "two options read the same"));
    } else if let Some(choice) = choices.iter().find(|choice| choice.right && choice.error.is_some()) {
        found.push(Finding::of(key, format!("{:?} is right and has the name of an error", choice.text)));
    } else if let Some(choice) = choices.iter().find(|choice| !choice.right && choice.why.is_none()) {
        found.push(Finding::of(key, format!("say why {:?} is wrong", choice.text)));
    }
}

pub(super) fn ordering(question: &Question, key: &OrderingKey, found: &mut Vec<Finding>) {
    let texts: BTreeSet<_> = key.items.iter().map(|item| comparable(&item.text, true)).collect();
    if key.items.len() < 3 || texts.len() < key.items.len() {
        found.push(Finding::of("ordering.items", "at least three items are needed, no two the same"));
    }
    for (n, error) in key.errors.iter().enumerate() {
        let verdict = mark(question, &Response::Ordered(error.answer.clone()));
        if !verdict.is_ok_and(|verdict| verdict.known_error.as_ref() == Some(&error.name)) {
            let what = "this is the right order, that of another error, or lacks an item";
            found.push(Finding::of(format!("ordering.errors[{n}].order"), what));
        }
    }
}

pub(super) fn text_entry(key: &TextKey, found: &mut Vec<Finding>) {
    let plain = |texts: &[String]| -> Vec<String> {
        texts.iter().map(|text| comparable(text, key.case_matters)).collect()
    };
    let mut taken: BTreeSet<_> = plain(&key.accepted).into_iter().collect();
    if taken.is_empty() || taken.iter().any(|text| text.is_empty()) {
        found.push(Finding::of("text-entry.accepted", "at least one text is needed, and none may be empty"));
    }
    for (n, error) in key.errors.iter().enumerate() {
        let texts = plain(&error.answer);
        if texts.is_empty() || texts.iter().any(|text| taken.contains(text)) {
            let what = "these are none, or one of them is right or that of another error";
            found.push(Finding::of(format!("text-entry.errors[{n}].texts"), what));
        }
        taken.extend(texts);
    }
}
