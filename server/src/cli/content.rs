//! The commands about courses as data.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use services::{Services, learning::content};

use super::Outcome;

#[derive(Subcommand)]
pub(super) enum ContentCommand {
    /// Import every course under the folder: all of a course, or nothing if anything is wrong.
    Import { folder: Option<PathBuf> },
    /// Read every course under the folder as the import does, without a database, and name the file and line of each
    /// fault. Warns of facts that are due for review.
    Check {
        folder: Option<PathBuf>,
        /// The day to compare review dates with, like 2027-01-31; the computer's, if left out.
        #[arg(long)]
        today: Option<content::Day>,
    },
}

/// Lists the faults that must be corrected, and the facts that are due for review.
pub(super) fn check(folder: &Path, today: content::Day) -> Outcome {
    let checked = content::check(folder, today);
    let mut out = stdout().lock();
    for due in &checked.due {
        writeln!(out, "Warning: {due}")?;
    }
    if !checked.faults.is_empty() {
        return Err(format!("{}\n{} to mend.", lines(&checked.faults), checked.faults.len()).into());
    }
    writeln!(out, "The content is sound; {} facts are to be looked up.", checked.due.len())?;
    Ok(())
}

fn lines(faults: &[content::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Everything is read and checked before the first is imported.
pub(super) async fn import(services: &Services, folder: PathBuf) -> Outcome {
    let courses = content::read_all(&folder)
        .map_err(|faults| format!("{}\nNothing was imported: {} to mend.", lines(&faults), faults.len()))?;
    for course in courses {
        let done = content::import(services, &course).await?;
        writeln!(
            stdout(),
            "{}: {} pages added, {} changed, {} retired; {} checks changed; {} modules retired.",
            course.slug,
            done.pages_added,
            done.pages_changed,
            done.pages_retired,
            done.checks_changed,
            done.modules_retired,
        )?;
    }
    Ok(())
}
