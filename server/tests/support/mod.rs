//! The whole application on a test database, asked over HTTP as a browser asks.

#![expect(dead_code, reason = "each test file uses its part of this")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod seeded;
pub mod smtp;

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use server::{
    config::Config,
    web::{WebState, router},
};
use services::{Files, Mailer, Queues, Services, SystemClock, accounts::Hasher, kit::live::Live};
use sqlx::PgPool;
use tokio::sync::watch;
use tower::ServiceExt;

pub const ORIGIN: &str = "http://learning.test";

pub struct Site {
    pub services: Services,
    pub router: Router,
    pub stop: watch::Sender<bool>,
    _mail: tempfile::TempDir,
    _files: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The value of a cookie that this response sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}=");
        self.cookies().into_iter().find_map(|cookie| cookie.strip_prefix(&prefix)?.split(';').next())
    }
}

impl Site {
    /// With the shipped course imported and the demo seeded, with the templates that its papers need.
    pub async fn with_demo(db: PgPool) -> Self {
        seeded::fill(&db).await;
        Self::new(db, &[])
    }

    pub fn new(db: PgPool, settings: &[(&str, &str)]) -> Self {
        let config = config(settings);
        let (mail, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let services = services(&config, db, mail.path(), files.path());
        let (stop, stopping) = watch::channel(false);
        let live = Live::start(services.clone());
        let state = WebState::new(&config, services.clone(), live, stopping).unwrap();
        Self { services, router: router(state), stop, _mail: mail, _files: files }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        // Only a download may have a body that is not text.
        let is_file = parts.headers.contains_key(header::CONTENT_DISPOSITION);
        let body = match String::from_utf8(body.to_vec()) {
            Err(file) if is_file => String::from_utf8_lossy(file.as_bytes()).into_owned(),
            text => text.unwrap(),
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The response with its body still to come.
    pub async fn open(&self, mut request: Request<Body>) -> axum::response::Response {
        let peer: SocketAddr = "198.51.100.7:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The response for an address, with its body still to come.
    pub async fn look(&self, path: &str, session: Option<&str>) -> axum::response::Response {
        self.open(with_session(Request::get(path), session).body(Body::empty()).unwrap()).await
    }

    pub async fn get(&self, path: &str, session: Option<&str>) -> Answer {
        self.send(
            with_session(Request::get(path).header(header::ACCEPT, "text/html"), session)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// A form as a browser without scripts posts it.
    pub async fn post(&self, path: &str, form: &str, session: Option<&str>) -> Answer {
        self.send(form_request(path, form, session, "text/html", "/somewhere")).await
    }

    /// A server function as the page's scripts call it.
    pub async fn call(&self, path: &str, body: &str, session: Option<&str>) -> Answer {
        self.send(form_request(path, body, session, "application/json", "/somewhere")).await
    }

    /// The session of a person who has just signed in.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self
            .post("/api/accounts/sign_in", &format!("email={email}&password={}", demo::PASSWORD), None)
            .await;
        answer
            .cookie("session")
            .unwrap_or_else(|| panic!("{email} cannot sign in: {}", answer.status))
            .to_owned()
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let lookup = |name: &str| {
        let set = settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        set.or_else(|| match name {
            "DATABASE_URL" => Some("postgres://unused".to_owned()),
            "PUBLIC_URL" => Some(ORIGIN.to_owned()),
            "SECOND_FACTOR" => Some("offered".to_owned()),
            "SUPPORT_CONTACT" => Some("help@learning.example".to_owned()),
            _ => None,
        })
    };
    Config::read(lookup).unwrap()
}

/// The services alone, with their mail and files in folders.
fn services(config: &Config, db: PgPool, mail: &Path, files: &Path) -> Services {
    Services {
        batch_pool: db.clone().into(),
        session_batch_pool: db.clone().into(),
        db,
        clock: Arc::new(SystemClock),
        hasher: Hasher::new().unwrap(),
        second_factor: config.second_factor,
        queues: Queues::default(),
        mailer: Mailer::files(mail.to_owned(), "Learning <no-reply@example.org>").unwrap(),
        files: Files::local(files.to_owned()).unwrap(),
        public_url: ORIGIN.into(),
        support_contact: config.support_contact.as_str().into(),
        scanner: config.scanner.clone(),
    }
}

pub fn form_request(
    path: &str,
    form: &str,
    session: Option<&str>,
    accept: &str,
    referer: &str,
) -> Request<Body> {
    let content_type =
        if form.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, form.len())
        .header(header::ACCEPT, accept)
        .header(header::ORIGIN, ORIGIN)
        .header(header::REFERER, format!("{ORIGIN}{referer}"));
    with_session(request, session).body(Body::from(form.to_owned())).unwrap()
}

pub fn with_session(
    request: axum::http::request::Builder,
    session: Option<&str>,
) -> axum::http::request::Builder {
    match session {
        Some(session) => request.header(header::COOKIE, format!("session={session}")),
        None => request,
    }
}

/// Links of mails that are under way: `link` to open the account of a person who is invited, and to confirm one who
/// registers. The demo must be there.
pub async fn with_links(site: &Site) {
    sqlx::raw_sql(
        "insert into people (id, email, full_name, created_at) values ('01a00000-0000-7000-8000-000000000001', 'pending@demo.example', 'Pat Pending', now());
        insert into activation_links (token_hash, stop_hash, person_id, organisation_id, created_at, ends_at)
        select sha256('link'), sha256('stop'), '01a00000-0000-7000-8000-000000000001', id, now(), now() + interval '14 days'
        from organisations order by name limit 1;
        insert into invitations (person_id, invited_at, remind_at)
        values ('01a00000-0000-7000-8000-000000000001', now(), now() + interval '3 days');
        insert into registrations (id, token_hash, email, full_name, password_hash, policy_version, asked_at)
        select gen_random_uuid(), sha256('link'), 'registers@home.example', 'Robin Registers', password_hash, '', now()
        from people where email = 'tutor@demo.example';",
    )
    .execute(&mut *site.services.db.acquire().await.unwrap())
    .await
    .unwrap();
}

/// Lets a learner of the demo complete every module of their course.
pub async fn completed(site: &Site, email: &str) {
    let whose = format!(
        "enrolments e join people l on l.id = e.learner_id and l.email = '{email}' join modules m on m.course_id = e.course_id and not m.retired"
    );
    let complete = format!(
        "insert into page_openings (enrolment_id, page_id, first_opened_at, first_version, last_opened_at, last_version)
        select e.id, p.id, now(), p.version, now(), p.version from {whose} join pages p on p.module_id = m.id and not p.retired
        on conflict do nothing;
        insert into check_attempts (id, enrolment_id, module_id, version, answers, right_answers, questions, passed, taken_at)
        select gen_random_uuid(), e.id, m.id, m.check_version, '{{}}', 1, 1, true, now() from {whose}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(complete))
        .execute(&mut *site.services.db.acquire().await.unwrap())
        .await
        .unwrap();
}
