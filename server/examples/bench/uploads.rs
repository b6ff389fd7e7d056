//! A file of 50,000 people: its preview beside the bare library that reads the same file; the memory of a server that reads it and takes it in
//! (see `alone`); and the job that takes it in beside a `COPY` of the same rows into equal tables (see `copy`).

mod alone;
mod copy;

use std::{
    fmt::Write as _,
    hint::black_box,
    io::{Write, stdout},
    time::{Duration, Instant},
};

use domain::learning::Slug;
use roster::{Choices, Limits};
use services::{
    Services, accounts,
    kit::jobs::{Attempt, Handler, Outcome as JobOutcome, run_worker},
    organisations::{NewUpload, confirm_upload, start_upload},
};
use sqlx::{PgConnection, PgPool};
use tokio::{sync::watch, time::sleep};
use uuid::Uuid;

use crate::{
    Targets, median,
    support::{Outcome, learners},
};

const PEOPLE: usize = 50_000;
/// How often the file is read, and how often it is taken in.
const READINGS: usize = 15;
const RUNS: usize = 3;
/// The cohort that the file names.
const COHORT: &str = "September 2026";

/// Measures, and prints the result.
pub async fn measure(services: &Services, targets: &mut Targets) -> Outcome<()> {
    writeln!(stdout(), "\nA file of {PEOPLE} people:")?;
    read(targets)?;
    // First, while no mail waits that this server would send.
    alone::memory(services, targets).await?;
    take_in(services, targets).await
}

/// A CSV file. The mark makes its people others than those of another file.
fn file(mark: &str) -> Outcome<String> {
    let mut file = String::from("First name,Last name,Email,Student number,Team,Area,Cohort");
    for n in 0..PEOPLE {
        let first = ["Siân", "Priya", "Anna Maria", "Łukasz", "John"][n % 5];
        let area = ["North", "South", "East"][n % 3];
        write!(
            file,
            "\r\n{first},Wiśniewski-{},{mark}.{n}@upload.example,N{n:07},Ward {},{area},{COHORT}",
            n % 9973,
            n % 40,
        )?;
    }
    Ok(file)
}

/// Reading alone, in turn. The bare library decodes the same letters and gives the same cells, and says nothing of them.
fn read(targets: &mut Targets) -> Outcome<()> {
    let file = file("read")?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..READINGS {
        let begun = Instant::now();
        let text = std::str::from_utf8(file.as_bytes())?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let records = black_box(reader.records().collect::<Result<Vec<_>, _>>()?);
        bare.push(milliseconds(begun.elapsed()));
        let begun = Instant::now();
        let people = black_box(preview(file.as_bytes())?);
        ours.push(milliseconds(begun.elapsed()));
        if (records.len(), people) != (PEOPLE + 1, PEOPLE) {
            return Err("the file was read as other people".into());
        }
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    let ratio = ours / bare;
    let target = targets.at_most("the preview of a file against the bare library", ratio, 3.0);
    writeln!(
        stdout(),
        "  reading it          {ours:>7.0} ms for the preview, {bare:>6.0} ms by the bare library: ratio {ratio:>5.2}  {target}"
    )?;
    Ok(())
}

/// As the service reads a file. Returns how many people are right.
fn preview(bytes: &[u8]) -> Outcome<usize> {
    let refused = |refused: roster::Refused| refused.message().into_owned();
    let table =
        roster::open(bytes, &Limits::default()).and_then(|mut book| book.only_table()).map_err(refused)?;
    let preview = table.preview(&table.recognise(), Choices::default()).map_err(refused)?;
    Ok(preview.delegates().count())
}

/// From the confirmation to the end of the job, in turn with the `COPY`.
async fn take_in(services: &Services, targets: &mut Targets) -> Outcome<()> {
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(run_worker(services.clone(), TakesIn(services.clone()), stopping));
    copy::make_tables(&services.db).await?;
    let (mut previews, mut ours, mut copies, mut rows) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for run in 0..RUNS {
        // Those of the run before, which nobody sends, would lie in the way of the next job.
        sqlx::query("delete from jobs where kind = 'send_mail'").execute(&services.db).await?;
        let mark = format!("run{run}");
        let file = file(&mark)?;
        let Organisation { slug, session } = organisation(&services.db, &mark).await?;
        let actor = accounts::actor_for(services, &session).await?.ok_or("nobody is signed in")?;
        let begun = Instant::now();
        let new = NewUpload { file_name: "people.csv".to_owned(), bytes: file.into_bytes(), attested: true };
        let upload = start_upload(services, &actor, &slug, new).await?;
        previews.push(milliseconds(begun.elapsed()));
        let begun = Instant::now();
        confirm_upload(services, &actor, &slug, upload, 1).await?;
        done(&services.db, upload.0).await?;
        ours.push(milliseconds(begun.elapsed()));
        let copied = copy::of_upload(&services.db, upload.0).await?;
        copies.push(milliseconds(copied.took));
        rows = copied.rows;
    }
    stop.send(true)?;
    worker.await?;
    let (preview, ours, copied) = (median(&mut previews), median(&mut ours), median(&mut copies));
    let mut out = stdout().lock();
    writeln!(
        out,
        "  previewing it       {preview:>7.0} ms with its rows kept and compared: {:>5.2} of that COPY",
        preview / copied
    )?;
    let ratio = ours / copied;
    let target = targets.at_most("taking a file in against a COPY of the same rows", ratio, 6.0);
    writeln!(
        out,
        "  taking it in        {ours:>7.0} ms, {copied:>6.0} ms for a COPY of the same {rows} rows into {} equal tables: ratio {ratio:>5.2}  {target}",
        copy::TABLES.len(),
    )?;
    Ok(())
}

/// A worker that takes files in and sends none of the mails: they are rows to be copied.
#[derive(Clone)]
struct TakesIn(Services);

impl Handler for TakesIn {
    fn kinds(&self) -> Vec<&'static str> {
        vec!["take_in_upload"]
    }

    async fn run(&self, attempt: &Attempt) -> JobOutcome {
        self.0.run(attempt).await
    }

    async fn failed(&self, db: &mut PgConnection, attempt: &Attempt) -> services::Result<()> {
        self.0.failed(db, attempt).await
    }
}

/// An organisation with a cohort, and the session of its administrator.
struct Organisation {
    slug: Slug,
    session: String,
}

async fn organisation(db: &PgPool, mark: &str) -> Outcome<Organisation> {
    let slug = format!("bench-{mark}");
    let (person, session) = learners(db, 1).await?.pop().ok_or("nobody was made")?;
    sqlx::query(
        "with made as (
            insert into organisations (id, name, kind, slug, created_at)
            values (gen_random_uuid(), $1, 'university', $1, now()) returning id
        ), cohort as (
            insert into cohorts (id, organisation_id, course_id, name, created_at)
            select gen_random_uuid(), made.id, (select id from courses order by slug limit 1), $2, now() from made
        )
        insert into grants (organisation_id, person_id, role, granted_at, reason)
        select id, $3, 'organisation-administrator', now(), 'For the bench' from made",
    )
    .bind(&slug)
    .bind(COHORT)
    .bind(person)
    .execute(db)
    .await?;
    Ok(Organisation { slug: Slug::parse(&slug)?, session })
}

/// Waits until a confirmed upload is done, with everybody new.
async fn done(db: &PgPool, upload: Uuid) -> Outcome<()> {
    loop {
        let (state, new): (String, i32) = sqlx::query_as("select state, new_rows from uploads where id = $1")
            .bind(upload)
            .fetch_one(db)
            .await?;
        match (state.as_str(), usize::try_from(new)?) {
            ("confirmed", _) => sleep(Duration::from_millis(20)).await,
            ("done", PEOPLE) => return Ok(()),
            (_, new) => return Err(format!("the upload is {state}, with {new} new people").into()),
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
