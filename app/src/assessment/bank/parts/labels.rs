//! What the fields of the form for a question are called: above the field, and in the summary of what is wrong, where nothing else says which
//! field is meant.

use domain::assessment::bank::form::row_of;

/// What one row of a list is called.
const ROWS: [(&str, &str); 11] = [
    ("variables", "Variable"),
    ("constraints", "Condition"),
    ("hints", "Hint"),
    ("number.also", "Other unit"),
    ("number.steps", "Step"),
    ("number.errors", "Known mistake"),
    ("options", "Option"),
    ("ordering.items", "Item"),
    ("ordering.errors", "Known mistake"),
    ("text-entry.accepted", "Right answer"),
    ("text-entry.errors", "Known mistake"),
];

/// What each field is called: one in a row by its list and its column.
const FIELDS: [(&str, &str); 51] = [
    ("kind", "How candidates answer"),
    ("category", "Category"),
    ("difficulty", "Difficulty"),
    ("id", "Id"),
    ("stimulus", "Chart, label or text that the question is about"),
    ("wording", "Question"),
    ("explanation", "Why the right answer is right"),
    ("variables.how", "Where its value comes from"),
    ("variables.name", "Name"),
    ("variables.from", "From"),
    ("variables.to", "To"),
    ("variables.step", "In steps of"),
    ("variables.values", "Values"),
    ("variables.value", "Expression"),
    ("figure.kind", "Something to look at"),
    ("figure.capacity", "Capacity in mL"),
    ("figure.graduation", "From line to line in mL"),
    ("figure.level", "Filled to, in mL"),
    ("figure.task", "What is asked"),
    ("figure.drops", "Drops that fall"),
    ("figure.seconds", "In how many seconds"),
    ("figure.title", "Title of the label"),
    ("figure.lines", "Lines"),
    ("figure.small", "Lines in small print"),
    ("figure.rows", "Rows of the chart"),
    ("figure.what", "What is charted"),
    ("figure.from", "From"),
    ("figure.to", "To"),
    ("figure.step", "A line at each"),
    ("figure.numbered", "A number at each"),
    ("figure.points", "Points"),
    ("figure.alt", "What the picture shows"),
    ("number.value", "Right answer, before it is rounded"),
    ("number.unit", "Unit"),
    ("number.unit-entry", "How the unit is given"),
    ("number.unit-choices", "Units to choose from"),
    ("number.rounding", "Rounding"),
    ("number.precision", "How the number is written"),
    ("number.tolerance", "Tolerance"),
    ("number.also.unit", "Unit"),
    ("number.also.factor", "Factor"),
    ("number.errors.name", "What went wrong"),
    ("number.errors.value", "Expression"),
    ("number.errors.when", "Only if"),
    ("options.text", "Text"),
    ("options.why", "Why it is right or wrong"),
    ("options.error", "Mistake that leads to it"),
    ("ordering.errors.name", "What went wrong"),
    ("ordering.errors.order", "Mistaken order"),
    ("text-entry.errors.name", "What went wrong"),
    ("text-entry.errors.texts", "Texts"),
];

fn called(names: &[(&str, &'static str)], key: &str) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == key).map(|(_, name)| *name)
}

pub fn row_name(list: &str) -> &'static str {
    called(&ROWS, list).unwrap_or("Row")
}

/// What stands above the field: its own name, or that of its row where the row is one field.
pub fn label(key: &str) -> String {
    match row_of(key) {
        Some((list, row, "")) => format!("{} {}", row_name(list), row + 1),
        Some((list, _, column)) => {
            called(&FIELDS, &format!("{list}.{column}")).unwrap_or_default().to_owned()
        }
        None => called(&FIELDS, key).unwrap_or_default().to_owned(),
    }
}

/// The same where other rows are not in sight: "Variable 2, From". Nothing for what has no name, like the text of a file.
pub fn whole_label(key: &str) -> String {
    match row_of(key) {
        Some((list, row, column)) if !column.is_empty() => {
            let row = format!("{} {}", row_name(list), row + 1);
            match label(key) {
                name if name.is_empty() => row,
                name => format!("{row}, {name}"),
            }
        }
        _ => label(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_in_a_row_is_called_by_its_row_too() {
        for (key, above, elsewhere) in [
            ("wording", "Question", "Question"),
            ("number.value", "Right answer, before it is rounded", "Right answer, before it is rounded"),
            ("variables.1.from", "From", "Variable 2, From"),
            ("number.steps.0", "Step 1", "Step 1"),
            ("text-entry.errors.2.texts", "Texts", "Known mistake 3, Texts"),
            ("options.0.right", "", "Option 1"),
            ("pasted", "", ""),
        ] {
            assert_eq!((label(key).as_str(), whole_label(key).as_str()), (above, elsewhere));
        }
    }
}
