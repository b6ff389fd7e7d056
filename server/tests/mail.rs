//! Mail in a real SMTP conversation: accepted, refused for now or for good, and what is recorded where.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::{
    io,
    process::Command,
    sync::{Arc, Mutex},
};

use domain::accounts::EmailAddress;
use services::{
    Mailer,
    accounts::{Visitor, request_link},
    kit::{
        jobs::{self, run_ready},
        mail::{self, Letter, Mail, MailKind, Recipient},
    },
};
use sqlx::{ConnectOptions, PgPool};
use support::{
    Site,
    smtp::{StandIn, header},
};
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

const FROM: &str = "Learning <no-reply@example.org>";

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

async fn site(db: PgPool, smtp: &StandIn) -> Site {
    let mut site = Site::new(db, &[]);
    site.services.mailer = Mailer::smtp(&smtp.url, FROM).unwrap();
    site
}

async fn queue(site: &Site, to: &str) {
    let letter = Letter::new("Very private").paragraph("Nobody's business");
    let to = Recipient::Address(email(to));
    let mail = Mail { kind: MailKind::Test, to, letter, unsubscribe: None };
    mail::enqueue_alone(&site.services, &mail).await.unwrap();
}

/// For each mail: state, attempts, the mail server's last reply.
async fn states(site: &Site) -> Vec<(String, i32, Option<i16>)> {
    let listed = mail::list(&site.services, None, 100).await.unwrap();
    listed.into_iter().map(|mail| (mail.state, mail.attempts, mail.reply)).collect()
}

async fn backoff_ends(db: &PgPool) {
    sqlx::query("update jobs set run_at = clock_timestamp() where failed_at is null")
        .execute(db)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_link_arrives_by_smtp(db: PgPool) {
    let smtp = StandIn::start().await;
    let mut site = Site::with_demo(db.clone()).await;
    site.services.mailer = Mailer::smtp(&smtp.url, FROM).unwrap();
    request_link(&site.services, email("student@demo.example"), Visitor::default()).await.unwrap();
    assert!(smtp.taken().is_empty(), "it is queued, and the request does not wait for it");
    run_ready(&site.services).await.unwrap();
    let taken = smtp.taken();
    assert_eq!(taken.len(), 1);
    let heard = &taken[0];
    assert!(
        heard.contains("MAIL FROM:<no-reply@example.org>")
            && heard.contains("RCPT TO:<student@demo.example>"),
        "{heard}"
    );
    let body = heard.replace("=\n", "").replace("=3D", "=");
    assert!(
        body.contains("Subject: Choose a new password")
            && body.contains("http://learning.test/choose-password/"),
        "{body}"
    );
    assert!(header(heard, "Message-ID").ends_with("@learning.test>"), "{heard}");
    assert_eq!(states(&site).await, [("sent".to_owned(), 1, None)]);
}

/// A bounce: the address does not exist. No mail is sent there again.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mail_refused_for_good_bounces_at_once(db: PgPool) {
    let smtp =
        StandIn::answering(|line, _| line.starts_with("RCPT").then_some("550 5.1.1 no such user")).await;
    let site = site(db.clone(), &smtp).await;
    queue(&site, "nobody@uni.example").await;
    assert_eq!(run_ready(&site.services).await.unwrap(), 1);
    assert_eq!(states(&site).await, [("bounced".to_owned(), 1, Some(550))]);
    let left: (i64, i64) =
        sqlx::query_as("select (select count(*) from jobs), (select count(*) from outbox_content)")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!((left, smtp.taken().len()), ((0, 0), 0));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_deferred_mail_is_retried_with_the_same_message_id(db: PgPool) {
    // The first whole mail is deferred, as by grey-listing.
    let first = Mutex::new(true);
    let smtp = StandIn::answering(move |line, _| {
        (line == "." && std::mem::take(&mut *first.lock().unwrap())).then_some("451 4.7.1 come again later")
    })
    .await;
    let site = site(db.clone(), &smtp).await;
    queue(&site, "sam@uni.example").await;
    assert_eq!(run_ready(&site.services).await.unwrap(), 1);
    assert_eq!(states(&site).await, [("queued".to_owned(), 1, Some(451))]);
    assert_eq!(run_ready(&site.services).await.unwrap(), 0, "not before the backoff ends");
    let told = jobs::list(&site.services, 10).await.unwrap();
    assert_eq!(told[0].last_error.as_deref(), Some("mail_deferred"));
    let id: String = sqlx::query_scalar("select message_id from outbox").fetch_one(&db).await.unwrap();
    backoff_ends(&db).await;
    assert_eq!(run_ready(&site.services).await.unwrap(), 1);
    assert_eq!((states(&site).await, smtp.ids()), (vec![("sent".to_owned(), 2, Some(451))], vec![id]));
}

/// The fault is in our name and password, and not in the address: the mail is kept until that is corrected.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mail_server_that_refuses_us_marks_no_address_as_dead(db: PgPool) {
    let refusals = [
        "530 5.7.0 Authentication required",
        "554 5.7.1 Relay access denied",
        "550 5.7.1 not permitted",
        "554 no",
    ];
    let turn = Arc::new(Mutex::new(0));
    let now = turn.clone();
    let smtp =
        StandIn::answering(move |line, _| line.starts_with("RCPT").then(|| refusals[*now.lock().unwrap()]))
            .await;
    let site = site(db.clone(), &smtp).await;
    queue(&site, "sam@uni.example").await;
    for (n, refusal) in (1..).zip(refusals) {
        run_ready(&site.services).await.unwrap();
        let code = refusal[..3].parse().unwrap();
        assert_eq!(states(&site).await, [("queued".to_owned(), n, Some(code))], "{refusal}");
        let jobs = jobs::list(&site.services, 10).await.unwrap();
        assert_eq!(jobs[0].last_error.as_deref(), Some("mail_rejected"), "{refusal}");
        backoff_ends(&db).await;
        *turn.lock().unwrap() = usize::try_from(n).unwrap();
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn after_the_last_attempt_a_mail_has_failed_and_can_be_sent_by_hand(db: PgPool) {
    let refused = Arc::new(Mutex::new(true));
    let still = refused.clone();
    let smtp = StandIn::answering(move |line, _| {
        (line.starts_with("RCPT") && *still.lock().unwrap()).then_some("450 busy")
    })
    .await;
    let site = site(db.clone(), &smtp).await;
    queue(&site, "sam@uni.example").await;
    for _ in 0..12 {
        backoff_ends(&db).await;
        assert_eq!(run_ready(&site.services).await.unwrap(), 1);
    }
    assert_eq!(states(&site).await, [("failed".to_owned(), 12, Some(450))]);
    let failed = jobs::list(&site.services, 10).await.unwrap();
    assert!(failed[0].failed_at.is_some());
    *refused.lock().unwrap() = false;
    jobs::retry(&site.services, failed[0].id).await.unwrap();
    run_ready(&site.services).await.unwrap();
    assert_eq!((&*states(&site).await[0].0, smtp.taken().len()), ("sent", 1));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Rule 55: whatever a mail server replies, and at whatever level is logged.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_payload_is_logged_and_no_personal_data_is_an_error(db: PgPool) {
    let smtp = StandIn::answering(|line, _| {
        if line.starts_with("RCPT TO:<put-off") {
            Some("450 the mailbox put-off@uni.example is full")
        } else {
            line.starts_with("RCPT TO:<bounced").then_some("550 the mailbox bounced@uni.example is gone")
        }
    })
    .await;
    let site = site(db.clone(), &smtp).await;
    let log = Log::default();
    let layer = tracing_subscriber::fmt::layer().with_writer(log.clone()).with_ansi(false);
    let all = tracing_subscriber::EnvFilter::new("trace");
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(all).with(layer));
    for to in ["put-off@uni.example", "bounced@uni.example", "taken@uni.example"] {
        queue(&site, to).await;
        request_link(&site.services, email(to), Visitor::default()).await.unwrap();
    }
    let payloads: Vec<String> =
        sqlx::query_scalar("select v from jobs, jsonb_each_text(payload) as e (k, v)")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(payloads.len(), 6);
    for _ in 0..12 {
        run_ready(&site.services).await.unwrap();
        backoff_ends(&db).await;
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("it is tried again") && logged.contains("a job failed for good"), "{logged}");
    for secret in
        ["uni.example", "private", "business", "the mailbox"].map(str::to_owned).iter().chain(&payloads)
    {
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is logged: {line:?}");
    }
    let errors: Vec<String> =
        sqlx::query_scalar("select distinct last_error from jobs").fetch_all(&db).await.unwrap();
    assert_eq!(errors, ["mail_deferred"]);
}

/// The output of support's commands.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn support_sees_jobs_and_mail_without_addresses_or_text(db: PgPool) {
    let smtp = StandIn::answering(|line, _| line.starts_with("RCPT").then_some("450 busy")).await;
    let site = site(db.clone(), &smtp).await;
    let folder = tempfile::tempdir().unwrap();
    let command = |words: &[&str]| {
        let server = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(words)
            .env("DATABASE_URL", db.connect_options().to_url_lossy().to_string())
            .env("MAIL_FOLDER", folder.path())
            .env("LOG", "error")
            .output()
            .unwrap();
        assert!(server.status.success(), "{}", String::from_utf8_lossy(&server.stderr));
        String::from_utf8(server.stdout).unwrap()
    };
    command(&["mail", "test", "sam.secret@uni.example"]);
    run_ready(&site.services).await.unwrap();
    let (jobs, mails) = (command(&["jobs", "list"]), command(&["outbox", "list"]));
    assert!(
        jobs.contains("send_mail") && jobs.contains("mail_deferred") && jobs.contains("attempt 1 of 12"),
        "{jobs}"
    );
    assert!(mails.contains("uni.example") && mails.contains("queued") && mails.contains("450"), "{mails}");
    for secret in ["secret", "trial", "arrives"] {
        assert!(!jobs.contains(secret) && !mails.contains(secret), "{jobs}\n{mails}");
    }
}
