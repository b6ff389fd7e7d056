//! The results of a paper as a file.

use chrono::{DateTime, Utc};
use domain::assessment::{
    PaperId,
    results::{ResultRow, ResultsQuery},
};

use super::list::{head, page};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file},
        list::{AllRows, narrowed},
    },
};

/// A file of all results that `query` finds, in its order. Its name contains the title of the paper, and says if everybody is being marked
/// again after a correction.
pub async fn results_file(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    query: &ResultsQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.setter_of(services, &mut db, paper).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let (setter, head) = head(services, &mut db, actor, paper).await?;
        let mut all = AllRows::of(query);
        loop {
            let (portion, asked) = all.portion();
            let page = page(&mut db, setter, &head, portion, asked).await?;
            if all.take(page) {
                break;
            }
        }
        db.commit().await?;
        let columns = COLUMNS.into_iter().map(str::to_owned).chain(head.section_titles());
        Ok(Export {
            thing: "result",
            narrowed: narrowed(query),
            headings: columns.chain(LAST_COLUMNS.into_iter().map(str::to_owned)).collect(),
            rows: all.rows.into_iter().map(row).collect::<Result<_>>()?,
            of: match head.remarking {
                Some(_) => format!("{} (being marked again)", head.title),
                None => head.title,
            },
        })
    };
    file(services, actor, format, prove, load).await
}

/// The columns before and after those of the sections.
const COLUMNS: [&str; 9] =
    ["Name", "E-mail", "Attempt", "Submitted (UK time)", "By", "Mark", "Of", "Per cent", "Passed"];
const LAST_COLUMNS: [&str; 3] = ["Not readable", "Incidents", "Pass marks missed"];

fn row(row: ResultRow) -> Result<Vec<Cell>> {
    let submitted: DateTime<Utc> = row.submitted.utc.parse().map_err(Error::failed)?;
    let mut cells = vec![
        Cell::Text(row.name),
        Cell::Text(row.email),
        Cell::number(row.attempt),
        Cell::Time(submitted),
        Cell::text(row.submitted_by.in_words()),
        Cell::number(row.outcome.mark),
        Cell::number(row.outcome.available),
        Cell::number(row.outcome.percent()),
        Cell::yes_or_no(row.outcome.passed),
    ];
    cells.extend(row.sections.into_iter().map(Cell::number));
    cells.extend([
        Cell::number(row.unreadable),
        Cell::number(row.incidents),
        Cell::Text(row.missed.join("; ")),
    ]);
    Ok(cells)
}
