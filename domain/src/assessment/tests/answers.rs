use super::banks::banks;
use crate::assessment::{
    bank::Template,
    question::{Key, Question, Response, UnitVerdict, mark},
};

/// The head of the file explains the form of a line.
const ANSWERS: &str = include_str!("answers.txt");

/// More than any template needs to show every row of its variables.
const SEEDS: std::ops::Range<u64> = 0..20_000;

/// The question of this template that contains all these words.
fn asked_with(templates: &[Template], id: &str, words: &str) -> Question {
    let template = templates.iter().find(|template| template.id == id).unwrap_or_else(|| panic!("no {id}"));
    let told = |question: &Question| {
        let stimulus = question.stimulus.clone().unwrap_or_default();
        format!("{stimulus} {}", question.wording).replace(['\n', '\u{a0}'], " ")
    };
    SEEDS
        .map(|seed| template.question(seed).unwrap())
        .find(|question| words.split(" + ").all(|words| told(question).contains(words)))
        .unwrap_or_else(|| panic!("{id} never says {words:?}"))
}

#[test]
fn answers_to_the_bank_are_marked_as_on_paper() {
    let templates: Vec<_> = banks().into_iter().flat_map(|(_, _, bank)| bank.templates).collect();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    // After the head, a line without answers is a heading.
    for line in ANSWERS.lines().skip(5) {
        let parts: Vec<_> = line.split("; ").collect();
        let [id, words, answer, expected] = parts[..] else {
            assert!(!line.contains(';'), "neither a heading nor a line of answers: {line}");
            continue;
        };
        let question = asked_with(&templates, id, words);
        let response = match (&question.key, answer.split_once('[')) {
            (Key::TextEntry(_), _) => Response::Text(answer.to_owned()),
            (_, Some((typed, unit))) => {
                Response::Number { typed: typed.to_owned(), unit: unit.trim_end_matches(']').to_owned() }
            }
            (_, None) => Response::Number { typed: answer.to_owned(), unit: String::new() },
        };
        let verdict = mark(&question, &response).unwrap_or_else(|problem| panic!("{line}: {problem:?}"));
        let marked = match (verdict.right, verdict.unit) {
            (true, _) => "right",
            (false, UnitVerdict::Missing) => "unit missing",
            (false, _) => "wrong",
        };
        tried += 1;
        if marked != expected {
            wrong.push(format!("{id}: {answer:?} is {marked}, on paper {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tried, 75, "as many answers as the table has");
}

/// An answer that differs only in spaces, capitals or a final full stop is always accepted, unless capitals are part of
/// the answer.
#[test]
fn spaces_capitals_and_full_stops_never_cost_a_mark() {
    let plain = |text: &str| text.replace(' ', "").trim_end_matches('.').to_lowercase();
    let mut tried = 0;
    for template in banks().into_iter().flat_map(|(_, _, bank)| bank.templates) {
        let Key::TextEntry(key) = template.question(0).unwrap().key else { continue };
        let forms = template.forms(0);
        assert!(forms.iter().filter(|form| form.taken).count() >= key.accepted.len(), "{}", template.id);
        for form in forms.into_iter().filter(|form| !form.taken && !key.case_matters) {
            assert!(
                key.accepted.iter().all(|right| plain(right) != plain(&form.typed)),
                "{}: {form:?}",
                template.id
            );
        }
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}
