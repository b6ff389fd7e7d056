//! The questions of some seeds, pinned. A program in another language computed the expected values, from the published
//! generator: when one of these fails, stored seeds no longer give the questions that were asked.
//! generator: when one of these fails, stored seeds no longer give the questions that were asked.

use crate::assessment::{
    bank::{Bank, Template},
    question::{AskedQuestion, AskedView, Question},
};

const NUMBERS: &str = r#"
[[question]]
id = "golden-number"
category = "tablets-and-capsules"
difficulty = 1
variables = [
  { rows = [{ drug = "digoxin", mg = "0.0625" }, { drug = "bisoprolol", mg = "2.5" }, { drug = "furosemide", mg = 20 }] },
  { name = "tablets", from = "0.5", to = 4, step = "0.5" },
  { name = "weight", values = [40, 60, 80] },
  { name = "dose", value = "mg * tablets" },
]
constraints = ["dose <= 20", "tablets != 1"]
wording = "{drug} {dose} mg, {weight} kg"
[question.number]
value = "dose / mg"
unit = "tablets"
steps = ["{answer:tablets}"]
"#;

const ORDER: &str = r#"
[[question]]
id = "golden-order"
category = "comprehension"
difficulty = 1
wording = "Which?"
explanation = "So."
[question.single-choice]
options = [
  { text = "one", right = true },
  { text = "two", why = "no" },
  { text = "three", why = "no" },
  { text = "four", why = "no" },
]
"#;

fn template(text: &str) -> Template {
    Bank::read(text).unwrap().templates.remove(0)
}

#[test]
fn a_seed_gives_these_numbers_for_ever() {
    let template = template(NUMBERS);
    for (seed, wording, answer) in [
        (0, "bisoprolol 6.25 mg, 60 kg", "2.5 tablets"),
        (1, "digoxin 0.1875 mg, 40 kg", "3 tablets"),
        (2, "bisoprolol 3.75 mg, 40 kg", "1.5 tablets"),
        (1 << 63, "bisoprolol 3.75 mg, 60 kg", "1.5 tablets"),
        (u64::MAX, "digoxin 0.21875 mg, 60 kg", "3.5 tablets"),
    ] {
        let question = template.question(seed).unwrap();
        assert_eq!(question.wording, wording, "seed {seed}");
        assert_eq!(question.right_answer()[0].replace('\u{a0}', " "), answer, "seed {seed}");
    }
}

#[test]
fn a_seed_gives_this_order_for_ever() {
    let template = template(ORDER);
    for (seed, order) in [
        (0, ["three", "two", "one", "four"]),
        (1, ["three", "one", "four", "two"]),
        (2, ["one", "two", "four", "three"]),
        (3, ["three", "four", "one", "two"]),
    ] {
        let AskedView::SingleChoice(options) = template.question(seed).unwrap().asked().view else {
            panic!("another kind")
        };
        let shown: Vec<_> = options.iter().map(|option| option.text.as_str()).collect();
        assert_eq!(shown, order, "seed {seed}");
    }
}

/// A question is stored with its sitting and read years later.
#[test]
fn a_stored_question_is_read_back_whole() {
    for text in [NUMBERS, ORDER] {
        let question = template(text).question(5).unwrap();
        let stored = toml::to_string(&question).unwrap();
        assert_eq!(toml::from_str::<Question>(&stored).unwrap(), question);
        let asked = question.asked();
        assert_eq!(toml::from_str::<AskedQuestion>(&toml::to_string(&asked).unwrap()).unwrap(), asked);
    }
}

#[test]
fn the_page_does_not_receive_the_key() {
    let question = template(ORDER).question(5).unwrap();
    let asked = toml::to_string(&question.asked()).unwrap();
    for secret in ["right", "why", "golden-order", "seed", "So."] {
        assert!(!asked.contains(secret), "{secret} in {asked}");
    }
    let question = template(NUMBERS).question(5).unwrap();
    let asked = toml::to_string(&question.asked()).unwrap();
    for secret in ["answer", "tolerance", "errors", "tablets\"", "golden-number"] {
        assert!(!asked.contains(secret), "{secret} in {asked}");
    }
}
