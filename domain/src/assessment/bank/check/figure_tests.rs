//! Faults of figures, each caused by one change to a template without findings.

use super::tests::{findings, finds};
use crate::assessment::{
    bank::Bank,
    question::{Response, ValueVerdict, mark},
};

const READ: &str = r#"
[[question]]
id = "fine"
category = "injections"
difficulty = 1
variables = [{ name = "level", from = "0.2", to = 5, step = "0.2" }]
wording = "What does it hold?"
[question.figure]
kind = "syringe"
capacity = 5
level = "level"
[question.number]
value = "level"
unit = "mL"
unit-entry = "shown"
steps = ["It shows {answer:mL}"]
errors = [{ name = "Each line taken for 0.1 mL", value = "level / 2" }]
"#;

const DRAW_UP: &str = r#"
[[question]]
id = "fine"
category = "injections"
difficulty = 1
variables = [{ name = "volume", from = 1, to = "4.8", step = "0.2" }]
wording = "The dose is {volume * 10} mg, at 10 mg in 1 mL. Draw it up."
[question.figure]
kind = "syringe"
capacity = 5
task = "draw-up"
[question.number]
value = "volume"
unit = "mL"
unit-entry = "shown"
steps = ["{volume * 10} mg ÷ 10 mg × 1 mL = {answer:mL}"]
"#;

const CHARTS: &str = r#"
[[question]]
id = "fine"
category = "charts-and-labels"
difficulty = 1
variables = [{ name = "second", from = 60, to = 120, step = 5 }]
constraints = ["second != 85"]
wording = "What was the pulse at 12:00, in beats a minute?"
[question.figure]
kind = "observation-chart"
what = "Pulse (beats a minute)"
from = 40
to = 140
step = 5
numbered = 20
points = [{ time = "08:00", value = 85 }, { time = "12:00", value = "second" }]
[question.number]
value = "second"
steps = ["At 12:00 the dot stands at {answer}"]
[[question]]
id = "fluid"
category = "fluid-balance"
difficulty = 1
variables = [{ name = "cup", from = 100, to = 200, step = 10 }]
wording = "How much went in?"
[question.figure]
kind = "fluid-chart"
rows = [{ time = "08:00", what = "Water", in = "cup" }, { time = "09:00", what = "Urine", out = 250 }]
[question.number]
value = "cup"
unit = "mL"
unit-entry = "shown"
steps = ["{answer:mL}"]
[[question]]
id = "chamber"
category = "drops-per-minute"
difficulty = 1
variables = [{ name = "drops", from = 5, to = 20 }]
wording = "How fast does it run?"
[question.figure]
kind = "drop-chamber"
drops = "drops"
seconds = 15
[question.number]
value = "drops * 4"
unit = "drops/min"
unit-entry = "shown"
steps = ["{drops} × 4 = {answer:drops/min}"]
[[question]]
id = "pump"
category = "infusion-ml-per-hour"
difficulty = 1
variables = [{ name = "rate", from = 50, to = 100 }]
wording = "How much runs in 2 hours?"
[question.figure]
kind = "pump"
lines = [{ name = "Rate", value = "{rate} mL/hour" }]
[question.number]
value = "rate * 2"
unit = "mL"
unit-entry = "shown"
steps = ["{answer:mL}"]
[[question]]
id = "label"
category = "injections"
difficulty = 1
variables = [{ name = "mg", from = 50, to = 100 }]
wording = "What is in 1 mL?"
[question.figure]
kind = "label"
title = "Gentamicin injection"
lines = ["{mg} mg in 2 mL"]
small = ["For use into a vein"]
[question.number]
value = "mg / 2"
unit = "mg"
unit-entry = "shown"
steps = ["{answer:mg}"]
"#;

#[test]
fn sound_figures_have_no_findings() {
    for whole in [READ, DRAW_UP, CHARTS] {
        assert_eq!(findings(whole), []);
    }
}

#[test]
fn a_scale_that_does_not_exist_or_cannot_be_read_is_refused() {
    for (from, to, key, says) in [
        ("capacity = 5", "capacity = 3", "figure.capacity", "there is none of 3 mL"),
        ("capacity = 5", "capacity = 5\ngraduation = \"0.5\"", "figure.capacity", "2 mL (0.1 mL a line)"),
        ("capacity = 5", "capacity = 2", "figure.level", "is not inside 2 mL"),
        ("level = \"level\"", "level = \"level - level\"", "figure.level", "0 mL is not inside"),
        ("level = \"level\"", "level = \"level - 0.05\"", "figure.level", "neither on a line nor halfway"),
        ("level = \"level\"", "level = \"1 / 3\"", "figure.level", "cannot be written in full"),
        ("level = \"level\"", "level = \"answer\"", "figure.level", "there is no variable `answer`"),
        ("level = \"level\"", "", "figure.level", "say how far it is filled"),
        ("level = \"level\"", "task = \"draw-up\"\nlevel = 1", "figure.level", "leave the level out"),
        ("value = \"level\"", "value = \"level + 1\"", "figure.level", "say task = \"work-out\""),
        (
            "level = \"level\"",
            "level = \"level\"\ntask = \"work-out\"",
            "figure.task",
            "is what the figure shows",
        ),
        ("unit = \"mL\"", "unit = \"mg\"", "figure.level", "say task = \"work-out\""),
    ] {
        finds(READ, from, to, key, says);
    }
    finds(
        DRAW_UP,
        "kind = \"syringe\"\ncapacity = 5",
        "kind = \"medicine-cup\"\ncapacity = 30",
        "figure.task",
        "only a syringe",
    );
    // Halfway between two lines it can be read.
    assert_eq!(
        findings(
            &READ.replace("from = \"0.2\", to = 5, step = \"0.2\"", "from = \"0.3\", to = 5, step = \"0.1\"")
        ),
        []
    );
    let (asked, _) = READ.split_once("[question.number]").unwrap();
    let chosen = asked.replace("wording =", "explanation = \"So.\"\nwording =")
        + "[question.single-choice]\noptions = [{ text = \"{level}\", right = true }, { text = \"9\", why = \"No.\" }]\n";
    finds(&chosen, "difficulty = 1", "difficulty = 1", "figure.task", "ask for one");
}

#[test]
fn what_cannot_be_drawn_up_is_refused() {
    for (from, to, key, says) in [
        ("value = \"volume\"", "value = \"volume + 0.1\"", "figure.capacity", "is no line of the syringe"),
        ("to = \"4.8\"", "to = 6", "figure.capacity", "is no line of the syringe"),
        ("unit-entry = \"shown\"", "", "number.unit", "a volume is drawn up"),
        (
            "unit = \"mL\"",
            "unit = \"mL\"\nrounding = \"one-decimal\"",
            "number.rounding",
            "leave out rounding",
        ),
        ("capacity = 5", "capacity = 1", "figure.task", "too fine for a finger"),
    ] {
        finds(DRAW_UP, from, to, key, says);
    }
}

#[test]
fn charts_labels_pumps_and_drops_that_cannot_be_drawn_are_refused() {
    for (from, to, key, says) in [
        ("to = 140", "to = 118", "figure.to", "1 to 30 whole steps"),
        ("to = 140", "to = 115", "figure.points[1].value", "is outside the chart"),
        ("value = \"second\" }", "value = \"second + 1\" }", "figure.points[1].value", "neither on a line"),
        ("numbered = 20", "numbered = 12", "figure.numbered", "a number stands at every line"),
        ("numbered = 20", "numbered = 15", "figure.numbered", "and at the lowest"),
        ("numbered = 20", "numbered = 0", "figure.numbered", "a number stands"),
        ("step = 5\n", "step = 0\n", "figure.step", "the lines go up"),
        ("what = \"Pulse (beats a minute)\"", "what = \" \"", "figure.what", "nothing to read"),
        ("time = \"12:00\"", "time = \"12 o'clock\"", "figure.points", "there is room for 5"),
        ("out = 250", "out = \"0 - 250\"", "figure.rows[1].out", "is no amount"),
        (", out = 250", "", "figure.rows[1]", "say what went in"),
        (
            "what = \"Water\"",
            "what = \"Water from the jug at the bed\"",
            "figure.rows",
            "there is room for 16",
        ),
        ("drops = \"drops\"", "drops = \"drops / 2\"", "figure.drops", "is no whole number from 1 to 40"),
        ("drops = \"drops\"", "drops = \"drops + 15\"", "figure.drops", "too many to be counted"),
        ("seconds = 15", "seconds = 20", "figure.seconds", "15, 30 or 60"),
        (
            "value = \"{rate} mL/hour\"",
            "value = \"{rate} millilitres an hour\"",
            "figure.lines",
            "there is room for 14",
        ),
        ("lines = [{ name = \"Rate\", value = \"{rate} mL/hour\" }]", "lines = []", "figure.lines", "1 to 6"),
        (
            "title = \"Gentamicin injection\"",
            "title = \"Gentamicin injection for many uses\"",
            "figure.title",
            "there is room for 27",
        ),
        ("\"{mg} mg in 2 mL\"", "\"{mgs} mg in 2 mL\"", "figure.lines[0]", "there is no variable `mgs`"),
    ] {
        finds(CHARTS, from, to, key, says);
    }
}

#[test]
fn a_key_that_a_figure_does_not_have_is_refused() {
    for (from, to) in [
        ("capacity = 5", "capacity = 5\nsize = 5"),
        ("kind = \"syringe\"", "kind = \"spoon\""),
        ("kind = \"syringe\"", ""),
        ("level = \"level\"", "level = \"level\"\ntask = \"guess\""),
    ] {
        assert!(Bank::read(&READ.replace(from, to)).is_err(), "{to}");
    }
}

/// What is read or drawn up is marked as any number with its unit printed beside it.
#[test]
fn an_answer_from_a_figure_is_marked_exactly() {
    let number = |typed: &str| Response::Number { typed: typed.to_owned(), unit: String::new() };
    for whole in [READ, DRAW_UP] {
        let template = Bank::read(whole).unwrap().templates.remove(0);
        for seed in 0..50 {
            let question = template.question(seed).unwrap();
            let right = question.right_answer()[0].split('\u{a0}').next().unwrap().to_owned();
            assert!(mark(&question, &number(&right)).unwrap().right, "{right}");
            // The next half line is not near enough.
            let next = format!("{right}{}", if right.contains('.') { "5" } else { ".1" });
            assert_eq!(mark(&question, &number(&next)).unwrap().value, ValueVerdict::Wrong, "{next}");
            assert_eq!(question.is_drawn_up(), whole == DRAW_UP);
            let answered = question.figure_answered();
            assert_eq!(answered.is_some(), whole == DRAW_UP);
            // What is asked does not show what is right.
            if let Some(answered) = answered {
                assert_ne!(question.figure.as_ref().unwrap().html(), answered);
            }
        }
    }
}
