//! All of `content/`: every course in it, and the list of facts that can go out of date.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::assessment::bank::guessing::Looks;

use super::{Course, Day, Fault, read};

/// Reads every course under the folder: each folder with a `course.md` is one.
///
/// # Errors
/// Everything that is wrong in any of them.
pub fn read_all(folder: &Path) -> Result<Vec<Course>, Vec<Fault>> {
    let fault = |what: String| vec![Fault { file: folder.to_owned(), line: 1, what }];
    let entries = fs::read_dir(folder).map_err(|error| fault(format!("cannot be read: {error}")))?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("course.md").is_file())
        .collect();
    folders.sort();
    if folders.is_empty() {
        return Err(fault("no folder in it has a course.md".to_owned()));
    }
    let (mut courses, mut faults) = (Vec::new(), Vec::new());
    for folder in folders {
        match read(&folder) {
            Ok(course) => courses.push(course),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(courses) } else { Err(faults) }
}

/// The findings about the content, without a database.
#[derive(Debug, Default)]
pub struct Checked {
    /// Faults that must be corrected.
    pub faults: Vec<Fault>,
    /// Facts that have to be checked again, because their date is past.
    pub due: Vec<Fault>,
}

/// The list of facts that can go out of date, beside the courses.
const REVIEW: &str = "REVIEW.md";

/// Reads everything as the import does, and checks more: that no check always asks the same questions, that guessing
/// does not pay, and that no fact is past the date of its review.
pub fn check(folder: &Path, today: Day) -> Checked {
    let mut checked = Checked::default();
    match read_all(folder) {
        Err(faults) => checked.faults = faults,
        Ok(courses) => {
            for course in &courses {
                for module in course.modules.iter().filter(|module| module.asked.is_none()) {
                    checked.faults.push(Fault {
                        file: folder.join(course.slug.as_str()).join(module.slug.as_str()).join("check.toml"),
                        line: 1,
                        what: "says nothing of `asked`: begin with the number of questions of a try, half of the pool at most"
                            .to_owned(),
                    });
                }
            }
            let mut looks = Looks::default();
            courses
                .iter()
                .flat_map(|course| &course.modules)
                .for_each(|module| looks.check(&module.questions));
            let found = looks.findings().into_iter();
            checked.faults.extend(found.map(|what| Fault { file: folder.to_owned(), line: 1, what }));
        }
    }
    let file = folder.join(REVIEW);
    match fs::read_to_string(&file) {
        Ok(text) => review(&file, &text, today, &mut checked),
        // A folder without such facts has no list.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            checked.faults.push(Fault { file, line: 1, what: format!("cannot be read: {error}") });
        }
    }
    checked
}

/// Goes through the rows of every table that has a column "Next".
fn review(file: &Path, text: &str, today: Day, checked: &mut Checked) {
    let mut column = None;
    for (n, line) in text.lines().enumerate() {
        let fault = |what: String| Fault { file: file.to_owned(), line: n + 1, what };
        let Some(cells) = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            column = None;
            continue;
        };
        let cells: Vec<_> = cells.split('|').map(str::trim).collect();
        let Some(next) = column else {
            column = cells.iter().position(|cell| *cell == "Next");
            continue;
        };
        // The line below the heading.
        if cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-' || c == ':')) {
            continue;
        }
        let date = cells.get(next).copied().unwrap_or_default();
        let fact = cells.first().copied().unwrap_or_default();
        match Day::parse_from_str(date, "%Y-%m-%d").ok().filter(|_| date.len() == 10) {
            None => checked.faults.push(fault(format!("{date:?} is no day like 2027-01-31"))),
            Some(date) if date < today => {
                checked.due.push(fault(format!("look up again since {date}: {fact}")))
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewed(text: &str, today: &str) -> (Vec<String>, Vec<String>) {
        let mut checked = Checked::default();
        review(Path::new("REVIEW.md"), text, today.parse().unwrap(), &mut checked);
        let lines = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect();
        (lines(checked.faults), lines(checked.due))
    }

    const TABLE: &str = "# Facts\n\n| Fact | Checked | Next |\n| --- | --- | ---: |\n| One | no | 2027-01-31 |\n| Two | no | 2027-02-01 |\n\n| Other |\n| --- |\n| table |\n";

    #[test]
    fn a_row_is_due_when_its_date_is_past() {
        assert_eq!(reviewed(TABLE, "2027-01-31"), (vec![], vec![]));
        assert_eq!(
            reviewed(TABLE, "2027-02-01"),
            (vec![], vec!["REVIEW.md:5: look up again since 2027-01-31: One".to_owned()])
        );
        assert_eq!(reviewed(TABLE, "2027-02-02").1.len(), 2);
    }

    #[test]
    fn a_malformed_date_is_a_fault() {
        for wrong in ["soon", "2027-13-01", "2027-02-30", "31/01/2027", "2027-1-31", ""] {
            let (faults, due) = reviewed(&TABLE.replace("2027-01-31", wrong), "2026-11-28");
            assert_eq!(faults, [format!("REVIEW.md:5: {wrong:?} is no day like 2027-01-31")]);
            assert!(due.is_empty());
        }
    }
}
