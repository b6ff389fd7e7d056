//! Shows what is read of a file: `cargo run -p roster --example read FILE`

use std::error::Error;
use std::io::{Write, stdout};

use roster::{Choice, Choices, Limits, open};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    for path in std::env::args().skip(1) {
        writeln!(out, "{path}")?;
        let bytes = std::fs::read(&path)?;
        if let Err(refused) = show(&bytes, &mut out)? {
            writeln!(out, "  refused: {}", refused.message())?;
        }
    }
    Ok(())
}

fn show(bytes: &[u8], out: &mut impl Write) -> Result<Result<(), roster::Refused>, Box<dyn Error>> {
    let mut book = match open(bytes, &Limits::default()) {
        Ok(book) => book,
        Err(refused) => return Ok(Err(refused)),
    };
    writeln!(
        out,
        "  {:?}, sheets: {:?}",
        book.kind(),
        book.sheets().iter().map(|s| (&s.name, s.visible)).collect::<Vec<_>>()
    )?;
    let sheets = match book.choice() {
        Ok(Choice::One(sheet)) => vec![sheet],
        Ok(Choice::Ask(sheets)) => sheets,
        Err(refused) => return Ok(Err(refused)),
    };
    for sheet in sheets {
        let table = match book.table(sheet) {
            Ok(table) => table,
            Err(refused) => return Ok(Err(refused)),
        };
        writeln!(out, "  row {}: {:?} {:?}", table.heading_row(), table.headings(), table.encoding())?;
        let preview = match table.preview(&table.recognise(), Choices::default()) {
            Ok(preview) => preview,
            Err(refused) => return Ok(Err(refused)),
        };
        for row in preview.rows.iter().take(12) {
            match &row.outcome {
                Ok(person) => writeln!(
                    out,
                    "    {} {} {person:?} {}",
                    row.number,
                    if row.hidden { "(hidden)" } else { "" },
                    person.email.as_str()
                )?,
                Err(problems) => {
                    for problem in problems {
                        writeln!(out, "    {}", problem.message())?;
                    }
                }
            }
        }
        for warning in &preview.warnings {
            writeln!(out, "    warning: {}", warning.message())?;
        }
        writeln!(
            out,
            "  {} rows, {} failed, hidden {}, filter {}, totals {:?}",
            preview.rows.len(),
            preview.failed(),
            preview.hidden,
            preview.filter_on,
            preview.totals
        )?;
    }
    Ok(Ok(()))
}
