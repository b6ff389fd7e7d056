//! Writes a list as CSV (RFC 4180) in UTF-8, with lines that end with CR LF. It never has a first line `sep=`, because some programs show
//! that as data.

use roster::harmless;

use super::{Cell, in_london};
use crate::{Error, Result};

/// Without it a spreadsheet guesses the encoding, and "Zoë" comes out wrong.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Without formulas: learners choose their own names, and tutors open the file.
pub(super) fn written(headings: &[String], rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(headings.iter().map(|cell| harmless(cell))).map_err(Error::failed)?;
    for row in rows {
        writer.write_record(row.iter().map(cell)).map_err(Error::failed)?;
    }
    writer.into_inner().map_err(|error| Error::failed(error.to_string()))
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) if number.is_finite() => number.to_string(),
        // Spreadsheets read this format as a time.
        Cell::Time(time) => in_london(*time).format("%Y-%m-%d %H:%M").to_string(),
        Cell::Nothing | Cell::Number(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roster::is_harmless;

    use super::*;

    const DANGEROUS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

    fn sheet(headings: &[&str], rows: Vec<Vec<Cell>>) -> Vec<u8> {
        let headings: Vec<_> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        written(&headings, &rows).unwrap()
    }

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text)
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    fn text(cell: &str) -> String {
        let sheet = sheet(&["name", "mark"], vec![vec![Cell::text(cell), Cell::number(1)]]);
        read(&sheet)[1][0].clone()
    }

    #[test]
    fn the_file_has_a_byte_order_mark_and_the_line_ends_of_windows() {
        let sheet = sheet(&["name", "note"], vec![vec![Cell::text("Zoë"), Cell::text("a, \"b\"")]]);
        assert_eq!(String::from_utf8(sheet).unwrap(), "\u{feff}name,note\r\nZoë,\"a, \"\"b\"\"\"\r\n");
    }

    #[test]
    fn formulas_become_text_and_numbers_stay_numbers() {
        for cell in [
            "=1+1",
            "+44-20-7946",
            "+44 20  7946 0000",
            "+1 2",
            "-2+3",
            "-44 20 7946 0000",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-",
            "-2.5.1",
            "-.5",
            "-1e3",
            "--1",
        ] {
            assert_eq!(text(cell), format!("'{cell}"));
        }
        for cell in [
            "-2.5",
            "+3",
            "-0",
            "2.5",
            "+44 20 7946 0000",
            "+442079460000",
            "Ann-Marie",
            "a=b",
            "",
            " =1",
            "'=1",
        ] {
            assert_eq!(text(cell), cell);
        }
    }

    #[test]
    fn what_follows_a_semicolon_is_guarded_like_a_cell() {
        for (cell, written) in [
            ("x;=1+1", "x;'=1+1"),
            ("=1;@x;y", "'=1;'@x;y"),
            ("x;\"=1;", "x;'\"=1;"),
            ("\"=1", "\"=1"),
            ("a;-2.5;b", "a;-2.5;b"),
            ("-2;-3", "'-2;-3"),
            ("Sums: missed; Words: missed", "Sums: missed; Words: missed"),
            (";", ";"),
        ] {
            assert_eq!(text(cell), written);
        }
    }

    #[test]
    fn times_are_uk_time_and_missing_numbers_are_empty() {
        let row = vec![
            Cell::Time("2026-06-30T23:05:59Z".parse().unwrap()),
            Cell::Number(f64::NAN),
            Cell::number(27),
        ];
        assert_eq!(read(&sheet(&["a", "b", "c"], vec![row]))[1], ["2026-07-01 00:05", "", "27"]);
    }

    #[test]
    fn headings_are_guarded_against_formulas_too() {
        assert_eq!(read(&sheet(&["=x", "y"], Vec::new())), [["'=x", "y"]]);
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_no_text_is_lost(
            rows in prop::collection::vec(prop::collection::vec("[=+@\t\r\n-]{0,2}\\PC{0,6}[0-9,;=\"\r\n]{0,4}", 3), 0..6),
        ) {
            let cells = rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect();
            let read = read(&sheet(&["a", "b", "c"], cells));
            prop_assert_eq!(read.len(), rows.len() + 1);
            for (cell, was) in read[1..].iter().flatten().zip(rows.iter().flatten()) {
                let mut later = cell.split(';').skip(1).map(|part| part.trim_start_matches('"'));
                prop_assert!(is_harmless(cell) && later.all(is_harmless), "{cell:?}");
                let guarded = |(part, was): (&str, &str)| {
                    let dangerous = was.trim_start_matches('"').starts_with(DANGEROUS);
                    part == was || dangerous && part.strip_prefix('\'') == Some(was)
                };
                let parts = || cell.split(';').zip(was.split(';'));
                prop_assert!(parts().all(guarded), "{was:?} became {cell:?}");
                prop_assert_eq!(cell.matches(';').count(), was.matches(';').count());
            }
        }
    }
}
