use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::banks::banks;
use crate::assessment::{
    bank::Template,
    question::{Key, Question},
};

/// The head of the file explains the form of a line.
const SAID: &str = include_str!("said.txt");

/// More than any template needs to show every row of its variables.
const SEEDS: std::ops::Range<u64> = 0..300;

/// On one line, however many lines it was written on.
fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All texts of one question, and the mistakes by which its wrong answers are named.
fn told(question: &Question) -> String {
    let mut told = vec![question.stimulus.clone().unwrap_or_default(), question.wording.clone()];
    told.extend(question.solution.iter().cloned());
    let named = |answer: &dyn std::fmt::Display, name: &str| format!("{answer}: {name}");
    match &question.key {
        Key::Number(key) => {
            told.extend(key.errors.iter().map(|error| named(&error.answer, &error.name)));
        }
        Key::SingleChoice(choices) | Key::MultipleChoice(choices) => {
            told.extend(choices.iter().map(|choice| {
                let name = choice.error.as_ref().or(choice.why.as_ref());
                named(&choice.text, name.map_or("", String::as_str))
            }));
        }
        Key::Ordering(_) | Key::TextEntry(_) => {}
    }
    even(&told.join(" "))
}

/// The texts of each template, on every seed.
fn templates() -> BTreeMap<String, BTreeSet<String>> {
    let templates = banks().into_iter().flat_map(|(_, _, bank)| bank.templates);
    let all = |template: &Template| SEEDS.map(|seed| told(&template.question(seed).unwrap())).collect();
    templates.map(|template| (template.id.clone(), all(&template))).collect()
}

#[test]
fn the_content_has_the_required_words_and_no_forbidden_ones() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let templates = templates();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    // After the head, a line without words is a heading.
    for line in SAID.lines().skip(7) {
        let parts: Vec<_> = line.split("; ").collect();
        let [place, stand, when, words] = parts[..] else {
            assert!(!line.contains(';'), "neither a heading nor a line of words: {line}");
            continue;
        };
        let texts: Vec<String> = match place {
            "*" => templates.values().flatten().cloned().collect(),
            file if file.contains('/') => vec![even(&fs::read_to_string(content.join(file)).unwrap())],
            id => templates.get(id).unwrap_or_else(|| panic!("no {id}")).iter().cloned().collect(),
        };
        let stands = |text: &&String| stand == "*" || stand.split(" + ").all(|words| text.contains(words));
        let meant: Vec<_> = texts.iter().filter(stands).collect();
        assert!(!meant.is_empty(), "{line}: nothing says {stand:?}");
        let always = match when {
            "always" => true,
            "never" => false,
            _ => panic!("{line}: always or never?"),
        };
        let has = |text: &str| words.split(" or ").any(|words| text.contains(words));
        if let Some(text) = meant.into_iter().find(|text| has(text) != always) {
            wrong.push(format!("{line}\n    {text}"));
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tried, 80, "as many lines as the table has");
}
