//! The result sheet as a file.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use domain::{Moment, assessment::PaperId};

use super::result_sheet;
use crate::{Error, Result, Services, accounts::Actor, kit::csv};

/// The result sheet as a file for a spreadsheet, with the title of the paper, which the file is called by.
pub async fn result_csv(services: &Services, actor: &Actor, paper: PaperId) -> Result<(String, Vec<u8>)> {
    let sheet = result_sheet(services, actor, paper).await?;
    let titles = sheet.sections.iter().map(|section| section.title.as_str());
    let header = distinct(COLUMNS.into_iter().chain(titles).chain(LAST_COLUMNS));
    let header: Vec<_> = header.iter().map(String::as_str).collect();
    let rows = sheet.rows.iter().map(|row| -> Result<Vec<String>> {
        let mut cells = vec![
            row.name.clone(),
            row.email.clone(),
            row.attempt.to_string(),
            uk_time(&row.submitted)?,
            row.submitted_by.in_words().to_owned(),
            row.outcome.mark.to_string(),
            row.outcome.available.to_string(),
            row.outcome.percent().to_string(),
            if row.outcome.passed { "Yes" } else { "No" }.to_owned(),
        ];
        cells.extend(row.sections.iter().map(u32::to_string));
        cells.extend([row.unreadable.to_string(), row.incidents.to_string(), row.missed.join("; ")]);
        Ok(cells)
    });
    let file = csv::sheet(&header, rows.collect::<Result<Vec<_>>>()?)?;
    Ok((sheet.title, file))
}

/// The columns before those of the sections, and the ones after.
const COLUMNS: [&str; 9] =
    ["Name", "E-mail", "Attempt", "Submitted (UK time)", "By", "Mark", "Of", "Per cent", "Passed"];
const LAST_COLUMNS: [&str; 3] = ["Not readable", "Incidents", "Pass marks missed"];

/// Names that no two columns share: a section may be called as another is, or as a column. What comes again is numbered.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<_> = names.collect();
    let mut given: Vec<String> = Vec::with_capacity(names.len());
    for name in &names {
        let numbered = (2..).map(|n: u32| format!("{name} ({n})"));
        let taken = |wanted: &String| {
            let same = |other: &str| other.eq_ignore_ascii_case(wanted);
            // A numbered name must not be what another column is called by itself.
            given.iter().any(|other| same(other)) || (wanted != name && names.iter().any(|other| same(other)))
        };
        let free = std::iter::once((*name).to_owned()).chain(numbered).find(|wanted| !taken(wanted));
        given.extend(free);
    }
    given
}

/// "2026-11-22 10:42", which spreadsheets take for a time.
fn uk_time(submitted: &Moment) -> Result<String> {
    let time: DateTime<Utc> = submitted.utc.parse().map_err(Error::failed)?;
    Ok(time.with_timezone(&London).format("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use crate::assessment::results::file::distinct;

    #[test]
    fn no_two_columns_have_one_name() {
        let titles = |titles: &[&str]| distinct(["Mark", "Of"].into_iter().chain(titles.iter().copied()));
        assert_eq!(titles(&["Sums", "Words"]), ["Mark", "Of", "Sums", "Words"]);
        assert_eq!(titles(&["Mark", "Mark"]), ["Mark", "Of", "Mark (2)", "Mark (3)"]);
        assert_eq!(titles(&["mark", "Mark (2)"]), ["Mark", "Of", "mark (3)", "Mark (2)"]);
        assert_eq!(titles(&["", ""]), ["Mark", "Of", "", " (2)"]);
    }
}
