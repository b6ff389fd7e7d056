//! Writes lists as files for spreadsheets: all rows that search and filters find, in the chosen order.

mod csv;
mod xlsx;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{Error, Result, Services, accounts::Actor};
use domain::{Moment, Problem, accounts::PersonId};

/// The format of a downloaded list. XLSX comes first, because a program that opens a CSV guesses the type of each cell, and drops the
/// noughts at the beginning of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Xlsx, Self::Csv];

    /// The end of the file's name.
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

/// One cell of a row. Names and ids are text, even when they have only figures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Nothing,
    Text(String),
    Number(f64),
    /// A time, written in Europe/London. The heading of its column says so.
    Time(DateTime<Utc>),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn text_or_nothing(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }

    pub(crate) fn number(number: impl Into<f64>) -> Self {
        Self::Number(number.into())
    }

    /// # Errors
    /// For a moment that is none, which is a fault of ours.
    pub(crate) fn moment_or_nothing(moment: Option<&Moment>) -> Result<Self> {
        let Some(moment) = moment else { return Ok(Self::Nothing) };
        moment.utc.parse::<DateTime<Utc>>().map(Self::Time).map_err(Error::failed)
    }

    pub(crate) fn yes_or_no(yes: bool) -> Self {
        Self::text(if yes { "Yes" } else { "No" })
    }
}

/// A file to download.
pub struct File {
    /// The subject of the file, for its name: "V300, autumn 2026".
    pub of: String,
    /// The number and kind of its rows: "68 students".
    pub what: String,
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// The most rows of a sheet, with the headings: that many has a sheet of every program that opens XLSX.
const ROWS_OF_SHEET: usize = 1_048_576;

/// Nothing is left out of a file unnoticed: a list with too many rows is refused.
pub(crate) fn too_long(thing: &str, most: usize) -> Error {
    let words = format!(
        "A file of this kind has room for {most} {thing}s, and the list has more. Search or choose filters, so that it has fewer, then download again."
    );
    Error::invalid("file", Problem::InWords { words })
}

/// The content of a list, before it is written as a file.
pub(crate) struct Export {
    pub of: String,
    /// The word for one row: "student".
    pub thing: &'static str,
    /// The search and filters that were used. Empty when the list is complete.
    pub narrowed: Vec<(&'static str, String)>,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Export {
    pub(crate) fn what(&self) -> String {
        domain::count(self.rows.len().try_into().unwrap_or(u32::MAX), self.thing)
    }

    /// # Errors
    /// [`Error::Failed`] for a row that is longer or shorter than the headings, which is a fault of the caller. [`Problem::InWords`] for
    /// more rows than a sheet has.
    fn written(self, format: Format, made: DateTime<Utc>) -> Result<File> {
        if self.rows.iter().any(|row| row.len() != self.headings.len()) {
            return Err(Error::failed("a row of a file has another length than its headings"));
        }
        if format == Format::Xlsx && self.rows.len() >= ROWS_OF_SHEET {
            return Err(too_long(self.thing, ROWS_OF_SHEET - 1));
        }
        let headings = distinct(self.headings.iter().map(String::as_str));
        let bytes = match format {
            Format::Xlsx => xlsx::written(&self, &headings, made)?,
            Format::Csv => csv::written(&headings, &self.rows)?,
        };
        Ok(File { what: self.what(), of: self.of, format, bytes })
    }
}

/// Writes the list that `load` gives as a file, off the async threads, because a long list keeps a core busy for a while.
///
/// `prove` checks permission before the slot is taken, so that nobody occupies the slots with files that are refused to them. The slot is
/// taken before loading, so that no lists wait in memory. Permission may end during the wait, so `load` checks it again.
///
/// # Errors
/// The errors of `prove` and `load`, and those of writing the file. [`Error::Unavailable`] for a request that later ones of the same person
/// have overtaken.
pub(crate) async fn file<P>(
    services: &Services,
    actor: &Actor,
    format: Format,
    prove: impl Future<Output = Result<P>>,
    load: impl Future<Output = Result<Export>>,
) -> Result<File> {
    prove.await?;
    let load = async { Result::Ok((load.await?, services.clock.now())) };
    in_own_turn(services, actor, load, move |(export, made)| export.written(format, made)).await
}

/// Makes any file for a person: what `load` gives is written off the async threads, and their files are made one after the other.
///
/// # Errors
/// The errors of `load` and `write`. [`Error::Unavailable`] as for [`file`].
pub(crate) async fn in_own_turn<L: Send + 'static, T: Send + 'static>(
    services: &Services,
    actor: &Actor,
    load: impl Future<Output = Result<L>>,
    write: impl FnOnce(L) -> Result<T> + Send + 'static,
) -> Result<T> {
    let own = services.queues.files.of(actor.person());
    let _turn = own.turn().await?;
    let place = services.queues.heavy.place().await?;
    let loaded = load.await?;
    place.work(move || write(loaded)).await?
}

/// Runs `load` for the page of a list. The whole list on one page, to print it, is as much work as a file: it waits for the turn of this
/// person and for a slot, and `prove` checks permission before the wait. Any other page is loaded at once.
///
/// # Errors
/// As for [`file`].
pub(crate) async fn in_turn_if_whole<P, T>(
    services: &Services,
    actor: &Actor,
    whole: bool,
    prove: impl Future<Output = Result<P>>,
    load: impl Future<Output = Result<T>>,
) -> Result<T> {
    if !whole {
        return load.await;
    }
    prove.await?;
    let own = services.queues.files.of(actor.person());
    let _turn = own.turn().await?;
    let _place = services.queues.heavy.place().await?;
    load.await
}

/// How many requests of one person may wait for a file.
const MOST_WAITING: u64 = 3;

/// The files and pages to print of each person are made one after the other. A download that is pressed again and again, and given up each
/// time, takes one slot of the heavy queue, and nobody else waits for it.
#[derive(Clone, Default)]
pub(crate) struct OneByOne(Arc<Mutex<HashMap<PersonId, Arc<Own>>>>);

#[derive(Default)]
struct Own {
    turn: tokio::sync::Mutex<()>,
    asked: AtomicU64,
}

impl OneByOne {
    fn of(&self, person: PersonId) -> Arc<Own> {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, own| Arc::strong_count(own) > 1);
        people.entry(person).or_default().clone()
    }
}

impl Own {
    async fn turn(&self) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let turn = self.turn.lock().await;
        let overtaken = self.asked.load(Ordering::SeqCst) - number >= MOST_WAITING;
        if overtaken { Err(Error::Unavailable(sqlx::Error::PoolTimedOut)) } else { Ok(turn) }
    }
}

/// The time in London, to the minute.
fn in_london(time: DateTime<Utc>) -> chrono::NaiveDateTime {
    time.with_timezone(&London).naive_local()
}

/// Gives every column a different name, by numbering repeated ones. Tables in spreadsheets ignore the case of letters.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<_> = names.collect();
    let mut given: Vec<String> = Vec::with_capacity(names.len());
    for name in &names {
        let numbered = (2..).map(|n: u32| format!("{name} ({n})"));
        let taken = |wanted: &String| {
            let same = |other: &str| other.to_lowercase() == wanted.to_lowercase();
            // A numbered name must not be the own name of another column.
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

    #[tokio::test]
    async fn of_many_requests_of_a_person_only_the_newest_get_a_turn() {
        let all = OneByOne::default();
        let (one, other) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let own = all.of(one);
        let first = own.turn().await.unwrap();
        let waiting: Vec<_> = (0..25)
            .map(|_| {
                let own = all.of(one);
                async move { own.turn().await.is_ok() }
            })
            .collect();
        let mut waiting: Vec<_> = waiting.into_iter().map(Box::pin).collect();
        for request in &mut waiting {
            assert!(futures::poll!(request).is_pending());
        }
        assert!(all.of(other).turn().await.is_ok(), "another person does not wait");
        drop(first);
        let turns = futures::future::join_all(waiting).await;
        assert_eq!(turns.iter().filter(|turn| **turn).count(), 3);
        assert!(turns[22..].iter().all(|turn| *turn), "the newest");
        drop(own);
        all.of(other);
        assert_eq!(all.0.lock().unwrap().len(), 1, "nothing is kept of who has gone");
    }

    #[test]
    fn a_row_longer_or_shorter_than_the_headings_is_an_error() {
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
    fn a_list_with_more_rows_than_a_sheet_is_refused_with_words_and_not_cut_off() {
        let export = Export {
            of: String::new(),
            thing: "row",
            narrowed: Vec::new(),
            headings: Vec::new(),
            rows: vec![Vec::new(); ROWS_OF_SHEET],
        };
        let refused = export.written(Format::Xlsx, DateTime::UNIX_EPOCH).err();
        let Some(Error::Invalid(fields)) = refused else { panic!("it was written") };
        assert!(fields[0].problem.message().contains("1048575 rows"), "{:?}", fields[0]);
    }

    #[test]
    fn every_column_has_a_different_name() {
        let titles = |titles: &[&str]| distinct(["Mark", "Of"].into_iter().chain(titles.iter().copied()));
        assert_eq!(titles(&["Sums", "Words"]), ["Mark", "Of", "Sums", "Words"]);
        assert_eq!(titles(&["Mark", "Mark"]), ["Mark", "Of", "Mark (2)", "Mark (3)"]);
        assert_eq!(titles(&["mark", "Mark (2)"]), ["Mark", "Of", "mark (3)", "Mark (2)"]);
        assert_eq!(titles(&["", ""]), ["Mark", "Of", "", " (2)"]);
    }
}
