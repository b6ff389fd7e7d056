//! P3, P22, P23: an organisation brings its people in bulk, after attesting that it may; the file is destroyed. P7: nobody else sees them.
//!
//! | what | where |
//! |---|---|
//! | a file: preview, confirmation, its end; those of spreadsheet programs | `files.rs`, `workbooks.rs` |
//! | the jobs that take it in or undo it | `jobs.rs` |
//! | who has an account is asked | `asking.rs` |
//! | one person by hand | `one_person.rs` |
//! | the list of people | `list.rs` |
//! | who leaves | `endings.rs` |
//! | learners for whom an organisation pays | `sponsors.rs` |
//! | an organisation, its cohorts and tutors | `setting_up.rs` |
//! | a button pressed twice, or while a file is being taken in | `pressed_again.rs` |
//! | how the statements are planned | `plans.rs` |

use domain::{
    FieldProblem, FormToken, Problem,
    access::Role,
    accounts::{AccountState, EmailAddress, MailState, PersonId},
    organisations::{PeopleQuery, RowOutcome, RowsQuery, UploadPage, UploadState, UploadsQuery},
};
use sqlx::PgPool;

mod asking;
mod endings;
mod files;
mod jobs;
mod list;
mod one_person;
mod plans;
mod pressed_again;
mod setting_up;
mod sponsors;
mod workbooks;

use super::*;
use crate::{
    access::{LookedAt, give_reason},
    cohorts,
    kit::{
        export::Format,
        jobs::{Job, enqueue, run_ready},
    },
    testing::{World, file_has_the_rows_of_the_pages, slug},
};

/// An organisation with a cohort, and its administrator.
struct Place {
    world: World,
    head: Actor,
    slug: Slug,
    organisation: OrganisationId,
    cohort: cohorts::NewCohort,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db);
    let cohort = world.cohort("University of the North", "Autumn").await;
    let organisation = of(&world, "University of the North").await;
    let head = world.learner("head@north.example").await;
    world.grant(&head, Role::OrganisationAdministrator(organisation)).await;
    Place { world, head, slug: slug("university-of-the-north"), organisation, cohort }
}

async fn of(world: &World, name: &str) -> OrganisationId {
    let id = sqlx::query_scalar("select id from organisations where name = $1").bind(name);
    OrganisationId(id.fetch_one(&world.services.db).await.unwrap())
}

impl Place {
    async fn upload(&self, file: impl Into<Vec<u8>>) -> UploadPage {
        let new = NewUpload { file_name: "people.csv".into(), bytes: file.into(), attested: true };
        let upload = start_upload(&self.world.services, &self.head, &self.slug, new).await.unwrap();
        self.page(upload).await
    }

    async fn page(&self, upload: domain::organisations::UploadId) -> UploadPage {
        upload_page(&self.world.services, &self.head, &self.slug, upload, &RowsQuery::default())
            .await
            .unwrap()
    }

    async fn confirm(&self, page: &UploadPage) -> Result<bool> {
        confirm_upload(&self.world.services, &self.head, &self.slug, page.upload.id, page.version).await
    }

    /// Uploads, confirms and takes in.
    async fn take(&self, file: &str) -> UploadPage {
        let page = self.upload(file).await;
        self.confirm(&page).await.unwrap();
        run_ready(&self.world.services).await.unwrap();
        self.page(page.upload.id).await
    }

    async fn people(&self, query: &str) -> Vec<domain::organisations::PersonRow> {
        let query = PeopleQuery::read(query);
        people_page(&self.world.services, &self.head, &self.slug, &query).await.unwrap().people.rows
    }

    async fn number(&self, what: &'static str) -> i64 {
        sqlx::query_scalar(what).fetch_one(&self.world.services.db).await.unwrap()
    }

    async fn run(&self, what: &'static str) {
        sqlx::raw_sql(what).execute(&mut *self.world.services.db.acquire().await.unwrap()).await.unwrap();
    }
}

fn counts(page: &UploadPage) -> [u32; 5] {
    let counts = page.upload.counts;
    [counts.new, counts.same, counts.changed, counts.wrong, counts.left_out]
}

fn problems<T>(result: Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

const THREE: &str = "Name,E-mail,Student number,Team,Cohort\n\
    Ada Lovelace,ada@x.example,0012,Ward 7,Autumn\n\
    Grace Hopper,grace@x.example,0013,,autumn\n\
    Alan Turing,alan@x.example,,Ward 8,\n";
