//! The students of a cohort as a file.

use domain::{
    cohorts::{CohortId, CohortPage, NOT_HERE, Reason, StudentRow, StudentsQuery},
    learning::Status,
};

use super::sql;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file},
        list::{AllRows, narrowed},
    },
};

/// The columns before those of the modules.
const COLUMNS: [&str; 9] = [
    "Name",
    "E-mail",
    "Team",
    "Area",
    "Modules completed",
    "Of",
    "Per cent",
    "Last seen (UK time)",
    "Needs attention",
];

/// A file of all students that `query` finds, in its order, with the modules that each has completed.
pub async fn students_file(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    query: &StudentsQuery,
    format: Format,
) -> Result<File> {
    let prove = async {
        let mut db = services.db.acquire().await?;
        actor.tutor_of(&mut db, cohort).await
    };
    let load = async {
        // One snapshot makes all portions show the same moment.
        let mut db = services.snapshot().await?;
        let tutor = actor.tutor_of(&mut db, cohort).await?;
        let mut all = AllRows::of(query);
        let (name, modules) = loop {
            let (portion, asked) = all.portion();
            let CohortPage { name, modules, students, .. } =
                sql::page(&mut db, tutor, portion, asked, services.clock.now()).await?;
            if all.take(students) {
                break (name, modules);
            }
        };
        db.commit().await?;
        let rows = all.rows.into_iter().map(|student| row(student, modules.len()));
        Ok(Export {
            of: name,
            thing: "student",
            narrowed: narrowed(query),
            rows: rows.collect::<Result<_>>()?,
            headings: COLUMNS.into_iter().map(str::to_owned).chain(modules).collect(),
        })
    };
    file(services, actor, format, prove, load).await
}

fn row(student: StudentRow, modules: usize) -> Result<Vec<Cell>> {
    let last_seen = Cell::moment_or_nothing(student.last_seen.as_ref())?;
    let said = |status: Option<Status>| Cell::text(status.map_or(NOT_HERE, Status::label));
    let statuses: Vec<_> = student.statuses().map(said).collect();
    let percent = u32::try_from(student.percent()).map_err(Error::failed)?;
    let reasons: Vec<_> = student.reasons.iter().map(Reason::words).collect();
    let before = [
        Cell::Text(student.name),
        Cell::Text(student.email),
        Cell::text_or_nothing(student.team),
        Cell::text_or_nothing(student.area),
        Cell::number(student.completed),
        Cell::number(u32::try_from(modules).map_err(Error::failed)?),
        Cell::number(percent),
        last_seen,
        Cell::text_or_nothing(Some(reasons.join("; ")).filter(|reasons| !reasons.is_empty())),
    ];
    Ok(before.into_iter().chain(statuses).collect())
}
