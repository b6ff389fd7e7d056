//! The unit that the wording asks for, compared with its box.

use crate::{
    assessment::{
        bank::Finding,
        question::{NumberKey, Question, Response, Rounding, UnitEntry, figures, mark},
    },
    quantity::Unit,
};

/// A question names its unit and prints it, or leaves the unit open and accepts every usual one. Otherwise a right
/// amount is marked wrong because of its unit, or an unconverted one is marked right.
pub(super) fn made(question: &Question, key: &NumberKey, found: &mut Vec<Finding>) {
    let named = named(&question.wording);
    let what = match (&named, &key.unit) {
        (Some(named), Some(unit)) if key.unit_entry == UnitEntry::Shown => {
            (!named.is(unit, true)).then(|| format!("asks for {named}, and {unit} is printed beside the box"))
        }
        (Some(named), Some(_)) => Some(format!(
            "names {named}, and an answer in another unit is right too: let it stand beside the box (in a file: unit-entry = \"shown\"), or ask without it"
        )),
        (Some(named), None) => Some(format!(
            "asks for {named}, and an answer with a unit is wrong: give its unit, and let it stand beside the box (in a file: unit-entry = \"shown\")"
        )),
        (None, _) => None,
    };
    found.extend(what.map(|what| Finding::of("wording", what)));
    if let Some(other) = refused(question, key) {
        found.push(Finding::of("number.also", format!("{other} is right too, and is not marked right")));
    }
}

/// The right amount in the next smaller unit, if the unit is left open and this amount is marked wrong.
fn refused(question: &Question, key: &NumberKey) -> Option<String> {
    let unit = key.unit.as_ref().filter(|_| key.unit_entry != UnitEntry::Shown)?;
    if key.rounding != Rounding::Exact || !key.tolerance.is_zero() {
        return None;
    }
    let smaller = unit.smaller()?;
    let number = figures(key.answer.times(unit.in_terms_of(&smaller)?)?)?;
    let typed = format!("{number} {smaller}");
    let verdict = mark(question, &Response::Number { typed: typed.clone(), unit: String::new() });
    (!verdict.is_ok_and(|verdict| verdict.right)).then_some(typed)
}

/// A sentence that begins like this asks for something, although it has no question mark.
const REQUESTS: [&str; 15] = [
    "answer",
    "calculate",
    "change",
    "convert",
    "enter",
    "express",
    "find",
    "give",
    "round",
    "say",
    "show",
    "state",
    "turn",
    "work",
    "write",
];

/// The unit that the wording asks for: in its last question, in the text after it, or in a request.
fn named(wording: &str) -> Option<Unit> {
    let sentences = sentences(wording);
    let ends = |sentence: &[String]| sentence.last().is_some_and(|last| last.ends_with('?'));
    let question = sentences.iter().rposition(|sentence| ends(sentence));
    sentences.iter().enumerate().rev().find_map(|(at, sentence)| {
        let requested = sentence.first().is_some_and(|first| REQUESTS.contains(&first.as_str()));
        let asked = requested || question.is_some_and(|question| at >= question);
        asked.then(|| unit_in(sentence, requested)).flatten()
    })
}

/// The words of each. Neither a full stop inside a number nor the end of a line ends a sentence; an empty line does.
fn sentences(wording: &str) -> Vec<Vec<String>> {
    let mut sentences = Vec::new();
    for paragraph in wording.split("\n\n") {
        let words: Vec<_> = paragraph
            .split_whitespace()
            .map(|word| word.replace(['(', ')', '*', '_', '"'], "").to_lowercase())
            .collect();
        sentences.extend(words.split_inclusive(|word| word.ends_with(['.', '?', '!'])).map(<[_]>::to_vec));
    }
    sentences
}

/// The word after "how many", or after "in"; in a request also after "to" and "into", as in "convert it to milligrams".
fn unit_in(words: &[String], requested: bool) -> Option<Unit> {
    const ENDS: [char; 6] = [',', ';', ':', '.', '?', '!'];
    (0..words.len()).find_map(|at| {
        let behind = match words.get(at..)? {
            [how, many, behind @ ..] if how == "how" && many == "many" => behind,
            [inside, behind @ ..] if inside == "in" => behind,
            [to, behind @ ..] if requested && (to == "to" || to == "into") => behind,
            _ => return None,
        };
        // "drops a minute" before "drops"; but nothing across a comma.
        let stop = behind.iter().position(|word| word.ends_with(ENDS)).map_or(behind.len(), |at| at + 1);
        (1..=stop.min(4))
            .rev()
            .find_map(|count| behind[..count].join(" ").trim_end_matches(ENDS).parse().ok())
    })
}

#[cfg(test)]
mod tests {
    use crate::assessment::bank::check::units::named;

    #[test]
    fn the_unit_that_the_wording_asks_for_is_found() {
        for (wording, unit) in [
            ("A bag of 500 mL. How many drops a minute do you set? Give a whole number.", "drops/min"),
            ("At what rate in mL/hour do you set the pump?", "mL/hour"),
            ("What dose is given, in milligrams?", "mg"),
            ("In how many hours is it empty?", "hours"),
            ("How many micrograms of adrenaline are in 5 mL?", "micrograms"),
            ("How many millilitres, to one decimal place?", "mL"),
            ("How much is that in 24 hours?", ""),
            ("How many millilitres are in the bag? How much is left?", ""),
            ("What volume do you give?", ""),
            ("Give the dose in mg.", "mg"),
            ("A bag holds 0.5 g of it. Write it in milligrams.", "mg"),
            ("Write 2.5 g in **milligrams**.", "mg"),
            ("Convert 0.5 g to milligrams. Give a whole number.", "mg"),
            ("How much is given? The answer is wanted in milligrams.", "mg"),
            ("How many micrograms are 0.5 mg? Write them in milligrams.", "mg"),
            ("How many\nmilligrams are given\nwith 0.5 mL?", "mg"),
            ("Give the time in minutes, to the nearest whole one.", "min"),
            ("The chart is kept in hours. What volume do you give?", ""),
            ("What volume do you give? Round it to one decimal place.", ""),
            ("In milligrams the label is hard to read.\n\nWhat volume do you give?", ""),
            ("Write the whole dose that is given in 24 hours.", ""),
            ("What goes in the syringe pump for 24 hours?", ""),
        ] {
            assert_eq!(named(wording).map(|unit| unit.to_string()).unwrap_or_default(), unit, "{wording}");
        }
    }
}
