//! Every finding, each caused by one change to a template without findings.

use crate::assessment::{Category, bank::Bank};

const NUMBER: &str = r#"
[[question]]
id = "fine"
category = "infusion-ml-per-hour"
difficulty = 1
variables = [
  { name = "volume", from = 250, to = 1000, step = 250 },
  { name = "hours", values = [4, 5] },
]
constraints = ["volume / hours <= 200"]
wording = "{volume:mL} over {hours} hours, to 1 decimal place?"
hints = ["Divide {volume}."]
[question.number]
value = "volume / hours"
unit = "mL/hour"
also = { "mL/min" = 60 }
rounding = "one-decimal"
tolerance = 0
steps = ["{volume} ÷ {hours}, given as {answer} mL/hour"]
errors = [
  { name = "Multiplied", value = "volume * hours" },
  { name = "Upside down", value = "10 * hours / volume" },
]
"#;

const CHOICE: &str = r#"
[[question]]
id = "fine"
category = "comprehension"
difficulty = 1
wording = "Which?"
explanation = "So."
[question.single-choice]
options = [
  { text = "one", right = true },
  { text = "two", why = "No." },
]
"#;

const ORDER: &str = r#"
[[question]]
id = "fine"
category = "comprehension"
difficulty = 1
wording = "In order?"
explanation = "So."
[question.ordering]
items = ["one", "two", "three"]
errors = [{ name = "Backwards", order = [3, 2, 1] }]
"#;

const TEXT: &str = r#"
[[question]]
id = "fine"
category = "comprehension"
difficulty = 1
wording = "Which?"
explanation = "So."
[question.text-entry]
accepted = ["digoxin"]
errors = [{ name = "Misspelt", texts = ["digoxine"] }]
"#;

/// The key, the seed and the words of each finding.
pub(super) fn findings(text: &str) -> Vec<(String, Option<u64>, String)> {
    let bank = Bank::read(text).unwrap_or_else(|error| panic!("{error}"));
    bank.check(&(0..200))
        .into_iter()
        .map(|found| (found.finding.key, found.finding.seed, found.finding.what))
        .collect()
}

/// The one change causes the one finding, among those that follow from it.
pub(super) fn finds(whole: &str, from: &str, to: &str, key: &str, says: &str) {
    assert!(whole.contains(from), "{from}");
    let found = findings(&whole.replace(from, to));
    assert!(found.iter().any(|(at, _, what)| at == key && what.contains(says)), "{to}: {found:#?}");
}

#[test]
fn a_sound_template_has_no_findings() {
    for whole in [NUMBER, CHOICE, ORDER, TEXT] {
        assert_eq!(findings(whole), []);
    }
}

#[test]
fn faults_of_the_written_template_are_found() {
    for (from, to, key, says) in [
        ("id = \"fine\"", "id = \"Fine one\"", "id", "lower-case"),
        ("name = \"hours\"", "name = \"Hours\"", "variables[1]", "is no name"),
        ("name = \"hours\"", "name = \"round\"", "variables[1]", "already means something"),
        ("name = \"hours\"", "name = \"answer\"", "variables[1]", "already means something"),
        ("name = \"hours\"", "name = \"volume\"", "variables[1]", "of an earlier variable"),
        (
            "volume / hours <= 200",
            "volume > 0 or hour > 1",
            "constraints[0]",
            "at character 15: there is no variable `hour`",
        ),
        ("{volume:mL} over", "{answer} over", "wording", "there is no variable `answer`"),
        ("over {hours}", "over {if(volume > 0, hours, hour)}", "wording", "there is no variable `hour`"),
        ("name = \"Upside down\"", "name = \"Multiplied\"", "number.errors", "the same name"),
        ("\"mL/min\" = 60", "\"mL/h\" = 1", "number.also", "the unit of the answer itself"),
        ("unit = \"mL/hour\"", "", "number.unit", "without a unit"),
        (
            "unit = \"mL/hour\"",
            "unit = \"mL/hour\"\nunit-entry = \"chosen\"",
            "number.unit-choices",
            "at least two units",
        ),
        (
            "unit = \"mL/hour\"",
            "unit = \"mL/hour\"\nunit-choices = [\"mL\"]",
            "number.unit-choices",
            "only where candidates choose the unit",
        ),
    ] {
        finds(NUMBER, from, to, key, says);
    }
    let unit = "unit = \"mL/hour\"";
    finds(NUMBER, unit, &format!("{unit}\nunit-entry = \"shown\""), "number.also", "printed beside the box");
    let shown = NUMBER.replace("also = { \"mL/min\" = 60 }", "unit-entry = \"shown\"");
    let (value, below) = ("value = \"volume / hours\"", "value = \"0 - volume / hours\"");
    finds(&shown, value, below, "number.unit-entry", "may be negative");
    let steps = "steps = [\"{volume} ÷ {hours}, given as {answer} mL/hour\"]";
    finds(NUMBER, steps, "", "number.steps", "show how");
    finds(CHOICE, "explanation = \"So.\"", "", "explanation", "say why");
}

#[test]
fn faults_of_the_numbers_are_found() {
    for (from, to, key, says) in [
        ("volume / hours <= 200", "volume / hours < 0", "constraints[0]", "no numbers fit in 1000 draws"),
        ("volume / hours <= 200", "volume", "constraints[0]", "a condition is needed"),
        ("values = [4, 5]", "value = \"volume / 0\"", "variables[1]", "divides by nought"),
        ("over {hours}", "over {volume / 7}", "wording", "which has no end"),
        ("\"{volume:mL} over {hours} hours, to 1 decimal place?\"", "\" \"", "wording", "nothing to read"),
        ("Divide {volume}", "Divide {volume / 7}", "hints[0]", "which has no end"),
        (
            "value = \"volume / hours\"",
            "value = \"hours / volume / 10\"",
            "number.rounding",
            "rounded away to nought",
        ),
        ("tolerance = 0", "tolerance = -1", "number.tolerance", "nought or more"),
        ("tolerance = 0", "tolerance = 10000", "number.errors[0].value", "is the right answer too"),
        ("tolerance = 0", "precision = \"whole\"", "number.precision", "is not marked right"),
        (
            "\"mL/min\" = 60",
            "\"mL/min\" = 6",
            "number.also.mL/min",
            "1 mL/min is 60 of the answer's unit, not 6",
        ),
        ("\"mL/min\" = 60", "\"mg/min\" = 0", "number.also.mg/min", "above nought"),
        ("given as {answer} mL/hour", "so", "number.steps", "no step shows the answer"),
        ("given as {answer} mL/hour", "given as {answer} mL", "number.steps", "no step shows the answer"),
        ("given as {answer} mL/hour", "1{answer} mL/hour", "number.steps", "no step shows the answer"),
        ("volume * hours", "round(volume / hours, 1)", "number.errors[0].value", "is the right answer too"),
        (
            "10 * hours / volume",
            "volume * hours",
            "number.errors[1].value",
            "is named by another error: Multiplied",
        ),
        ("volume * hours", "volume * 10000000000000", "number.errors[0].value", "cannot be typed"),
        (
            "value = \"volume / hours\"",
            "value = \"volume * 10000000000000\"",
            "number.value",
            "no number that a question",
        ),
        ("\"volume * hours\"", "\"volume\", when = \"2\"", "number.errors[0].when", "a condition is needed"),
        (", to 1 decimal place?", "?", "wording", "say how the answer is rounded"),
        ("tolerance = 0", "precision = \"whole\"", "wording", "say how the answer is written"),
        ("tolerance = 0", "tolerance = 1", "number.tolerance", "would mark another number right"),
    ] {
        finds(NUMBER, from, to, key, says);
    }
    let exact =
        NUMBER.replace("rounding = \"one-decimal\"", "").replace("volume / hours\"\n", "volume / 7\"\n");
    finds(&exact, "tolerance = 0", "tolerance = 0", "number.rounding", "cannot be written in full");
}

/// An answer that is right only for most numbers is found at the first seed that shows it.
#[test]
fn a_finding_names_the_first_seed_that_shows_it() {
    let rare = NUMBER.replace("volume * hours", "if(volume == 500, volume / hours, volume * hours)");
    let found = findings(&rare);
    let seed = found[0].1.unwrap();
    let bank = Bank::read(&rare).unwrap();
    let has_500 = |seed| bank.templates[0].question(seed).unwrap().wording.starts_with("500");
    assert!(has_500(seed) && (0..seed).all(|seed| !has_500(seed)));
    assert_eq!(found.len(), 1);
    assert_eq!(bank.templates[0].category, Category::InfusionMlPerHour);
}

/// An error is named by its place in the file, even when an earlier one is impossible with these numbers.
#[test]
fn the_place_of_an_error_is_that_in_the_file() {
    let whole = NUMBER.replace("\"volume * hours\"", "\"volume * hours\", when = \"volume < 0\"");
    finds(
        &whole,
        "10 * hours / volume",
        "volume / hours",
        "number.errors[1].value",
        "is the right answer too",
    );
}

#[test]
fn faults_of_items_are_found() {
    for (whole, from, to, key, says) in [
        (CHOICE, ", right = true", ", why = \"No.\"", "single-choice.options", "exactly one"),
        (CHOICE, "\"two\", why", "\"two\", right = true, why", "single-choice.options", "exactly one"),
        (CHOICE, "\"two\"", "\" one\"", "single-choice.options", "read the same"),
        (CHOICE, ", why = \"No.\"", "", "single-choice.options", "say why \"two\" is wrong"),
        (
            CHOICE,
            "right = true",
            "right = true, error = \"E\"",
            "single-choice.options",
            "has the name of an error",
        ),
        (CHOICE, "  { text = \"two\", why = \"No.\" },", "", "single-choice.options", "at least two"),
        (ORDER, ", \"three\"", "", "ordering.errors[0].order", "the places count from 1"),
        (ORDER, "\"three\"", "\"two\"", "ordering.items", "no two the same"),
        (ORDER, "[3, 2, 1]", "[1, 2, 3]", "ordering.errors[0].order", "is the right order"),
        (ORDER, "[3, 2, 1]", "[3, 2]", "ordering.errors[0].order", "lacks an item"),
        (ORDER, "[3, 2, 1]", "[0, 1, 2]", "ordering.errors[0].order", "the places count from 1"),
        (TEXT, "[\"digoxin\"]", "[]", "text-entry.accepted", "at least one"),
        (TEXT, "[\"digoxin\"]", "[\" \"]", "text-entry.accepted", "none may be empty"),
        (TEXT, "[\"digoxine\"]", "[\"Digoxin\"]", "text-entry.errors[0].texts", "one of them is right"),
        (TEXT, "[\"digoxine\"]", "[]", "text-entry.errors[0].texts", "these are none"),
    ] {
        finds(whole, from, to, key, says);
    }
    let none =
        CHOICE.replace("single-choice", "multiple-choice").replace(", right = true", ", why = \"No.\"");
    finds(&none, "one", "one", "multiple-choice.options", "at least one option must be right");
}

/// A question names its unit and prints it, or leaves it open: anything in between marks right amounts wrong, or wrong
/// ones right.
#[test]
fn a_named_unit_is_the_printed_one() {
    let asks = |wording: &str| NUMBER.replace("over {hours} hours, to 1 decimal place?", wording);
    let named = asks("over {hours} hours. What is the rate in mL/hour, to 1 decimal place?");
    finds(
        &named,
        "tolerance",
        "tolerance",
        "wording",
        "names mL/hour, and an answer in another unit is right too",
    );
    // A unit in a request without a question mark is found too.
    for wording in [
        "over {hours} hours. Write the rate in mL/hour, to 1 decimal place.",
        "over {hours} hours. What is the rate? Give it in mL/hour, to 1 decimal place.",
    ] {
        finds(&asks(wording), "tolerance", "tolerance", "wording", "names mL/hour");
    }
    let printed = named.replace("also = { \"mL/min\" = 60 }", "unit-entry = \"shown\"");
    assert_eq!(findings(&printed), []);
    finds(
        &printed,
        "rate in mL/hour",
        "rate in mL/min",
        "wording",
        "asks for mL/min, and mL/hour is printed",
    );
    finds(
        &printed,
        "unit-entry = \"shown\"",
        "unit-entry = \"chosen\"\nunit-choices = [\"mL/hour\", \"mL\"]",
        "wording",
        "names mL/hour",
    );
    let bare = NUMBER
        .replace("over {hours} hours, to 1", "over {hours} hours. How many tablets, to 1")
        .replace("unit = \"mL/hour\"\nalso = { \"mL/min\" = 60 }", "")
        .replace("given as {answer} mL/hour", "given as {answer}");
    finds(&bare, "tolerance", "tolerance", "wording", "asks for tablets, and an answer with a unit is wrong");
    // Left open, with the unit of another kind of quantity in the wording: no unit is named.
    assert_eq!(findings(&asks("in {hours} hours. At what rate, to 1 decimal place?")), []);
}

/// The keypad of a box is the same whatever its answer, and a box whose answer may be negative has the whole keyboard.
#[test]
fn no_keypad_reveals_that_the_answer_is_negative() {
    let negative = NUMBER
        .replace("value = \"volume / hours\"", "value = \"0 - volume / hours\"")
        .replace("also = { \"mL/min\" = 60 }", "unit-entry = \"shown\"");
    finds(&negative, "tolerance", "tolerance", "number.unit-entry", "the answer may be negative");
    let typed = negative.replace("unit-entry = \"shown\"", "");
    assert!(findings(&typed).iter().all(|(key, _, _)| key != "number.unit-entry"));
}

/// Every setter can send one, and its questions would be made for minutes while nobody else's are.
#[test]
fn a_template_whose_questions_would_be_made_for_long_is_named_and_makes_none() {
    let long = "volume - volume - ".repeat(40) + "hours < volume";
    let constraints = format!("\"{long}\", \"{long}\", \"{long}\"");
    let many = |most: usize, row: fn(usize) -> String| (0..=most).map(row).collect::<Vec<_>>().join(",\n");
    let names = many(50, |n| format!("{{ name = \"v{n}\", values = [1] }}"));
    let errors = many(200, |n| format!("{{ name = \"E{n}\", value = \"{n} - volume\" }}"));
    let items = many(200, |n| format!("\"item {n}\""));
    for (whole, from, to, key, says) in [
        (NUMBER, "\"volume / hours <= 200\"", &constraints, "constraints[0]", "at most 1000 characters"),
        (NUMBER, "variables = [", &format!("variables = [\n{names},"), "variables[0]", "at most 50 names"),
        (NUMBER, "errors = [", &format!("errors = [\n{errors},"), "number.errors", "at most 200 rows"),
        (ORDER, "\"one\", \"two\"", &items, "ordering.items", "at most 200 rows"),
    ] {
        finds(whole, from, to, key, says);
        let bank = Bank::read(&whole.replace(from, to)).unwrap();
        let error = bank.templates[0].question(1).unwrap_err();
        assert_eq!((error.key.as_str(), error.what.contains(says)), (key, true), "{error}");
    }
    // What the files of a large bank have is far from it.
    let some = format!("\"{long}\"");
    let found = findings(&NUMBER.replace("\"volume / hours <= 200\"", &some));
    assert!(found.iter().all(|(_, _, what)| !what.contains("at most")), "{found:?}");
}
