//! Reads a file of people with [`roster`]. It knows no database, and keeps a core busy for a while.

use domain::organisations::UploadColumn;
use roster::{Choices, Field, Limits, Matching, Preview, Refused, Table};
use serde_json::Value;

use super::MOST_BYTES;
use crate::{Error, Result};

/// How many values of a column are shown beside its heading.
const EXAMPLES: usize = 3;
/// How many warnings a page shows.
const WARNINGS: usize = 50;

/// What a file says, read by a matching.
pub(in crate::organisations) struct Read {
    pub columns: Vec<UploadColumn>,
    pub matching: Matching,
    /// Its rows, or what is wrong with the matching.
    pub preview: std::result::Result<Preview, String>,
    pub(super) table: Table,
}

impl Read {
    /// What somebody should look at before the rows are taken, as sentences.
    pub(super) fn warnings(&self) -> Vec<String> {
        let Ok(preview) = &self.preview else { return Vec::new() };
        let mut said = Vec::new();
        if !preview.totals.is_empty() {
            let rows: Vec<_> = preview.totals.iter().map(u32::to_string).collect();
            said.push(format!("Rows that are a total are nobody, and are passed over: {}", rows.join(", ")));
        }
        if self.table.encoding().is_some_and(|encoding| !encoding.certain) {
            said.push(
                "The file does not say how its letters are written. Check names with accents".to_owned(),
            );
        }
        said.extend(preview.warnings.iter().take(WARNINGS).map(|warning| storable(&warning.message())));
        let more = preview.warnings.len().saturating_sub(WARNINGS);
        if more > 0 {
            said.push(format!("There are {more} more like these"));
        }
        said
    }
}

/// Reads the sheet of which there is no doubt. Without a matching, the headings say what the columns tell.
///
/// # Errors
/// What is wrong with the file, whatever its columns tell.
pub(in crate::organisations) fn read(
    bytes: &[u8],
    matching: Option<Matching>,
    linked_addresses: bool,
) -> std::result::Result<Read, Refused> {
    let limits = Limits { bytes: MOST_BYTES, ..Limits::default() };
    let table = roster::open(bytes, &limits)?.only_table()?;
    let matching = matching.unwrap_or_else(|| {
        let mut recognised = table.recognise();
        for field in [Field::StartDate] {
            if let Some(column) = recognised.column(field) {
                recognised.set(column, None);
            }
        }
        recognised
    });
    let columns = (0..table.headings().len()).map(|column| UploadColumn {
        heading: short(&table.column_name(column)),
        examples: table.examples(column, EXAMPLES).iter().map(|example| short(example)).collect(),
        field: None,
    });
    let columns = columns.collect();
    let preview = match table.preview(&matching, Choices { linked_addresses }) {
        Ok(preview) => Ok(preview),
        // Another matching can mend these.
        Err(refused @ (Refused::ColumnMissing { .. } | Refused::ColumnEmpty { .. })) => {
            Err(storable(&refused.message()))
        }
        Err(refused) => return Err(refused),
    };
    Ok(Read { columns, matching, preview, table })
}

/// As it is shown on a page: a cell may be longer than a page.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 200;
    let text = storable(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + " …",
        None => text,
    }
}

/// PostgreSQL stores no NUL, which a file may have in a cell.
fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// What a column may tell. The days of a course are those of the cohort, so a start date is left aside.
pub(super) fn fields() -> impl Iterator<Item = Field> {
    Field::ALL.into_iter().filter(|field| *field != Field::StartDate)
}

/// The word of a field, as it travels.
pub(super) fn word(field: Field) -> String {
    match serde_json::to_value(field) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The matching that a page sends back: a word for each column, or nothing.
pub(super) fn matching(words: &[String]) -> Result<Matching> {
    let known = |text: &String| fields().find(|field| word(*field) == *text);
    let columns: Vec<_> = words.iter().map(known).collect();
    serde_json::to_value(columns).and_then(serde_json::from_value).map_err(Error::failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matching_comes_back_from_the_page_as_it_was_shown() {
        let read = read(b"E-mail,Name,Start date,Ward\na@x.example,A,2026-09-01,7\n", None, false).unwrap();
        let words: Vec<_> =
            read.matching.columns().iter().map(|field| field.map(word).unwrap_or_default()).collect();
        assert_eq!(words, ["email", "full_name", "", "team"]);
        assert_eq!(matching(&words).unwrap(), read.matching);
        assert_eq!(matching(&["start_date".into(), "x".into()]).unwrap().columns(), [None, None]);
    }

    #[test]
    fn a_column_that_is_missing_can_be_named_and_a_picture_cannot() {
        let read = |bytes: &[u8]| read(bytes, None, false);
        let without = read(b"Who,E-mail\nA,a@x.example\n").unwrap();
        assert!(without.preview.is_err_and(|words| words.contains("full name")));
        assert_eq!(without.columns[0].examples, ["A"]);
        assert!(matches!(read(b"\x89PNG"), Err(Refused::Picture)));
        assert_eq!((short("a\0b"), short(&"é".repeat(201))), ("ab".to_owned(), "é".repeat(200) + " …"));
    }
}
