//! Lists as files for spreadsheets: all that search and filters find, in the order that was asked for.

mod csv;
mod xlsx;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use crate::{Error, Result, Services};

/// What a list is taken away as. XLSX comes first: what opens a CSV guesses what a cell is, and takes the noughts from a number that begins
/// with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Xlsx, Self::Csv];

    /// As a file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// One cell of a row. What names somebody or something is text, also where it has nothing but figures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Nothing,
    Text(String),
    Number(f64),
    /// Written in Europe/London, which its heading says.
    Time(DateTime<Utc>),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn number(number: impl Into<f64>) -> Self {
        Self::Number(number.into())
    }

    pub(crate) fn yes_or_no(yes: bool) -> Self {
        Self::text(if yes { "Yes" } else { "No" })
    }
}

/// A file to take away.
pub struct File {
    /// What it is of, for its name: "V300, autumn 2026".
    pub of: String,
    /// What is in it, and how many: "68 students".
    pub what: String,
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// A list that is on its way to be a file.
pub(crate) struct Export {
    pub of: String,
    /// What a row is: "student".
    pub thing: &'static str,
    /// How the list was narrowed down; none where it is everything.
    pub narrowed: Vec<(&'static str, String)>,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Export {
    pub(crate) fn what(&self) -> String {
        domain::count(self.rows.len().try_into().unwrap_or(u32::MAX), self.thing)
    }

    /// # Errors
    /// [`Error::Failed`] for a row that is longer or shorter than the headings, a fault of the caller's.
    fn written(self, format: Format, made: DateTime<Utc>) -> Result<File> {
        if self.rows.iter().any(|row| row.len() != self.headings.len()) {
            return Err(Error::failed("a row of a file has another length than its headings"));
        }
        let headings = distinct(self.headings.iter().map(String::as_str));
        let bytes = match format {
            Format::Xlsx => xlsx::written(&self, &headings, made)?,
            Format::Csv => csv::written(&headings, &self.rows)?,
        };
        Ok(File { what: self.what(), of: self.of, format, bytes })
    }
}

/// Makes a file of what `load` gives, off the async threads: a long list keeps a core busy for a while. The place for that is taken first,
/// so that no more lists are held than are written.
///
/// # Errors
/// Those of `load`.
pub(crate) async fn file(
    services: &Services,
    format: Format,
    load: impl Future<Output = Result<Export>>,
) -> Result<File> {
    let place = services.queues.heavy.place().await?;
    let (export, made) = (load.await?, services.clock.now());
    place.work(move || export.written(format, made)).await?
}

/// The time in London, to the minute.
fn in_london(time: DateTime<Utc>) -> chrono::NaiveDateTime {
    time.with_timezone(&London).naive_local()
}

/// Names that no two columns share: what comes again is numbered. Tables of spreadsheets do not tell large letters from small ones.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<_> = names.collect();
    let mut given: Vec<String> = Vec::with_capacity(names.len());
    for name in &names {
        let numbered = (2..).map(|n: u32| format!("{name} ({n})"));
        let taken = |wanted: &String| {
            let same = |other: &str| other.to_lowercase() == wanted.to_lowercase();
            // A numbered name must not be what another column is called by itself.
            given.iter().any(|other| same(other)) || (wanted != name && names.iter().any(|other| same(other)))
        };
        let free = std::iter::once((*name).to_owned()).chain(numbered).find(|wanted| !taken(wanted));
        given.extend(free);
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_another_length_is_an_error() {
        let export = |cells: usize| Export {
            of: String::new(),
            thing: "row",
            narrowed: Vec::new(),
            headings: vec!["a".into(), "b".into()],
            rows: vec![vec![Cell::Nothing; cells]],
        };
        for format in Format::ALL {
            let written = |cells| export(cells).written(format, DateTime::UNIX_EPOCH);
            assert!(written(1).is_err() && written(3).is_err() && written(2).is_ok());
        }
    }

    #[test]
    fn no_two_columns_have_one_name() {
        let titles = |titles: &[&str]| distinct(["Mark", "Of"].into_iter().chain(titles.iter().copied()));
        assert_eq!(titles(&["Sums", "Words"]), ["Mark", "Of", "Sums", "Words"]);
        assert_eq!(titles(&["Mark", "Mark"]), ["Mark", "Of", "Mark (2)", "Mark (3)"]);
        assert_eq!(titles(&["mark", "Mark (2)"]), ["Mark", "Of", "mark (3)", "Mark (2)"]);
        assert_eq!(titles(&["", ""]), ["Mark", "Of", "", " (2)"]);
    }
}
