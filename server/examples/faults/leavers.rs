//! Browsers that abandon requests, at random moments of every kind of request, beside learners who sit an exam. An
//! abandoned request must neither spoil a database connection for the others nor hold them up.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    assessment::{
        Category, PaperId, PaperKind,
        delivery::{Save, SittingId},
    },
    organisations::OrganisationId,
};
use server::config::Config;
use services::{
    Queues, Services, SystemClock, accounts,
    assessment::{self, authoring::RuleSource},
};
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use crate::support::{Browser, Choices, OpenRoom, Outcome, learners, open_paper, session_of, sit_down};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// How many run at the same time. An abandoned request is carried out all the same: more would only show that a server
/// can be flooded.
const AT_ONCE: usize = 4;
/// Within this time most requests begin their transaction.
const EARLY: Duration = Duration::from_millis(5);
/// Papers waiting to be published, and learners who sit and save; half of them submit.
const DRAFTS: usize = 6;
const GUESTS: usize = 16;
/// None of our transactions takes this long.
const LEFT: Duration = Duration::from_secs(3);

/// Requests of one kind, and how long one takes when it is awaited.
struct Kind {
    name: &'static str,
    requests: Requests,
    takes: Duration,
}

enum Requests {
    /// Any of them, as often as it comes up.
    These(Vec<String>),
    /// Each is the first start of a different learner: starting again would only find the open sitting.
    Starts,
}

pub struct Leavers {
    db: PgPool,
    server: SocketAddr,
    kinds: Vec<Kind>,
    /// The paper to start, and its code.
    paper: (PaperId, String),
    starters: Mutex<Vec<Uuid>>,
}

/// The traces that the leavers left.
#[derive(Default)]
pub struct Left {
    pub requests: usize,
    /// The number of starts, and the sittings that they began.
    pub starts: usize,
    pub begun: usize,
    pub inside_a_transaction: usize,
}

impl Leavers {
    pub async fn new(db: &PgPool, server: SocketAddr) -> Outcome<Self> {
        let (paper, code) = open_paper(db).await?;
        let mut browsers = Vec::new();
        for (_, session) in learners(db, GUESTS).await? {
            browsers.push(Browser::new(server, session));
        }
        // Half of them sit, and half sit and will submit.
        let (mut sitting, mut submitting) = (Vec::new(), Vec::new());
        for (n, browser) in browsers.into_iter().enumerate() {
            let rooms = if n % 2 == 0 { &mut sitting } else { &mut submitting };
            rooms.push(sit_down(browser, paper, &code).await?);
        }
        let setter = Browser::new(server, setter_session(db).await?);
        let (drafts, sat, items) = papers_of_the_setter(db, &setter).await?;
        let room = |room: &OpenRoom| {
            room.browser.request("/api/assessment/open_room", FORM, &format!("sitting={}", room.sitting))
        };
        let save = |room: &OpenRoom| {
            let saves: Vec<Save> = (0..room.items.len()).map(|item| room.save(item, 1)).collect();
            room.browser.request("/api/assessment/save_answers", JSON, &answers(room.sitting, &saves))
        };
        let submit = |room: &OpenRoom| {
            room.browser.request(
                "/api/assessment/submit_answers",
                JSON,
                &answers(room.sitting, &[room.save(0, 2)]),
            )
        };
        let publish = |draft: &PaperId| {
            // `papers_of_the_setter` saved each part this often.
            let versions = "settings_version=0&questions_version=2&candidates_version=1";
            let form = format!("paper={draft}&confirmed=true&{versions}");
            setter.request("/api/assessment/publish_paper", FORM, &form)
        };
        let correct = |item: &Uuid| {
            let form = format!(
                "paper={sat}&item={item}&version=0&how=void&confirmed=true&reason=Two+answers+are+right"
            );
            setter.request("/api/assessment/correct_item", FORM, &form)
        };
        let nobody = Browser::new(server, String::new());
        let sign_in = |n: usize| {
            let form = format!("email=student{n:03}%40demo.example&password={}", demo::PASSWORD);
            nobody.request("/api/accounts/sign_in", FORM, &form)
        };
        let someone = sitting.first().ok_or("nobody sits")?;
        let pages = ["/", "/assessments"].map(|path| page(&someone.browser, path)).into_iter().chain([
            page(&someone.browser, &format!("/assessments/sittings/{}", someone.sitting)),
            page(&setter, &format!("/assessments/papers/{sat}/results")),
            page(&setter, &format!("/assessments/papers/{sat}")),
        ]);
        let (db, paper) = (db.clone(), (paper, code.clone()));
        let mut leavers = Self { db, server, kinds: Vec::new(), paper, starters: Mutex::default() };
        for (name, requests) in [
            ("sign-in", Requests::These((0..8).map(sign_in).collect())),
            ("start", Requests::Starts),
            ("open", Requests::These(sitting.iter().map(room).collect())),
            ("save", Requests::These(sitting.iter().map(save).collect())),
            ("submit", Requests::These(submitting.iter().map(submit).collect())),
            ("publish", Requests::These(drafts.iter().map(publish).collect())),
            ("correct", Requests::These(items.iter().map(correct).collect())),
            ("page", Requests::These(pages.collect())),
        ] {
            leavers.add(name, requests).await?;
        }
        Ok(leavers)
    }

    /// Awaits one of the requests, to find out how long it takes.
    async fn add(&mut self, name: &'static str, requests: Requests) -> Outcome<()> {
        let last = match &requests {
            Requests::These(all) => all.last().ok_or("no requests")?.clone(),
            Requests::Starts => self.start().await?,
        };
        let asked = Instant::now();
        let mut stream = TcpStream::connect(self.server).await?;
        stream.write_all(last.as_bytes()).await?;
        let mut head = [0; 12];
        timeout(Duration::from_secs(10), stream.read_exact(&mut head)).await??;
        if !head.starts_with(b"HTTP/1.1 2") && !head.starts_with(b"HTTP/1.1 3") {
            return Err(format!("{name} is answered {}", String::from_utf8_lossy(&head)).into());
        }
        self.kinds.push(Kind { name, requests, takes: asked.elapsed() });
        Ok(())
    }

    /// The first start of a learner who was not there before.
    async fn start(&self) -> Outcome<String> {
        let (learner, session) = learners(&self.db, 1).await?.pop().ok_or("no learner")?;
        lock(&self.starters).push(learner);
        let (paper, code) = &self.paper;
        let browser = Browser::new(self.server, session);
        Ok(browser.request("/api/assessment/start_sitting", FORM, &format!("paper={paper}&code={code}")))
    }

    /// Abandons this number of requests, and checks the traces meanwhile and afterwards.
    pub async fn leave(self, count: usize, db: &PgPool) -> Outcome<Left> {
        for kind in &self.kinds {
            crate::say(&format!("    {}: one takes {:.1} ms", kind.name, kind.takes.as_secs_f64() * 1000.0))?;
        }
        let leavers = Arc::new(self);
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|n| tokio::spawn(leavers.clone().some(count / AT_ONCE, Choices::new(n as u64))))
            .collect();
        let mut found = HashSet::new();
        while tasks.iter().any(|task| !task.is_finished()) {
            found.extend(left(db).await?);
            sleep(Duration::from_millis(200)).await;
        }
        for task in tasks {
            task.await??;
        }
        // Running requests still finish.
        sleep(LEFT + Duration::from_secs(1)).await;
        found.extend(left(db).await?);
        // The first was awaited.
        let starters = lock(&leavers.starters).split_off(1);
        let begun: i64 = sqlx::query_scalar("select count(*) from sittings where learner_id = any($1)")
            .bind(&starters)
            .fetch_one(db)
            .await?;
        Ok(Left {
            requests: count / AT_ONCE * AT_ONCE,
            starts: starters.len(),
            begun: usize::try_from(begun)?,
            inside_a_transaction: found.len(),
        })
    }

    async fn some(self: Arc<Self>, count: usize, mut choices: Choices) -> Outcome<()> {
        // Slow requests are rare, so that each kind gets an equal share of the server.
        let weights: Vec<u64> = self
            .kinds
            .iter()
            .map(|kind| 1_000_000_000 / u64::try_from(kind.takes.as_micros()).unwrap_or(1).max(1))
            .collect();
        for _ in 0..count {
            let mut place = choices.below(weights.iter().sum());
            let kind = self.kinds.iter().zip(&weights).find(|(_, weight)| {
                let here = place < **weight;
                place = place.saturating_sub(**weight);
                here
            });
            let kind = kind.ok_or("no kind")?.0;
            let request = match &kind.requests {
                Requests::These(all) => one_of(all, &mut choices).clone(),
                Requests::Starts => self.start().await?,
            };
            let mut stream = TcpStream::connect(self.server).await?;
            stream.set_nodelay(true)?;
            let begun = Instant::now();
            stream.write_all(request.as_bytes()).await?;
            let most = if choices.below(2) == 0 { EARLY } else { kind.takes * 5 / 4 };
            sleep(Duration::from_micros(choices.below(u64::try_from(most.as_micros())?))).await;
            drop(stream);
            tokio::time::sleep_until(begun + kind.takes * 2).await;
        }
        Ok(())
    }
}

/// No holder of this lock can panic.
fn lock(starters: &Mutex<Vec<Uuid>>) -> MutexGuard<'_, Vec<Uuid>> {
    starters.lock().unwrap_or_else(PoisonError::into_inner)
}

fn one_of<'a, T>(all: &'a [T], choices: &mut Choices) -> &'a T {
    &all[usize::try_from(choices.below(all.len() as u64)).unwrap_or(0)]
}

/// A page, as a link asks for it.
fn page(browser: &Browser, path: &str) -> String {
    let Browser { address, session, .. } = browser;
    format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/html\r\ncookie: session={session}\r\n\r\n"
    )
}

async fn setter_session(db: &PgPool) -> Outcome<String> {
    let id =
        sqlx::query_scalar("select id from people where email = 'setter@demo.example'").fetch_one(db).await?;
    session_of(db, id).await
}

fn answers(sitting: SittingId, saves: &[Save]) -> String {
    serde_json::json!({ "sitting": sitting, "saves": saves }).to_string()
}

/// Connections of the server with a transaction that is never ended, by process and beginning.
async fn left(db: &PgPool) -> Outcome<Vec<(i32, DateTime<Utc>)>> {
    let found = sqlx::query_as(
        "select pid, xact_start from pg_stat_activity where datname = current_database()
            and application_name like 'learning %' and state like 'idle in transaction%' and xact_start < clock_timestamp() - $1",
    )
    .bind(LEFT)
    .fetch_all(db)
    .await?;
    Ok(found)
}

/// Papers waiting to be published; one that was sat, and its questions.
async fn papers_of_the_setter(db: &PgPool, setter: &Browser) -> Outcome<(Vec<PaperId>, PaperId, Vec<Uuid>)> {
    let config = Config::from_env()?;
    let services = Services {
        db: db.clone(),
        batch_pool: db.clone().into(),
        session_batch_pool: db.clone().into(),
        clock: Arc::new(SystemClock),
        hasher: accounts::Hasher::new()?,
        second_factor: config.second_factor,
        queues: Queues::default(),
        mailer: config.mailer()?,
        files: config.files()?,
        public_url: config.public_url.as_str().into(),
        support_contact: "".into(),
        scanner: services::kit::scanner::Scanner::Off,
    };
    let actor = accounts::actor_for(&services, &setter.session).await?.ok_or("the setter has no session")?;
    let (sat, organisation): (Uuid, Uuid) = sqlx::query_as(
        "select p.id, p.organisation_id from papers p where exists (select from sittings s where s.paper_id = p.id and s.submitted_at is not null)
        order by p.created_at limit 1",
    )
    .fetch_one(db)
    .await?;
    let mut drafts = Vec::new();
    for n in 0..DRAFTS {
        let title = format!("Paper {n} (demo)");
        let paper = assessment::authoring::create_paper(
            &services,
            &actor,
            OrganisationId(organisation),
            &title,
            PaperKind::Mock,
            None,
        )
        .await?;
        assessment::authoring::add_section(&services, &actor, paper, "Units", None, None).await?;
        let page = assessment::authoring::paper_page(&services, &actor, paper).await?;
        let section = page.sections.first().ok_or("no section")?.id;
        let source = RuleSource::Category(Category::SiConversion, None);
        assessment::authoring::add_rule(&services, &actor, paper, section, source, 4, 1, None).await?;
        assessment::authoring::save_candidates(&services, &actor, paper, &[], "learner@demo.example", None)
            .await?;
        drafts.push(paper);
    }
    sqlx::query(
        "update papers set opens_at = now(), closes_at = now() + interval '1 day' where published_at is null",
    )
    .execute(db)
    .await?;
    let items = sqlx::query_scalar("select id from paper_items where paper_id = $1 order by position")
        .bind(sat)
        .fetch_all(db)
        .await?;
    Ok((drafts, PaperId(sat), items))
}
