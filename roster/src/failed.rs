use csv::{Terminator, WriterBuilder};

use crate::{Row, Table, harmless};

/// The rows that were not taken, as CSV: the columns of the file, and what to do about each row. It can be corrected and uploaded.
///
/// Text that a spreadsheet program would take for a formula gets an apostrophe before it ([`harmless()`]), which is dropped at the beginning of
/// a cell when the file comes back.
///
/// # Errors
/// None is known: the writer is one that keeps all in memory.
pub fn write_failed<'a>(
    table: &Table,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Result<Vec<u8>, csv::Error> {
    // Without the mark a spreadsheet program guesses the encoding.
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let width = table.headings().len();
    let headings = table.headings().iter().map(|heading| harmless(heading));
    writer.write_record(headings.chain(["What to do".to_owned()]))?;
    for row in rows {
        let Err(problems) = &row.outcome else { continue };
        let Ok(at) = table.lines.binary_search_by_key(&row.number, |line| line.number) else { continue };
        let Some(line) = table.lines.get(at) else { continue };
        let cell = |column: usize| harmless(&table.cell(line, column).shown());
        let messages: Vec<_> = problems.iter().map(|problem| problem.message()).collect();
        // What stands beyond the last heading comes last: before it, everything would move by one column.
        let beyond = (width..line.width()).map(cell);
        writer.write_record((0..width).map(cell).chain([harmless(&messages.join("; "))]).chain(beyond))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::write_failed;
    use crate::{Choices, Limits, open};

    #[test]
    fn no_cell_of_the_rows_that_failed_is_a_formula_for_a_program_that_divides_at_semicolons() {
        let file = b"Name,E-mail,Team\nAda,nobody,\"x;=HYPERLINK(\"\"http://evil.example\"\")\"\n";
        let table = open(file, &Limits::default()).unwrap().only_table().unwrap();
        let preview = table.preview(&table.recognise(), Choices::default()).unwrap();
        let written = String::from_utf8(write_failed(&table, &preview.rows).unwrap()).unwrap();
        assert!(written.contains("nobody") && written.contains(";'=HYPERLINK"), "{written}");
        assert!(!written.contains(";="), "{written}");
    }
}
