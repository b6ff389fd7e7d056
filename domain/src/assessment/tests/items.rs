//! Choices, orders and texts, each marked by its own rule.

use crate::{
    Problem,
    assessment::{
        bank::Bank,
        question::{Key, Question, Response, RoundingVerdict, UnitVerdict, mark},
    },
};

const ITEMS: &str = r#"
[[question]]
id = "single"
category = "abbreviations-and-safe-writing"
difficulty = 1
wording = "Which is safest?"
explanation = "In full."
[question.single-choice]
shuffle = false
options = [
  { text = "500 mcg", why = "Shortened.", error = "Micrograms shortened" },
  { text = "500 micrograms", right = true },
  { text = "500 mcgs", why = "Shortened." },
]

[[question]]
id = "multiple"
category = "abbreviations-and-safe-writing"
difficulty = 1
wording = "Which are safe?"
explanation = "In full."
[question.multiple-choice]
shuffle = false
options = [
  { text = "3 mg", right = true },
  { text = "3.0 mg", why = "A trailing nought.", error = "Trailing nought" },
  { text = "5 units", right = true },
  { text = "5 U", why = "Read as a nought.", error = "Units shortened" },
]

[[question]]
id = "ordering"
category = "comprehension"
difficulty = 1
wording = "In order?"
explanation = "So."
[question.ordering]
items = ["first", "second", "third"]
errors = [{ name = "Backwards", order = [3, 2, 1] }]

[[question]]
id = "text"
category = "spelling-of-medicines"
difficulty = 1
wording = "Its name?"
explanation = "So."
[question.text-entry]
accepted = ["St John's wort", "hypericum"]
errors = [{ name = "The apostrophe left out", texts = ["St Johns wort"] }]

[[question]]
id = "capital"
category = "spelling-of-medicines"
difficulty = 1
wording = "Its symbol?"
explanation = "So."
[question.text-entry]
accepted = ["Na"]
case-matters = true
errors = [{ name = "No capital", texts = ["na"] }]
"#;

fn question(id: &str) -> Question {
    let bank = Bank::read(ITEMS).unwrap();
    assert_eq!(bank.check(&(0..20)), []);
    bank.templates.iter().find(|template| template.id == id).unwrap().question(4).unwrap()
}

fn chosen(ids: &[&str]) -> Response {
    Response::Chosen(ids.iter().map(|id| (*id).to_owned()).collect())
}

fn text(text: &str) -> Response {
    Response::Text(text.to_owned())
}

/// The ids of an ordering question, for its items as the template names them.
fn ordered(question: &Question, items: &[&str]) -> Response {
    let Key::Ordering(key) = &question.key else { panic!("not an order") };
    let id = |text: &&str| key.items.iter().find(|item| item.text == *text).unwrap().id.clone();
    Response::Ordered(items.iter().map(id).collect())
}

/// Whether it is right, and the named error.
fn marked(question: &Question, response: &Response) -> (bool, Option<String>) {
    let verdict = mark(question, response).unwrap();
    assert_eq!((verdict.unit, verdict.rounding), (UnitVerdict::NotNeeded, RoundingVerdict::Right));
    (verdict.right, verdict.known_error)
}

#[test]
fn an_answer_that_cannot_be_marked_is_refused_and_not_marked_wrong() {
    let order = question("ordering");
    for (question, response, problem) in [
        (question("single"), chosen(&[]), Problem::AnswerMissing),
        (question("single"), chosen(&["a", "b"]), Problem::ChooseOne),
        (question("single"), chosen(&["z"]), Problem::QuestionsChanged),
        (question("single"), text("b"), Problem::QuestionsChanged),
        (question("multiple"), chosen(&[]), Problem::AnswerMissing),
        (question("multiple"), chosen(&["a", "x"]), Problem::QuestionsChanged),
        (order.clone(), Response::Ordered(vec![]), Problem::AnswerMissing),
        (order.clone(), ordered(&order, &["first", "second"]), Problem::OrderIncomplete),
        (order.clone(), ordered(&order, &["first", "second", "second"]), Problem::OrderIncomplete),
        (order.clone(), ordered(&order, &["first", "second", "third", "third"]), Problem::OrderIncomplete),
        (order, Response::Ordered(vec!["z".to_owned()]), Problem::QuestionsChanged),
        (question("text"), text(" \u{a0} "), Problem::AnswerMissing),
        (question("text"), text(&"a".repeat(201)), Problem::TextTooLong),
    ] {
        assert_eq!(mark(&question, &response), Err(problem), "{response:?}");
    }
}

#[test]
fn one_choice_is_right_and_a_wrong_one_names_its_error() {
    let question = question("single");
    assert_eq!(marked(&question, &chosen(&["a"])), (false, Some("Micrograms shortened".to_owned())));
    assert_eq!(marked(&question, &chosen(&["c"])), (false, None));
    assert_eq!(marked(&question, &chosen(&["b"])), (true, None));
    assert_eq!(question.right_answer(), ["500 micrograms"]);
}

#[test]
fn exactly_all_right_choices_together_are_right() {
    let question = question("multiple");
    assert_eq!(marked(&question, &chosen(&["a"])), (false, None));
    assert_eq!(marked(&question, &chosen(&["a", "b", "c"])), (false, Some("Trailing nought".to_owned())));
    assert_eq!(marked(&question, &chosen(&["d"])), (false, Some("Units shortened".to_owned())));
    assert_eq!(marked(&question, &chosen(&["c", "a"])), (true, None));
}

#[test]
fn only_the_whole_order_is_right_and_it_is_never_shown_so() {
    let question = question("ordering");
    assert_eq!(
        marked(&question, &ordered(&question, &["third", "second", "first"])),
        (false, Some("Backwards".to_owned()))
    );
    assert_eq!(marked(&question, &ordered(&question, &["second", "first", "third"])), (false, None));
    assert_eq!(marked(&question, &ordered(&question, &["first", "second", "third"])), (true, None));
    let bank = Bank::read(ITEMS).unwrap();
    for seed in 0..200 {
        let Key::Ordering(key) = bank.templates[2].question(seed).unwrap().key else {
            panic!("not an order")
        };
        assert_ne!(
            key.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>(),
            key.right,
            "seed {seed}"
        );
    }
}

#[test]
fn a_text_is_compared_without_differences_between_keyboards() {
    let question = question("text");
    for right in ["St John's wort", "st john’s  WORT ", "Hypericum.", "St\u{200b} John'swort"] {
        assert_eq!(marked(&question, &text(right)), (true, None), "{right}");
    }
    assert_eq!(
        marked(&question, &text("St Johns wort")),
        (false, Some("The apostrophe left out".to_owned()))
    );
    assert_eq!(marked(&question, &text("St John wort")), (false, None));
    let capital = self::question("capital");
    assert_eq!(marked(&capital, &text(" Na")), (true, None));
    assert_eq!(marked(&capital, &text("na")), (false, Some("No capital".to_owned())));
    assert_eq!(marked(&capital, &text("NA")), (false, None));
}
