//! The process that does jobs and sends mail, stopped and killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    time::Duration,
};

use domain::accounts::EmailAddress;
use services::{
    Services,
    kit::mail::{self, Letter, Mail, MailKind, Recipient},
};
use sqlx::{ConnectOptions, PgPool, Postgres, Transaction};
use support::{Site, smtp::StandIn};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
    time::{sleep, timeout},
};

/// Longer than any step here takes on any machine.
const LONG: Duration = Duration::from_secs(120);
const KILLS: usize = 200;
/// Queued before each kill.
const MAILS: usize = 5;

fn worker(db: &PgPool, smtp: &StandIn, log: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("work")
        .env("DATABASE_URL", db.connect_options().to_url_lossy().to_string())
        .env("DATABASE_CONNECTIONS", "6")
        .env("SMTP_URL", &smtp.url)
        .env("MAIL_FROM", "Learning <no-reply@example.org>")
        .env("METRICS_LISTEN", "off")
        .env("APP_ENV", "development")
        .env("LOG", log)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn tell_to_stop(worker: &Child) {
    let process = worker.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &process]).status().await.unwrap().success());
}

fn mails(count: usize) -> Vec<Mail> {
    let one = |n| Mail {
        kind: MailKind::Test,
        to: Recipient::Address(EmailAddress::parse(&format!("learner{n}@uni.example")).unwrap()),
        letter: Letter::new("Test").paragraph("There is nothing to do."),
        unsubscribe: None,
    };
    (0..count).map(one).collect()
}

async fn queue(services: &Services, db: &PgPool, count: usize) {
    let mut transaction = begin(db).await;
    mail::enqueue_many(services, &mut transaction, &mails(count)).await.unwrap();
    transaction.commit().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "nothing drops this future half-way")]
async fn begin(db: &PgPool) -> Transaction<'static, Postgres> {
    db.begin().await.unwrap()
}

/// Ends every lease and every backoff, and restores the attempts of each job: it is killed more often than it has
/// attempts.
async fn time_passes(db: &PgPool) {
    sqlx::query("update jobs set run_at = clock_timestamp(), attempts = 0 where failed_at is null")
        .execute(db)
        .await
        .unwrap();
}

async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, waiting).await.unwrap();
}

/// The same choices in every run (SplitMix64).
struct Choices(u64);

impl Choices {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % count
    }
}

async fn ids(db: &PgPool, states: &[&str]) -> BTreeSet<String> {
    sqlx::query_scalar::<_, String>("select message_id from outbox where state = any($1)")
        .bind(states)
        .fetch_all(db)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

/// How often the mail server has accepted each mail.
fn taken(smtp: &StandIn) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for id in smtp.ids() {
        *taken.entry(id).or_default() += 1;
    }
    taken
}

/// Every mail of a committed transaction reaches the mail server once, and no other mail does. SMTP leaves one
/// exception, which no sender can avoid without losing mail: the mail server has accepted the mail, and the process is
/// killed before it commits that. Such a mail arrives again with the same Message-ID, by which mail servers recognise
/// it. No other mail arrives twice.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_process_killed_at_200_moments_sends_every_mail_once(db: PgPool) {
    let services = Site::new(db.clone(), &[]).services;
    // Slow enough that mail is under way at most kills; every thirtieth command is deferred.
    let deferred = |_: &str, count: usize| (count % 30 == 29).then_some("451 come again later");
    let smtp = StandIn::with(deferred, watch::channel(true).1, 8).await;
    let mut choices = Choices(2026);
    // Mails that a kill caught between the mail server's reply and our commit, and how often they had been accepted by
    // then.
    let mut caught = BTreeMap::<String, usize>::new();
    for n in 0..KILLS {
        queue(&services, &db, MAILS).await;
        let mut rolled_back = begin(&db).await;
        mail::enqueue_many(&services, &mut rolled_back, &mails(1)).await.unwrap();
        let before = smtp.connections();
        let mut worker = worker(&db, &smtp, "off");
        // Most while mail is under way, some while the process starts.
        if n % 10 != 9 {
            until(|| smtp.connections() > before).await;
        }
        sleep(Duration::from_millis(choices.below(70))).await;
        worker.start_kill().unwrap();
        worker.wait().await.unwrap();
        rolled_back.rollback().await.unwrap();
        until(|| smtp.open() == 0).await;
        let (queued, taken) = (ids(&db, &["queued"]).await, taken(&smtp));
        caught.extend(taken.into_iter().filter(|(id, _)| queued.contains(id)));
        time_passes(&db).await;
    }

    let mut worker = worker(&db, &smtp, "off");
    let the_rest = async {
        while !ids(&db, &["queued"]).await.is_empty() {
            sqlx::query("update jobs set run_at = clock_timestamp() where worker is null")
                .execute(&db)
                .await
                .unwrap();
            sqlx::query("select pg_notify('jobs', '')").execute(&db).await.unwrap();
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(LONG, the_rest).await.unwrap();
    tell_to_stop(&worker).await;
    assert!(timeout(LONG, worker.wait()).await.unwrap().unwrap().success());

    let taken = taken(&smtp);
    let sent = ids(&db, &["sent"]).await;
    assert_eq!(sent.len(), KILLS * MAILS);
    assert!(ids(&db, &["queued", "bounced", "failed"]).await.is_empty());
    assert_eq!(taken.keys().cloned().collect::<BTreeSet<_>>(), sent);
    let again: Vec<_> = taken.iter().filter(|(_, times)| **times > 1).collect();
    println!(
        "{KILLS} kills, {} mails, {} of them taken twice, with the same Message-ID",
        taken.len(),
        again.len()
    );
    for (id, times) in again {
        assert!(*times <= 1 + caught.get(id).copied().unwrap_or(0), "{id} came {times} times");
    }
    let left: (i64, i64) = sqlx::query_as(
        "select (select count(*) from outbox_content), (select count(*) from jobs where kind = 'send_mail')",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(left, (0, 0));
}

/// Rule 53, for the whole process.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_worker_that_is_told_to_stop_finishes_the_mail_that_it_is_sending(db: PgPool) {
    let services = Site::new(db.clone(), &[]).services;
    let (open, gate) = watch::channel(false);
    let smtp = StandIn::with(|_, _| None, gate, 0).await;
    queue(&services, &db, 1).await;
    let mut worker = worker(&db, &smtp, "info");
    until(|| smtp.waiting() == 1).await;
    tell_to_stop(&worker).await;
    let mut said = BufReader::new(worker.stderr.take().unwrap()).lines();
    let stopping = async {
        while !said.next_line().await.unwrap().unwrap().contains("stopping: finishing what is under way") {}
    };
    timeout(LONG, stopping).await.unwrap();
    queue(&services, &db, 1).await;
    assert!(worker.try_wait().unwrap().is_none(), "it waits for the mail");
    open.send(true).unwrap();
    assert!(timeout(LONG, worker.wait()).await.unwrap().unwrap().success());
    let mut listed = mail::list(&services, None, 10).await.unwrap();
    listed.sort_by_key(|mail| mail.id);
    let states: Vec<_> = listed.iter().map(|mail| (&*mail.state, mail.attempts)).collect();
    assert_eq!(states, [("sent", 1), ("queued", 0)], "and claims no more");
    assert_eq!(smtp.taken().len(), 1);
}
