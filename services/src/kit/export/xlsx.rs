//! Writes a list as XLSX: a sheet with the rows as a table, and a sheet that describes them.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use rust_xlsxwriter::{ExcelDateTime, Format, Table, Workbook, Worksheet, XlsxError};

use super::{Cell, Export, in_london};
use crate::{Error, Result};

/// Spreadsheets in every language read this format as a time.
const TIME_FORMAT: &str = "yyyy-mm-dd hh:mm";

/// The greatest width that a column is given, in characters.
const WIDEST: usize = 48;

pub(super) fn written(export: &Export, headings: &[String], made: DateTime<Utc>) -> Result<Vec<u8>> {
    book(export, headings, made).map_err(|error| Error::failed(error.to_string()))
}

fn book(
    export: &Export,
    headings: &[String],
    made: DateTime<Utc>,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let (bold, time) = (Format::new().set_bold(), Format::new().set_num_format(TIME_FORMAT));
    let sheet = workbook.add_worksheet().set_name("List")?;
    for (column, heading) in (0..).zip(headings) {
        // A heading is always text, even when it is a number. A table takes its column names from these cells, and calls a column "Column2"
        // when its cell is not text.
        sheet.write_string_with_format(0, column, text(heading), &bold)?;
    }
    for (row, cells) in (1..).zip(&export.rows) {
        for (column, cell) in (0..).zip(cells) {
            write(sheet, row, column, cell, &time)?;
        }
    }
    let (rows, columns) = (export.rows.len(), headings.len());
    for column in 0..columns {
        let longest =
            export.rows.iter().filter_map(|row| row.get(column)).map(width).max().unwrap_or_default();
        let heading = headings.get(column).map(|heading| heading.chars().count()).unwrap_or_default();
        // The arrow beside a heading of a table needs room too.
        let width = u32::try_from(longest.max(heading + 3).clamp(6, WIDEST)).unwrap_or_default();
        sheet.set_column_width(u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
    // Spreadsheets report a file as damaged if its table has only headings.
    if rows > 0 && columns > 0 {
        let last = (u32::try_from(rows), u16::try_from(columns - 1));
        let (Ok(last_row), Ok(last_column)) = last else { return Err(XlsxError::RowColumnLimitError) };
        sheet.add_table(0, 0, last_row, last_column, &Table::new())?;
    }

    let about = workbook.add_worksheet().set_name("About")?;
    let narrowed = export.narrowed.iter().map(|(name, value)| (*name, Cell::text(value)));
    let lines = [("Of", Cell::text(&export.of)), ("In this file", Cell::text(export.what()))]
        .into_iter()
        .chain(narrowed)
        .chain([("Made (UK time)", Cell::Time(made))]);
    for (row, (name, cell)) in (0..).zip(lines) {
        about.write_string_with_format(row, 0, name, &bold)?;
        write(about, row, 1, &cell, &time)?;
    }
    about.set_column_width(0, 24)?.set_column_width(1, 60)?;
    workbook.save_to_buffer()
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    time: &Format,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Text(value) if !value.is_empty() => {
            sheet.write_string(row, column, text(value))?;
        }
        // A value that is not a number becomes an empty cell, not the text "NAN".
        Cell::Number(value) if value.is_finite() => {
            sheet.write_number(row, column, *value)?;
        }
        Cell::Time(value) => {
            sheet.write_datetime_with_format(row, column, serial(in_london(*value))?, time)?;
        }
        Cell::Nothing | Cell::Text(_) | Cell::Number(_) => {}
    }
    Ok(())
}

fn serial(time: NaiveDateTime) -> std::result::Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(time.year()).map_err(|_| XlsxError::DateTimeRangeError(time.to_string()))?;
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(year, small(time.month()), small(time.day()))?;
    day.and_hms(u16::try_from(time.hour()).unwrap_or_default(), small(time.minute()), 0)
}

/// The most characters of a cell, in UTF-16 as spreadsheets count.
const MOST_CHARACTERS: usize = 32_767;

/// Makes every line break one character, because programs show the other one as `_x000D_`. Characters that XML does not allow are left
/// out, and so is what is too long for a cell.
fn text(value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let mut length = 0;
    let fits = |c: &char| {
        length += c.len_utf16();
        length <= MOST_CHARACTERS
    };
    value.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take_while(fits).collect()
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(value) => value.lines().map(|line| line.chars().count()).max().unwrap_or_default() + 1,
        Cell::Time(_) => TIME_FORMAT.len() + 1,
        Cell::Number(_) | Cell::Nothing => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Range, Reader, Xlsx};

    use super::*;

    fn export(rows: Vec<Vec<Cell>>) -> Export {
        Export {
            of: "Numeracy, spring".into(),
            thing: "result",
            narrowed: vec![("Search", "zo".into())],
            headings: Vec::new(),
            rows,
        }
    }

    fn file(headings: &[&str], rows: Vec<Vec<Cell>>) -> Vec<u8> {
        let headings: Vec<_> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        written(&export(rows), &headings, "2026-07-01T11:42:30Z".parse().unwrap()).unwrap()
    }

    fn opened(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
    }

    fn list(bytes: &[u8]) -> Range<Data> {
        opened(bytes).worksheet_range("List").unwrap()
    }

    /// The first cell below a heading.
    fn read(cell: Cell) -> Data {
        list(&file(&["Cell", "Last"], vec![vec![cell, Cell::number(1)]]))
            .get((1, 0))
            .cloned()
            .unwrap_or_default()
    }

    #[test]
    fn ids_and_texts_like_formulas_are_text_without_an_apostrophe() {
        for written in
            ["0012", "=1+1", "+44 20 7946 0000", "-2", "@x", "1e3", "TRUE", "2026-01-02", "_x000D_", "Zoë"]
        {
            assert_eq!(read(Cell::text(written)), Data::String(written.into()));
        }
    }

    #[test]
    fn a_line_break_is_one_character() {
        assert_eq!(read(Cell::text("a\r\nb\rc\nd")), Data::String("a\nb\nc\nd".into()));
        assert_eq!(read(Cell::text("a\u{1}b\u{b}")), Data::String("ab".into()));
    }

    #[test]
    fn numbers_are_numbers_and_missing_ones_are_empty_cells() {
        assert_eq!(read(Cell::number(27)), Data::Float(27.0));
        for none in [f64::NAN, f64::INFINITY] {
            assert_eq!(read(Cell::Number(none)), Data::Empty);
        }
        assert_eq!(read(Cell::Nothing), Data::Empty);
        assert_eq!(read(Cell::text("")), Data::Empty);
        assert_eq!(
            read(Cell::text("a".repeat(40_000))),
            Data::String("a".repeat(32_767)),
            "a cell takes no more"
        );
    }

    #[test]
    fn times_are_uk_time_and_have_a_time_format() {
        let Data::DateTime(time) = read(Cell::Time("2026-06-30T23:05:59Z".parse().unwrap())) else {
            panic!("no time")
        };
        assert!(time.is_datetime());
        // The first of July, five minutes after midnight.
        assert!((time.as_f64() - (46204.0 + 5.0 / 1440.0)).abs() < 1e-6, "{}", time.as_f64());
    }

    #[test]
    fn headings_stay_unchanged_even_when_they_are_numbers() {
        let bytes =
            file(&["Name", "2026", "12"], vec![vec![Cell::text("a"), Cell::number(1), Cell::number(2)]]);
        let headings: Vec<_> = list(&bytes).rows().next().unwrap().to_vec();
        assert_eq!(headings, ["Name", "2026", "12"].map(|heading| Data::String(heading.into())));
        let mut book = opened(&bytes);
        book.load_tables().unwrap();
        assert_eq!(book.table_names().len(), 1);
        let table = book.table_by_name("Table1").unwrap();
        assert_eq!(table.columns(), ["Name", "2026", "12"]);
    }

    #[test]
    fn a_list_without_rows_has_no_table() {
        let bytes = file(&["Name", "Mark"], Vec::new());
        let mut book = opened(&bytes);
        book.load_tables().unwrap();
        assert!(book.table_names().is_empty());
        assert_eq!(list(&bytes).rows().count(), 1, "the headings are there");
    }

    #[test]
    fn the_file_names_its_subject_its_number_of_rows_and_its_search() {
        let bytes = file(&["Name"], vec![vec![Cell::text("a")], vec![Cell::text("b")]]);
        let about = opened(&bytes).worksheet_range("About").unwrap();
        let line = |row: u32| about.get_value((row, 1)).unwrap().to_string();
        assert_eq!([line(0), line(1), line(2)], ["Numeracy, spring", "2 results", "zo"]);
    }
}
