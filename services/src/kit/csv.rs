//! Tables for spreadsheets.

use crate::{Error, Result};

/// Without it a spreadsheet guesses the encoding, and "Zoë" comes out wrong.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A table as CSV (RFC 4180): UTF-8, lines ended with CR LF. A cell that a spreadsheet would read as a formula gets an
/// apostrophe before it, as OWASP advises for CSV injection: people choose their names, tutors open the table.
///
/// # Errors
/// [`Error::Failed`] for a row that is longer or shorter than the header, which is a fault of the caller.
pub(crate) fn sheet(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(header.iter().map(|cell| harmless((*cell).to_owned()))).map_err(Error::failed)?;
    for row in rows {
        writer.write_record(row.into_iter().map(harmless)).map_err(Error::failed)?;
    }
    writer.into_inner().map_err(|error| Error::failed(error.to_string()))
}

fn harmless(cell: String) -> String {
    if cell.starts_with(DANGEROUS) && !is_plain_number(&cell) { format!("'{cell}") } else { cell }
}

/// The characters that make a spreadsheet read the rest of a cell as a formula. LF is not part of the advice, but some
/// programs skip it at the front as they skip CR.
const DANGEROUS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// "-2.5", "+3": a sign, digits, at most one point between digits. Nothing else that a program might read as a number.
fn is_plain_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::kit::csv::{DANGEROUS, is_plain_number, sheet};

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
        let sheet = sheet(&["name", "mark"], [vec![cell.to_owned(), "1".to_owned()]]).unwrap();
        read(&sheet)[1][0].clone()
    }

    #[test]
    fn a_file_has_a_byte_order_mark_and_windows_line_ends() {
        let sheet = sheet(&["name", "note"], [vec!["Zoë".to_owned(), "a, \"b\"".to_owned()]]).unwrap();
        assert_eq!(String::from_utf8(sheet).unwrap(), "\u{feff}name,note\r\nZoë,\"a, \"\"b\"\"\"\r\n");
    }

    #[test]
    fn formulas_become_text_and_numbers_stay_numbers() {
        for cell in [
            "=1+1",
            "+44 20 7946 0000",
            "-2+3",
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
        for cell in ["-2.5", "+3", "-0", "2.5", "Ann-Marie", "a=b", "", " =1", "'=1"] {
            assert_eq!(text(cell), cell);
        }
    }

    #[test]
    fn the_header_contains_no_formula_either() {
        assert_eq!(read(&sheet(&["=x", "y"], []).unwrap()), [["'=x", "y"]]);
    }

    #[test]
    fn a_row_of_another_length_is_an_error() {
        assert!(sheet(&["a", "b"], [vec!["1".to_owned()]]).is_err());
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_no_text_is_lost(
            rows in prop::collection::vec(prop::collection::vec("[=+@\t\r\n-]{0,2}\\PC{0,6}[0-9,\"\r\n]{0,3}", 3), 0..6),
        ) {
            let read = read(&sheet(&["a", "b", "c"], rows.clone()).unwrap());
            prop_assert_eq!(read.len(), rows.len() + 1);
            for (cell, was) in read[1..].iter().flatten().zip(rows.iter().flatten()) {
                prop_assert!(!cell.starts_with(DANGEROUS) || is_plain_number(cell), "{cell:?}");
                let guarded = was.starts_with(DANGEROUS) && cell.strip_prefix('\'') == Some(was);
                prop_assert!(cell == was || guarded, "{was:?} became {cell:?}");
            }
        }
    }
}
