use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assessment::question::{Precision, Rounding, Task, UnitEntry};

/// What stands in each field of the form, by the name of its key in a template: `wording`, `number.errors.1.value`.
/// Rows count from 0. A field that is not there is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub(super) BTreeMap<String, String>);

/// The fields that are there once. A box to tick holds `true`, or nothing.
static ONCE: [&str; 37] = [
    "id",
    "category",
    "difficulty",
    "kind",
    "wording",
    "stimulus",
    "explanation",
    "keep-order",
    "number.value",
    "number.unit",
    "number.unit-entry",
    "number.unit-choices",
    "number.rounding",
    "number.tolerance",
    "number.precision",
    "text-entry.case-matters",
    "figure.kind",
    "figure.capacity",
    "figure.graduation",
    "figure.level",
    "figure.task",
    "figure.drops",
    "figure.seconds",
    "figure.title",
    "figure.lines",
    "figure.small",
    "figure.rows",
    "figure.what",
    "figure.from",
    "figure.to",
    "figure.step",
    "figure.numbered",
    "figure.points",
    "figure.picture",
    "figure.width",
    "figure.height",
    "figure.alt",
];

/// The fields that are there once in each row, by the key of their list. A row of one field has no name for it.
static ROWS: [(&str, &[&str]); 11] = [
    ("variables", &["name", "how", "from", "to", "step", "values", "value"]),
    ("constraints", &[""]),
    ("hints", &[""]),
    ("number.also", &["unit", "factor"]),
    ("number.steps", &[""]),
    ("number.errors", &["name", "value", "when"]),
    ("options", &["text", "right", "why", "error"]),
    ("ordering.items", &[""]),
    ("ordering.errors", &["name", "order"]),
    ("text-entry.accepted", &[""]),
    ("text-entry.errors", &["name", "texts"]),
];

/// No list of a question is longer.
const MOST_ROWS: usize = 200;

/// How a variable gets its value: the word of the field `how`, and what a setter reads.
pub const HOW: [(&str, &str); 4] = [
    ("range", "Numbers of a range"),
    ("list", "One of a list"),
    ("rows", "One row of a table"),
    ("worked-out", "Worked out from those above"),
];

/// Each way to round, by its word in files.
pub const ROUNDINGS: [(&str, Rounding); 6] = [
    ("exact", Rounding::Exact),
    ("whole", Rounding::Whole),
    ("half", Rounding::Half),
    ("one-decimal", Rounding::OneDecimal),
    ("two-decimals", Rounding::TwoDecimals),
    ("two-decimals-below-one", Rounding::TwoDecimalsBelowOne),
];

/// Each rule for writing the number, by its word in files.
pub const PRECISIONS: [(&str, Precision); 5] = [
    ("any", Precision::Any),
    ("no-trailing-zeros", Precision::NoTrailingZeros),
    ("whole", Precision::Whole),
    ("one-decimal", Precision::OneDecimal),
    ("two-decimals", Precision::TwoDecimals),
];

/// Each way to enter the unit, by its word in files.
pub const UNIT_ENTRIES: [(&str, UnitEntry); 3] =
    [("typed", UnitEntry::Typed), ("chosen", UnitEntry::Chosen), ("shown", UnitEntry::Shown)];

/// What is done with a syringe or a cup, by its word in files.
pub const TASKS: [(&str, Task); 3] =
    [("read", Task::Read), ("work-out", Task::WorkOut), ("draw-up", Task::DrawUp)];

/// The kinds of figures: their words in files, and what a setter reads.
pub const FIGURES: [(&str, &str); 8] = [
    ("syringe", "A syringe"),
    ("medicine-cup", "A medicine cup"),
    ("pump", "The panel of a pump"),
    ("drop-chamber", "A drip chamber"),
    ("label", "A label"),
    ("fluid-chart", "A fluid chart"),
    ("observation-chart", "An observation chart"),
    ("picture", "A picture of your own"),
];

/// The parts of the form, in its order.
static ORDER: [&str; 16] = [
    "kind",
    "category",
    "difficulty",
    "id",
    "variables",
    "constraints",
    "stimulus",
    "figure",
    "wording",
    "number",
    "options",
    "keep-order",
    "ordering",
    "text-entry",
    "hints",
    "explanation",
];

/// The key of a field in a row of a list. The rows of some lists are one field, which has no name.
pub fn row_key(list: &str, row: usize, column: &str) -> String {
    if column.is_empty() { format!("{list}.{row}") } else { format!("{list}.{row}.{column}") }
}

/// The list and the row that the key begins with, and the field in that row.
#[must_use]
pub fn row_of(key: &str) -> Option<(&'static str, usize, &str)> {
    ROWS.iter().find_map(|(list, columns)| {
        let rest = key.strip_prefix(list)?.strip_prefix('.')?;
        let (row, column) = rest.split_once('.').unwrap_or((rest, ""));
        let row = row.parse().ok().filter(|row| *row < MOST_ROWS)?;
        columns.contains(&column).then_some((*list, row, column))
    })
}

fn columns(list: &str) -> &'static [&'static str] {
    let known = ROWS.iter().find(|(known, _)| *known == list);
    known.map(|(_, columns)| *columns).unwrap_or_default()
}

impl Fields {
    /// What was typed, without fields that are not of the form. Browsers send line breaks as two characters.
    pub fn typed(sent: impl IntoIterator<Item = (String, String)>) -> Self {
        let known = |key: &str| ONCE.contains(&key) || row_of(key).is_some();
        let sent = sent.into_iter().filter(|(key, _)| known(key));
        Self(sent.map(|(key, text)| (key, text.replace("\r\n", "\n").replace('\0', ""))).collect())
    }

    /// An empty form, with what most questions have.
    pub fn anew() -> Self {
        let mut fields = Self::default();
        fields.set("kind", "number");
        fields.set("difficulty", "1");
        fields.tidy(None);
        fields
    }

    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    pub fn set(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.0.insert(key.into(), text.into());
    }

    /// How long all texts are together.
    pub fn bytes(&self) -> usize {
        self.0.values().map(String::len).sum()
    }

    /// How many rows the list has, the empty ones among them.
    pub fn rows(&self, list: &str) -> usize {
        let rows = self.0.keys().filter_map(|key| row_of(key)).filter(|(known, ..)| *known == list);
        rows.map(|(_, row, _)| row + 1).max().unwrap_or(0)
    }

    /// The rows in which something stands. What is only chosen or ticked says nothing by itself.
    pub(super) fn filled(&self, list: &str) -> Vec<usize> {
        let says = |row: usize| {
            let typed = columns(list).iter().filter(|column| !["how", "right"].contains(*column));
            typed.map(|column| self.get(&row_key(list, row, column))).any(|text| !text.trim().is_empty())
        };
        (0..self.rows(list)).filter(|row| says(*row)).collect()
    }

    /// Takes out the empty rows, so that a list without any has one, and adds an empty one to the list `add`.
    pub fn tidy(&mut self, add: Option<&str>) {
        for (list, columns) in ROWS {
            let filled = self.filled(list);
            let texts = |row: &usize| -> Vec<String> {
                columns.iter().map(|column| self.get(&row_key(list, *row, column)).to_owned()).collect()
            };
            let mut rows: Vec<Vec<String>> = filled.iter().map(texts).collect();
            if (rows.is_empty() || add == Some(list)) && rows.len() < MOST_ROWS {
                rows.push(columns.iter().map(|column| begin(column).to_owned()).collect());
            }
            self.0.retain(|key, _| row_of(key).is_none_or(|(known, ..)| known != list));
            for (row, texts) in rows.into_iter().enumerate() {
                for (column, text) in columns.iter().zip(texts) {
                    self.set(row_key(list, row, column), text);
                }
            }
        }
    }

    /// Whether a row can be added to a list of this name.
    pub fn is_list(list: &str) -> bool {
        ROWS.iter().any(|(known, _)| *known == list)
    }

    /// The first field of the list's last row.
    pub fn last_row(&self, list: &str) -> String {
        let first = columns(list).first().copied().unwrap_or("");
        row_key(list, self.rows(list).saturating_sub(1), first)
    }

    /// Where the part of the form is that has the field.
    pub fn order(key: &str) -> usize {
        let part = key.split('.').next().unwrap_or(key);
        ORDER.iter().position(|known| *known == part).unwrap_or(ORDER.len())
    }

    /// The field that a fault of the template belongs to: its own, or the nearest that the form has. In a fault's key a
    /// row is `[n]`, of the rows in which something stands.
    pub fn place(&self, key: &str) -> String {
        let mut place = self.unbracketed(key);
        for table in ["single-choice", "multiple-choice"] {
            if let Some(rest) = place.strip_prefix(table) {
                place = format!("options{}", rest.strip_prefix(".options").unwrap_or(""));
            }
        }
        loop {
            if ONCE.contains(&&*place) || row_of(&place).is_some() {
                return place;
            }
            if let Some((list, row)) = list_in(&place) {
                // A table of values has no name of its own.
                let table = self.get(&row_key(list, row, "how")) == "rows";
                let first = columns(list).first().copied().unwrap_or("");
                return row_key(list, row, if table { "values" } else { first });
            }
            let around = place.rfind('.');
            match (place.as_str(), around) {
                ("figure", _) => return "figure.kind".to_owned(),
                ("number", _) => return "number.value".to_owned(),
                (_, None) => return "wording".to_owned(),
                _ => {}
            }
            place.truncate(around.unwrap_or(0));
        }
    }

    /// `number.errors[2].value` with the row of the form in which the third error stands.
    fn unbracketed(&self, key: &str) -> String {
        let mut place = String::new();
        let mut rest = key;
        while let Some((before, after)) = rest.split_once('[') {
            let (index, after) = after.split_once(']').unwrap_or((after, ""));
            place.push_str(before);
            let list = ["single-choice.", "multiple-choice."]
                .iter()
                .find_map(|table| place.strip_prefix(*table))
                .unwrap_or(&place);
            let filled = self.filled(list);
            let row = index.parse::<usize>().ok().map(|row| filled.get(row).copied().unwrap_or(row));
            place = format!("{place}.{}", row.unwrap_or(0));
            rest = after;
        }
        place.push_str(rest);
        place
    }
}

/// The list that the place is, or is a row of.
fn list_in(place: &str) -> Option<(&'static str, usize)> {
    ROWS.iter().find_map(|(list, _)| {
        let rest = place.strip_prefix(list)?;
        let row = if rest.is_empty() { Some(0) } else { rest.strip_prefix('.')?.parse().ok() };
        Some((*list, row?))
    })
}

/// What stands in a field of an empty row.
fn begin(column: &str) -> &'static str {
    if column == "how" { "range" } else { "" }
}
