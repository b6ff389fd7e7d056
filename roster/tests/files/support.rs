//! What is read of a file, as text that a test can compare.

use std::path::Path;

use roster::{Choice, Choices, Limits, Preview, Refused, Table, open};

pub fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/files");
    std::fs::read(folder.join(name)).unwrap()
}

pub fn table(name: &str) -> Result<Table, Refused> {
    let bytes = bytes(name);
    let mut book = open(&bytes, &Limits::default())?;
    match book.choice()? {
        Choice::One(sheet) => book.table(sheet),
        Choice::Ask(_) => book.only_table(),
    }
}

pub fn preview(name: &str) -> Result<Preview, Refused> {
    let table = table(name)?;
    table.preview(&table.recognise(), Choices::default())
}

pub fn refused(name: &str) -> Refused {
    preview(name).unwrap_err()
}

/// Each row in a line: "2 Ann Bell ann@example.ac.uk 0012", or what is wrong with it.
pub fn rows(name: &str) -> Vec<String> {
    lines(&preview(name).unwrap())
}

pub fn lines(preview: &Preview) -> Vec<String> {
    let mut lines = Vec::new();
    for row in &preview.rows {
        match &row.outcome {
            Ok(person) => {
                let mut words =
                    vec![row.number.to_string(), person.name.clone(), person.email.as_str().to_owned()];
                words.extend(
                    [&person.student_number, &person.team, &person.area, &person.cohort]
                        .into_iter()
                        .flatten()
                        .cloned(),
                );
                words.extend(person.starts.map(|day| day.to_string()));
                words.extend(
                    person.active.map(|active| if active { "active" } else { "not active" }.to_owned()),
                );
                lines.push(words.join(" "));
            }
            Err(problems) => lines.extend(problems.iter().map(|problem| problem.message())),
        }
    }
    lines
}

pub fn warnings(name: &str) -> Vec<(u32, roster::Doubt)> {
    preview(name).unwrap().warnings.iter().map(|warning| (warning.row, warning.doubt)).collect()
}
