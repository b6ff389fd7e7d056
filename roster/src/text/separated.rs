use std::collections::BTreeSet;

use super::records::Records;
use crate::cell::Cell;
use crate::table::{Builder, Encoding, Facts, Table};
use crate::{Limits, Matching, Refused};

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// So many records from the beginning show which separator is meant.
const BEGINNING: usize = 20;

/// Reads a text with separated columns.
pub(crate) fn read(text: &str, encoding: Encoding, limits: &Limits) -> Result<Table, Refused> {
    let (said, text) = separator_said(text);
    let separator = said.unwrap_or_else(|| separator_seen(text));
    let mut records = Records::new(text, separator);
    let mut builder = Builder::new(limits).expecting(text.len());
    let mut columns = 0;
    let mut broken = BTreeSet::new();
    let mut last = 0;
    while let Some(number) = records.advance() {
        let mut count = 0;
        for field in records.cells() {
            if records.is_quoted() && field.contains(['\r', '\n']) {
                broken.insert(number);
            }
            builder.cell(number, count, cell(field))?;
            count += 1;
        }
        builder.end_row(number, false)?;
        columns = columns.max(count);
        last = number;
    }
    if records.is_quoted() && is_open(records.last(), separator) {
        return Err(Refused::QuotationOpen { row: last });
    }
    builder.finish(Facts { separated: columns > 1, encoding: Some(encoding), broken, ..Facts::default() })
}

/// `="0012"` is how a text is kept from becoming a number when a program opens the file.
fn cell(field: &str) -> Cell<'_> {
    let inner = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('"') => Cell::text(inner),
        _ => Cell::text(field),
    }
}

/// A first line like `sep=;` is for the program, which does not show it: the heading is its row 1.
fn separator_said(text: &str) -> (Option<u8>, &str) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let said = line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("sep="));
    let separator = match line.as_bytes().get(4..).unwrap_or_default() {
        [separator] if said => *separator,
        _ => return (None, text),
    };
    let rest = text.get(line.len()..).unwrap_or_default();
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (Some(separator), rest)
}

/// The one by which most headings are recognised; among equals the one that makes the most columns.
fn separator_seen(text: &str) -> u8 {
    let mut best = (b',', (0, 0));
    for separator in SEPARATORS {
        let mut records = Records::new(text, separator);
        for _ in 0..BEGINNING {
            if records.advance().is_none() {
                break;
            }
            let cells: Vec<_> = records.cells().take(200).collect();
            let score = (Matching::recognise(&cells).recognised(), cells.len());
            if score > best.1 {
                best = (separator, score);
            }
        }
    }
    best.0
}

/// Whether what follows the last record would belong to its last cell.
fn is_open(last: &str, separator: u8) -> bool {
    const AFTER: &str = "\u{1}";
    let longer = format!("{last}\n{AFTER}");
    let mut records = Records::new(&longer, separator);
    while records.advance().is_some() {}
    records.last() != AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, Refused> {
        read(text, Encoding { name: "UTF-8", certain: true }, &Limits::default())
    }

    fn numbers(text: &str) -> Vec<u32> {
        table(text).unwrap().lines.iter().map(|row| row.number).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_shows_them() {
        assert_eq!(numbers("Name,Email\r\na,b\r\n\r\n\r\nc,d\r\n"), [2, 5]);
        assert_eq!(numbers("Name,Email\ra,b\r\rc,d"), [2, 4]);
        assert_eq!(numbers("\n\nName,Email\n\"a\nb\nc\",d\ne,f\n,\ng,h\n"), [4, 5, 7]);
        assert_eq!(numbers("sep=;\nName;Email\na;b"), [2]);
    }

    #[test]
    fn the_separator_is_the_one_that_makes_sense_of_the_heading() {
        for (text, headings) in [
            ("Name;Email;Notes, or none\na;b;c", vec!["Name", "Email", "Notes, or none"]),
            ("Name\tEmail\na, b\tc", vec!["Name", "Email"]),
            ("Name|Email\na|c", vec!["Name", "Email"]),
            ("\"Last, first\",Email,Name\na,b,c", vec!["Last, first", "Email", "Name"]),
            ("Anything\nat all", vec!["Anything"]),
            ("\u{a0}Name ,E\u{200b}mail\na,b", vec!["Name", "Email"]),
        ] {
            assert_eq!(table(text).unwrap().headings, headings, "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_that_nothing_ends_is_found() {
        for text in ["Name,Email\n\"a,b\nc,d\n", "Name,Email\na,b\nc,\"d", "Name,Email\na,b\nc,\"d\n\n"] {
            assert!(matches!(table(text), Err(Refused::QuotationOpen { .. })), "{text:?}");
        }
        for text in [
            "Name,Email\na,\"b\"",
            "Name,Email\na,\"b\"\n\n",
            "Name,Email\na,b \"c\"\n",
            "Name,Email\na,\"b\"\"\"\r\n",
        ] {
            assert!(table(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_text_that_looks_like_a_formula_is_the_text() {
        assert_eq!(cell("=\"0012\""), Cell::Text("0012"));
        assert_eq!(cell("=1+1"), Cell::Text("=1+1"));
        assert_eq!(cell("=\"a\"&\"b\""), Cell::Text("=\"a\"&\"b\""));
    }
}
