//! Reads a file of people with [`roster`]. It knows no database, and keeps a core busy for a while.

use domain::organisations::{SheetKind, UploadColumn, UploadSheet};
use roster::{Book, Choice, Choices, Field, Limits, Matching, Preview, Refused, Table};
use serde_json::Value;

use super::MOST_BYTES;
use crate::{Error, Result};

/// How many values of a column are shown beside its heading.
const EXAMPLES: usize = 3;
/// How many warnings a page shows.
const WARNINGS: usize = 50;

/// What somebody has said about a file. What they leave out, the file says itself.
#[derive(Debug, Default)]
pub(in crate::organisations) struct Said {
    /// The place of a sheet in the file.
    pub sheet: Option<usize>,
    pub matching: Option<Matching>,
    pub linked_addresses: bool,
}

/// What a file says, read by a matching.
pub(in crate::organisations) struct Read {
    pub(super) sheets: Vec<UploadSheet>,
    /// The place in `sheets` of the one that was read. Nothing while somebody has to say which: until then none is read.
    pub(super) sheet: Option<usize>,
    pub columns: Vec<UploadColumn>,
    pub matching: Matching,
    /// Its rows, or what is wrong with the matching, or the question which sheet is meant.
    pub preview: std::result::Result<Preview, String>,
    pub(super) table: Option<Table>,
}

impl Read {
    /// What somebody should look at before the rows are taken, as sentences.
    pub(super) fn warnings(&self) -> Vec<String> {
        let Ok(preview) = &self.preview else { return Vec::new() };
        let mut said = Vec::new();
        if !preview.totals.is_empty() {
            let rows: Vec<_> = preview.totals.iter().map(u32::to_string).collect();
            said.push(format!(
                "Rows that hold a total are not people, and are passed over: {}",
                rows.join(", ")
            ));
        }
        let encoding = self.table.as_ref().and_then(Table::encoding);
        if encoding.is_some_and(|encoding| !encoding.certain) {
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

/// Reads one sheet. If nobody has said which and several could be meant, none is read, and somebody has to say. Without a matching, the
/// headings say what the columns tell.
///
/// # Errors
/// What is wrong with the file, whatever its columns tell.
pub(in crate::organisations) fn read(bytes: &[u8], said: Said) -> std::result::Result<Read, Refused> {
    let Said { sheet, matching, linked_addresses } = said;
    let limits = Limits { bytes: MOST_BYTES, ..Limits::default() };
    let mut book = roster::open(bytes, &limits)?;
    let choice = chosen(&book, sheet)?;
    let sheets = book.sheets().iter().map(|sheet| UploadSheet {
        name: short(&sheet.name),
        kind: match sheet.visible {
            true if sheet.is_offered() => SheetKind::Offered,
            true => SheetKind::Empty,
            false => SheetKind::Hidden,
        },
    });
    let sheets = sheets.collect();
    let sheet = match choice {
        Choice::One(sheet) => sheet,
        Choice::Ask(several) => {
            return Ok(Read {
                sheets,
                sheet: None,
                columns: Vec::new(),
                matching: Matching::recognise::<&str>(&[]),
                preview: Err(storable(&book.several(&several).message())),
                table: None,
            });
        }
    };
    let table = book.table(sheet)?;
    drop(book);
    let matching = matching.unwrap_or_else(|| {
        let mut recognised = table.recognise();
        if let Some(column) = recognised.column(Field::StartDate) {
            recognised.set(column, None);
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
    Ok(Read { sheets, sheet: Some(sheet), columns, matching, preview, table: Some(table) })
}

/// The sheet that is read, or those among which somebody has to choose.
fn chosen(book: &Book<'_>, said: Option<usize>) -> std::result::Result<Choice, Refused> {
    let Some(said) = said else { return book.choice() };
    let offered = book.sheets().get(said).is_some_and(|sheet| sheet.visible);
    if offered { Ok(Choice::One(said)) } else { Err(Refused::SheetUnknown) }
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
        let file = b"E-mail,Name,Start date,Ward\na@x.example,A,2026-09-01,7\n";
        let read = read(file, Said::default()).unwrap();
        let words: Vec<_> =
            read.matching.columns().iter().map(|field| field.map(word).unwrap_or_default()).collect();
        assert_eq!(words, ["email", "full_name", "", "team"]);
        assert_eq!(matching(&words).unwrap(), read.matching);
        assert_eq!(matching(&["start_date".into(), "x".into()]).unwrap().columns(), [None, None]);
    }

    #[test]
    fn a_column_that_is_missing_can_be_named_and_a_picture_cannot() {
        let read = |bytes: &[u8]| read(bytes, Said::default());
        let without = read(b"Who,E-mail\nA,a@x.example\n").unwrap();
        assert!(without.preview.is_err_and(|words| words.contains("full name")));
        assert_eq!(without.columns[0].examples, ["A"]);
        assert!(matches!(read(b"\x89PNG"), Err(Refused::Picture)));
        assert_eq!((short("a\0b"), short(&"é".repeat(201))), ("ab".to_owned(), "é".repeat(200) + " …"));
    }

    #[test]
    fn one_sheet_is_read_and_none_where_several_look_like_the_one_until_somebody_says() {
        let names = |read: &Read| -> Vec<_> {
            read.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.kind)).collect()
        };
        let people = |read: &Read| -> Vec<_> {
            let preview = read.preview.as_ref().unwrap();
            preview.delegates().map(|(_, person)| person.name.clone()).collect()
        };
        let one = include_bytes!("../../../../end2end/files/openpyxl-sheets.xlsx");
        let found = read(one, Said::default()).unwrap();
        let kinds = [
            ("Last year", SheetKind::Hidden),
            ("Empty", SheetKind::Empty),
            ("This year", SheetKind::Offered),
            ("Legend", SheetKind::Offered),
        ];
        assert_eq!(names(&found), kinds.map(|(name, kind)| (name.to_owned(), kind)));
        assert_eq!((found.sheet, people(&found)), (Some(2), vec!["Ann Bell".to_owned()]));
        let said = |sheet| Said { sheet: Some(sheet), ..Said::default() };
        // Another may be chosen, but none that nobody sees or that is not there.
        let legend = read(one, said(3)).unwrap();
        assert_eq!((legend.sheet, legend.columns[1].heading.as_str()), (Some(3), "means"));
        assert!(legend.preview.is_err_and(|words| words.contains("full name")));
        for nowhere in [0, 4, usize::MAX] {
            assert!(matches!(read(one, said(nowhere)), Err(Refused::SheetUnknown)), "{nowhere}");
        }
        assert!(matches!(read(one, said(1)), Err(Refused::Empty)));

        let two = include_bytes!("../../../../end2end/files/openpyxl-two-sheets.xlsx");
        let asked = read(two, Said::default()).unwrap();
        assert_eq!((asked.sheet, asked.columns.len(), asked.table.is_none()), (None, 0, true));
        assert_eq!(asked.warnings(), Vec::<String>::new());
        assert!(asked.preview.is_err_and(|words| words.ends_with("Autumn, Spring")));
        assert_eq!(people(&read(two, said(0)).unwrap()), ["Ann Bell"]);
        assert_eq!(people(&read(two, said(1)).unwrap()), ["Ben Cole"]);
    }
}
