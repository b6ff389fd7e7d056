//! The grid of a cohort: 500 students and sixty modules, page by page and as one page to print, beside handlers written by hand that load the
//! same rows.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
};

use axum::routing::get;
use domain::cohorts::{CohortId, StudentsQuery};
use services::{Services, accounts, cohorts, kit::ROWS_A_PAGE};
use uuid::{Uuid, uuid};

use crate::{
    Targets,
    pages::{CONNECTIONS, Page, TUTOR, beside, cohort_by_hand, sign_in},
    scale::run_file,
    support::Outcome,
};

const COHORT: Uuid = uuid!("96d00004-0000-7000-8000-000000000001");
const STUDENTS: usize = 500;
const MODULES: usize = 60;

/// Requests a second, in turn with the hand-written handlers.
pub async fn compare(services: &Services, real: SocketAddr, targets: &mut Targets) -> Outcome<()> {
    run_file(services, include_str!("grid.sql")).await?;
    let (tutor, cohort) = (sign_in(services, TUTOR).await?, CohortId(COHORT));
    let first = StudentsQuery::default();
    let whole = first.to_print();
    let actor = accounts::actor_for(services, &tutor).await?.ok_or("nobody is signed in")?;
    for (query, rows) in [(&first, ROWS_A_PAGE), (&whole, STUDENTS)] {
        let page = cohorts::cohort_page(services, &actor, cohort, query).await?;
        if (page.students.rows.len(), page.modules.len()) != (rows, MODULES) {
            return Err("the grid has other rows".into());
        }
    }
    writeln!(
        stdout(),
        "\nThe grid of a cohort of {STUDENTS} students and {MODULES} modules, in requests a second, in turn with handlers written by hand:"
    )?;
    let base = format!("/cohorts/{cohort}");
    // The pages to print of one person are made one after the other, so more connections would only wait.
    for (what, query, connections) in [("first page", first, CONNECTIONS), ("whole, to print", whole, 1)] {
        let path = query.link(&base);
        let page = Page {
            what,
            path: &path,
            token: &tutor,
            by_hand: get(cohort_by_hand),
            cohort,
            students: query,
            connections,
            target: 0.5,
        };
        beside(services, real, targets, page).await?;
    }
    Ok(())
}
