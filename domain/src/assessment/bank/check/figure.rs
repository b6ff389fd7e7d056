//! Whether the answer agrees with the figure that it is read from, or drawn up in. What a figure needs for itself is
//! checked when it is made.

use crate::{
    assessment::{
        bank::{Finding, figure::shown},
        question::{Figure, Key, NumberKey, Precision, Question, Rounding, Scale, Task, UnitEntry},
    },
    quantity::Rational,
};

/// More lines than these are too fine for a finger on a slider.
const MOST_LINES: i64 = 60;

pub(super) fn made(question: &Question, found: &mut Vec<Finding>) {
    let Some(Figure::Syringe(scale) | Figure::MedicineCup(scale)) = &question.figure else { return };
    let Key::Number(key) = &question.key else {
        if scale.task != Task::WorkOut {
            found.push(Finding::of("figure.task", "what is read or drawn up is a number: ask for one"));
        }
        return;
    };
    let in_ml = key.unit.as_ref().is_some_and(|unit| unit.to_string() == "mL");
    match (scale.task, scale.level) {
        (Task::Read, Some(level)) if !in_ml || key.answer != level => {
            let what = format!(
                "the figure shows {} mL: if it is not the answer, say task = \"work-out\"",
                shown(level)
            );
            found.push(Finding::of("figure.level", what));
        }
        (Task::WorkOut, Some(level)) if in_ml && key.answer == level => {
            found.push(Finding::of(
                "figure.task",
                format!("the answer is what the figure shows, {} mL", shown(level)),
            ));
        }
        (Task::DrawUp, _) => drawn_up(scale, key, in_ml, found),
        _ => {}
    }
}

fn drawn_up(scale: &Scale, key: &NumberKey, in_ml: bool, found: &mut Vec<Finding>) {
    if !in_ml || key.unit_entry != UnitEntry::Shown {
        let what = "a volume is drawn up: give it in mL, with the unit beside the box (in a file: unit-entry = \"shown\")";
        found.push(Finding::of("number.unit", what));
    }
    if key.rounding != Rounding::Exact || key.precision != Precision::Any || key.tolerance != Rational::ZERO {
        let what = "the plunger stands on lines only: leave out rounding, precision and tolerance";
        found.push(Finding::of("number.rounding", what));
    }
    if !scale.has_line(key.answer) {
        let what = format!("{} mL is no line of the syringe, and cannot be drawn up", shown(key.answer));
        found.push(Finding::of("figure.capacity", what));
    }
    if scale.count() > MOST_LINES {
        let what = format!("{} lines are too fine for a finger: {MOST_LINES} at most", scale.count());
        found.push(Finding::of("figure.task", what));
    }
}
