//! The common start of every area's tests: services on a fresh database with a clock that is set by hand, a small
//! course, and people.

mod application;
mod courses;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    access::Role,
    accounts::{EmailAddress, PersonId},
    kit::list::{Filters, ListQuery, Page, Sort},
    learning::{Answers, EnrolmentId, Kind, Question, Slug},
};
use sqlx::{AssertSqlSafe, PgPool, Row};
use uuid::Uuid;

use crate::{
    Files, FixedClock, Mailer, Services,
    access::{self, NewGrant},
    accounts::{Actor, Hasher, NewPerson, SecondFactor, ensure_person},
    cohorts::{NewCohort, ensure_cohort},
    kit::{export::File, list::in_portions_of},
    learning::{self, content},
    organisations::ensure_organisation,
};

pub(crate) use application::Application;
pub(crate) use courses::beside_other_courses;

pub(crate) const PASSWORD: &str = "purple wheel garden lamp";

pub(crate) struct World {
    pub services: Services,
    pub clock: Arc<FixedClock>,
    /// The folder for mail; removed with the world.
    pub mail: tempfile::TempDir,
    /// The folder for files; removed with the world.
    _files: tempfile::TempDir,
}

impl World {
    pub(crate) fn new(db: PgPool) -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z".parse().unwrap()));
        let (mail, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let services = Services {
            batch_pool: db.clone().into(),
            session_batch_pool: db.clone().into(),
            db,
            clock: clock.clone(),
            hasher: Hasher::new().unwrap(),
            second_factor: SecondFactor::Offered,
            queues: crate::Queues::default(),
            mailer: Mailer::files(mail.path().to_owned(), "Learning <no-reply@example.org>").unwrap(),
            files: Files::local(files.path().to_owned()).unwrap(),
            public_url: "https://learning.example".into(),
            support_contact: "".into(),
            scanner: crate::kit::scanner::Scanner::Off,
        };
        Self { services, clock, mail, _files: files }
    }

    pub(crate) async fn person(&self, email: &str) -> Actor {
        let hash = self.services.hasher.hash(PASSWORD).await.unwrap();
        Actor::for_test(self.person_with(email, Some(&hash)).await)
    }

    /// Without a password, which is quick: for tests that do not test signing in.
    pub(crate) async fn learner(&self, email: &str) -> Actor {
        Actor::for_test(self.person_with(email, None).await)
    }

    async fn person_with(&self, email: &str, password_hash: Option<&str>) -> PersonId {
        let email = EmailAddress::parse(email).unwrap();
        let new = NewPerson { email: &email, name: email.as_str(), password_hash, demo: false };
        ensure_person(&self.services, &mut self.services.db.acquire().await.unwrap(), new).await.unwrap()
    }

    /// Imports [`course`] and makes a cohort of it.
    pub(crate) async fn cohort(&self, organisation: &str, name: &str) -> NewCohort {
        content::import(&self.services, &course(&["one", "two"], 2)).await.unwrap();
        let mut db = self.services.db.acquire().await.unwrap();
        let course = learning::find_course(&mut db, "nmp").await.unwrap();
        let organisation =
            ensure_organisation(&self.services, &mut db, organisation, "university").await.unwrap();
        ensure_cohort(&self.services, &mut db, organisation, course, name).await.unwrap()
    }

    pub(crate) async fn grant(&self, actor: &Actor, role: Role) {
        let mut db = self.services.db.acquire().await.unwrap();
        let new = NewGrant { person: actor.person(), role, by: None, reason: "For a test" };
        access::grant(&self.services, &mut db, new).await.unwrap();
    }

    pub(crate) async fn enrol(&self, learner: &Actor, cohort: &NewCohort) -> EnrolmentId {
        let mut db = self.services.db.acquire().await.unwrap();
        learning::enrol(&self.services, &mut db, learner.person(), cohort).await.unwrap()
    }

    /// The messages written so far, decoded enough to find a link in them.
    pub(crate) fn letters(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.mail.path()).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
        files
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .map(|path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "").replace("=3D", "="))
            // It is still being written.
            .filter(|letter| !letter.is_empty())
            .collect()
    }
}

/// The order that a list promises: by the key, and by the id between equal keys. Each row is a key, an id, and the part that a test
/// compares.
pub(crate) fn in_order<T>(mut rows: Vec<(String, Uuid, T)>, descending: bool) -> Vec<T> {
    rows.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    if descending {
        rows.reverse();
    }
    rows.into_iter().map(|(_, _, row)| row).collect()
}

/// The file of a list has the rows of its pages in every order, each once, although a portion of it ends after every few rows, between
/// equal keys too. `first` gives what the first column of the file has.
pub(crate) async fn file_has_the_rows_of_the_pages<S: Sort, F: Filters, T>(
    portion: usize,
    download: impl AsyncFn(ListQuery<S, F>) -> File,
    page: impl AsyncFn(ListQuery<S, F>) -> Page<T>,
    first: impl Fn(&T) -> &str,
) {
    for sort in S::ALL.iter().copied() {
        for descending in [false, true] {
            let order = format!("by {}, descending: {descending}", sort.as_str());
            let mut query = ListQuery { sort, descending, ..ListQuery::default() };
            let at_once = download(query.clone()).await;
            let file = in_portions_of(portion, download(query.clone())).await;
            let text = String::from_utf8(file.bytes).unwrap();
            assert_eq!(text, String::from_utf8(at_once.bytes).unwrap(), "{order}");
            let mut shown = Vec::new();
            loop {
                let page = page(query.clone()).await;
                shown.extend(page.rows.iter().map(|row| first(row).to_owned()));
                match page.next {
                    Some(next) => query = query.next(next),
                    None => break,
                }
            }
            assert!(shown.len() > portion, "one portion has all");
            let mut records = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let names: Vec<_> = records.records().map(|record| record.unwrap()[0].to_owned()).collect();
            assert_eq!(names, shown, "{order}");
        }
    }
}

/// A text that sorts like the time.
pub(crate) fn key_of(time: DateTime<Utc>) -> String {
    format!("{:020}", time.timestamp_micros())
}

/// From now on records how many rows of these tables each transaction removes: see [`removals`].
pub(crate) async fn watch_removals(db: &PgPool, tables: &[&str]) {
    let mut watch = "create table removals (what text, done xid8, count bigint);
        create function removal() returns trigger language plpgsql as $$ begin
            insert into removals select tg_table_name, pg_current_xact_id(), count(*) from gone;
            return null;
        end $$;"
        .to_owned();
    for table in tables {
        watch += &format!(
            "create trigger removal after delete on {table} referencing old table as gone
            for each statement execute function removal();"
        );
    }
    sqlx::raw_sql(AssertSqlSafe(watch)).execute(db).await.unwrap();
}

/// The most rows of a table removed in one transaction, and how many in all.
pub(crate) async fn removals(db: &PgPool, table: &str) -> (i64, i64) {
    sqlx::query_as(
        "select max(count)::bigint, sum(count)::bigint
        from (select sum(count) as count from removals where what = $1 group by done) each",
    )
    .bind(table)
    .fetch_one(db)
    .await
    .unwrap()
}

/// Every statement in the committed `.sqlx` that contains these words, with the plan that serves all its values.
pub(crate) async fn plans(db: &PgPool, words: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut db = db.acquire().await.unwrap();
    sqlx::raw_sql("set plan_cache_mode = force_generic_plan").execute(&mut *db).await.unwrap();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.sqlx")).unwrap() {
        let file = fs::read_to_string(file.unwrap().path()).unwrap();
        let statement: serde_json::Value = serde_json::from_str(&file).unwrap();
        let query = statement["query"].as_str().unwrap();
        if !query.contains(words) {
            continue;
        }
        let parameters = statement["describe"]["parameters"]["Left"].as_array().unwrap().len();
        let values = vec!["null"; parameters].join(", ");
        let explain = format!(
            "prepare asked as {query}; explain (costs off) execute asked({values}); deallocate asked"
        );
        let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut *db).await.unwrap();
        let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        found.push((query.to_owned(), lines.join("\n")));
    }
    found
}

/// The plan of the one statement with these words.
pub(crate) async fn plan(db: &PgPool, words: &str) -> String {
    let mut found = plans(db, words).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0).1
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// A course `nmp` whose modules have `pages` pages each (`page-1`, …) and a check of two statements that are both true.
pub(crate) fn course(modules: &[&str], pages: usize) -> content::Course {
    content::Course {
        slug: slug("nmp"),
        title: "Learning to prescribe".into(),
        summary: "For tests".into(),
        intro_html: String::new(),
        framework: content::Framework {
            id: "rps-2021".into(),
            title: "Framework".into(),
            publisher: "Society".into(),
            year: 2021,
            competency: Vec::new(),
        },
        modules: modules.iter().map(|name| module(name, pages)).collect(),
        terms: Vec::new(),
        pictures: BTreeMap::new(),
    }
}

pub(crate) fn module(name: &str, pages: usize) -> content::Module {
    let question = |id: &str| Question {
        id: id.into(),
        text: "True?".into(),
        explanation: "It is.".into(),
        page: None,
        kind: Kind::TrueFalse { answer: true },
    };
    content::Module {
        slug: slug(name),
        title: format!("Module {name}"),
        summary: "Short".into(),
        intro_html: String::new(),
        minutes: 10,
        pass_mark: 80,
        competencies: Vec::new(),
        pages: (1..=pages)
            .map(|n| content::Page {
                slug: slug(&format!("page-{n}")),
                title: format!("Page {n}"),
                html: "<p>Text</p>".into(),
                about_html: String::new(),
            })
            .collect(),
        asked: None,
        questions: vec![question("a"), question("b")],
    }
}

/// Answers to the check of [`course`].
pub(crate) fn answers(right: bool) -> Answers {
    ["a", "b"].into_iter().map(|id| (id.to_owned(), vec![right.to_string()])).collect()
}
