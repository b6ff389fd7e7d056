use csv::{Terminator, WriterBuilder};

use crate::{Row, Table};

/// The rows that were not taken, as CSV: the columns of the file, and what to do about each row. It can be corrected and uploaded.
///
/// Text that a spreadsheet program would take for a formula gets an apostrophe before it, which is dropped when the file comes back.
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
    let headings = table.headings().iter().map(|heading| guarded(heading));
    writer.write_record(headings.chain(["What to do".to_owned()]))?;
    for row in rows {
        let Err(problems) = &row.outcome else { continue };
        let Ok(at) = table.lines.binary_search_by_key(&row.number, |line| line.number) else { continue };
        let Some(line) = table.lines.get(at) else { continue };
        let cell = |column: usize| guarded(&table.cell(line, column).shown());
        let messages: Vec<_> = problems.iter().map(|problem| problem.message()).collect();
        // What stands beyond the last heading comes last: before it, everything would move by one column.
        let beyond = (width..line.width()).map(cell);
        writer.write_record((0..width).map(cell).chain([messages.join("; ")]).chain(beyond))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn guarded(text: &str) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if dangerous && !is_number(text) { format!("'{text}") } else { text.to_owned() }
}

/// -1.5, +5, +44 20 7946 0000: numbers and telephone numbers, which no program takes for a formula.
fn is_number(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in ["=1+1", "@SUM(A1)", "+1+1", "-2+3", "\t=1", "-", "+", "+a"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["-1.5", "+5", "+44 20 7946 0000", "O'Neill", ""] {
            assert_eq!(guarded(text), text);
        }
    }
}
