//! Reads a roster: a file of people to be enrolled. Bytes go in, delegates and problems come out; nothing here knows of rows in a
//! database, of requests or of pages.
//!
//! ```
//! use roster::{Choices, Limits, open};
//!
//! let file = b"Surname;First name;E-mail\r\nEvans;Sian;sian.evans@example.ac.uk\r\nRoy;;r@example.ac.uk\r\n";
//! let mut book = open(file, &Limits::default())?;
//! let table = book.only_table()?;
//! let matching = table.recognise(); // shown, and changed where it is wrong
//! let preview = table.preview(&matching, Choices::default())?;
//!
//! assert_eq!(preview.delegates().next().map(|(_, person)| person.name.as_str()), Some("Sian Evans"));
//! let problems: Vec<_> = preview.problems().map(|problem| problem.message()).collect();
//! assert_eq!(problems, ["Row 3, First name: enter the first name"]);
//! # Ok::<(), roster::Refused>(())
//! ```
//!
//! # The steps
//!
//! 1. [`open`] tells by content what the file is: text with separated columns in whatever encoding, XLSX, ODS, or old XLS. What it
//!    cannot read it names, with what to do ([`Refused`]): a binary workbook, a web page that is called `.xls`, a PDF.
//! 2. [`Book::choice`] says which sheet is meant, or that somebody has to.
//! 3. [`Book::table`] reads the sheet: its [`Table::headings`], and the rows below as they stand.
//! 4. [`Table::recognise`] proposes a [`Matching`] of columns and fields. It is a value that a page can show and change.
//! 5. [`Table::preview`] reads the rows by it: each is a [`Delegate`] or has problems, with the number that the spreadsheet program shows.
//! 6. [`write_failed`] gives the rows that were not taken back as a file.
//!
//! # What holds
//!
//! - Nothing is guessed. Digits that may have changed, a date where a number should be, two rows for one address: the row waits for a
//!   person. What is only doubtful is taken with a [`Warning`].
//! - Whatever the bytes are, reading them ends with an answer, in memory that [`Limits`] bounds: parts of workbooks are measured as
//!   they are unpacked, and no reader is given room for cells that are not there.
//! - The rules come from real files of real programs. Each has a test in `tests/files/rules.rs`, on a file in `end2end/files/`, whose maker is
//!   in `end2end/files/make/`.

mod book;
mod cell;
mod delegate;
mod doubles;
mod failed;
mod field;
mod harmless;
mod kind;
mod limits;
mod matching;
mod ods;
mod package;
mod reading;
mod refused;
mod sheets;
mod table;
mod text;
mod value;
mod xls;
mod xlsx;
mod xml;

pub use book::{Book, Choice, Sheet, open};
pub use cell::{Cell, Day, Moment};
pub use delegate::{Delegate, Doubt, RowProblem, Warning, What};
pub use failed::write_failed;
pub use field::Field;
pub use harmless::{harmless, is_harmless};
pub use kind::Kind;
pub use limits::Limits;
pub use matching::Matching;
pub use reading::{Choices, Preview, Row};
pub use refused::Refused;
pub use table::{Encoding, Table};
