//! Courses as authors write them: Markdown, TOML and SVG under `content/`, read whole, checked whole, imported whole.
//!
//! [`source`] reads a course's folder into values and names each fault by file and line, [`folder`] reads all of them;
//! [`import`] writes the values into the database in one transaction, and [`recount`] counts learners afterwards.
//! Nothing is imported while there is any fault.

mod about;
mod check;
mod folder;
mod glossary;
mod import;
mod recount;
mod source;
#[cfg(test)]
mod tests;

pub use folder::{Checked, check, read_all};
pub use glossary::Term;
pub use import::{Imported, import};
pub use recount::finish_recount;
pub use source::{Competency, Course, Framework, Module, Page, Picture, read};

use std::{fmt, path::PathBuf};

use crate::kit::markdown::{self, line_at};

/// The day that review dates are compared with.
pub type Day = chrono::NaiveDate;

/// One fault in the content, and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}
