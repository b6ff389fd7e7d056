//! Shared by the measurements and the faults of the exam room: learners who speak HTTP, and an exam for them.

use std::{error::Error, net::SocketAddr, time::Duration};

use domain::assessment::{
    PaperId,
    delivery::{EPOCH_SPAN, Save, SittingId},
    question::Response,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use uuid::Uuid;

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// One browser: a connection that is kept, a session, and patience.
pub struct Browser {
    pub address: SocketAddr,
    pub session: String,
    /// The site's public address: the only origin whose calls are accepted.
    origin: String,
    stream: Option<TcpStream>,
    /// How long it waits for a reply.
    pub patience: Duration,
}

impl Browser {
    pub fn new(address: SocketAddr, session: String) -> Self {
        let origin = std::env::var("PUBLIC_URL").unwrap_or_default();
        Self { address, session, origin, stream: None, patience: Duration::from_secs(5) }
    }

    /// A call of a server function as the page's scripts make it.
    pub fn request(&self, path: &str, content_type: &str, body: &str) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: {origin}\r\naccept: application/json\r\n\
             cookie: session={session}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}",
            address = self.address,
            origin = self.origin,
            session = self.session,
            length = body.len(),
        )
    }

    /// Calls a server function. Returns status and body; an error means that the network failed.
    pub async fn call(&mut self, path: &str, content_type: &str, body: &str) -> Outcome<(u16, String)> {
        let request = self.request(path, content_type, body);
        let answer = timeout(self.patience, self.exchange(request.as_bytes())).await;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                self.stream = None;
                Err(error)
            }
            Err(_) => {
                self.stream = None;
                Err("no answer in time".into())
            }
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> Outcome<(u16, String)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(request).await?;
        let mut buffer = Vec::with_capacity(4096);
        loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err("the connection was closed".into());
            }
            let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = std::str::from_utf8(&buffer[..head])?;
            let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no status")?;
            let body = &buffer[head + 4..];
            let length = text
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, length)| length.parse::<usize>().ok());
            let whole = match length {
                Some(length) => body.len() >= length,
                None => body.ends_with(b"0\r\n\r\n") || status == 204,
            };
            if whole {
                let body = String::from_utf8_lossy(body).into_owned();
                self.stream = Some(stream);
                return Ok((status, body));
            }
        }
    }

    /// Sends answers; `Ok` when they were acknowledged as in time.
    pub async fn save(&mut self, sitting: SittingId, saves: &[Save]) -> Outcome<Value> {
        let body = json!({ "sitting": sitting, "saves": saves }).to_string();
        let (status, body) = self.call("/api/assessment/save_answers", "application/json", &body).await?;
        if status != 200 {
            return Err(format!("status {status}").into());
        }
        let start = body.find('{').ok_or("no JSON")?;
        let end = body.rfind('}').ok_or("no JSON")?;
        Ok(serde_json::from_str(&body[start..=end])?)
    }

    pub async fn submit(&mut self, sitting: SittingId, saves: &[Save]) -> Outcome<()> {
        let body = json!({ "sitting": sitting, "saves": saves }).to_string();
        match self.call("/api/assessment/submit_answers", "application/json", &body).await? {
            (200, _) => Ok(()),
            (status, body) => Err(format!("status {status}: {body}").into()),
        }
    }
}

/// A learner in the exam room.
pub struct OpenRoom {
    pub browser: Browser,
    pub sitting: SittingId,
    pub items: Vec<Uuid>,
    /// The epoch of this opening of the room.
    pub number: i64,
}

impl OpenRoom {
    pub fn save(&self, item: usize, count: i64) -> Save {
        Save {
            item: domain::assessment::ItemId(self.items[item]),
            sequence: self.number * EPOCH_SPAN + count,
            response: Some(Response::Number { typed: format!("{count} mg"), unit: String::new() }),
            flagged: false,
            only_flag: false,
            flag_sequence: None,
        }
    }
}

/// Learners with sessions, inserted directly into the database: signing in is not measured.
pub async fn learners(db: &PgPool, count: usize) -> Outcome<Vec<(Uuid, String)>> {
    let mut learners = Vec::with_capacity(count);
    for n in 0..count {
        let id = Uuid::now_v7();
        sqlx::query(
            "insert into people (id, email, full_name, created_at, activated_at, demo) values ($1, $2, $3, now(), now(), true)",
        )
        .bind(id)
        .bind(format!("synthetic{n}-{id}@demo.example"))
        .bind(format!("Synthetic Learner {n} (demo)"))
        .execute(db)
        .await?;
        learners.push((id, session_of(db, id).await?));
    }
    Ok(learners)
}

/// Signs a person in, without a password.
pub async fn session_of(db: &PgPool, person: Uuid) -> Outcome<String> {
    let token = services::kit::random::Token::new()?;
    sqlx::query(
        "insert into sessions (id, token_hash, person_id, device, created_at, last_used_at, ends_at)
        values ($1, $2, $3, 'Synthetic', now(), now(), now() + interval '1 day')",
    )
    .bind(Uuid::now_v7())
    .bind(token.hash())
    .bind(person)
    .execute(db)
    .await?;
    Ok(token.as_str().to_owned())
}

/// The demo's paper that is open to anyone with its code.
pub async fn open_paper(db: &PgPool) -> Outcome<(PaperId, String)> {
    let (id, code): (Uuid, String) = sqlx::query_as(
        "select id, access_code from papers where access_code is not null and published_at is not null limit 1",
    )
    .fetch_one(db)
    .await?;
    Ok((PaperId(id), code))
}

/// Starts a sitting over HTTP and opens the room.
pub async fn sit_down(mut browser: Browser, paper: PaperId, code: &str) -> Outcome<OpenRoom> {
    let form = "application/x-www-form-urlencoded";
    let (status, body) =
        browser.call("/api/assessment/start_sitting", form, &format!("paper={paper}&code={code}")).await?;
    if status >= 400 {
        return Err(format!("could not start: {status} {body}").into());
    }
    // The address is in a header that this client does not keep; the learner's list of papers has it too.
    let (_, body) = browser.call("/api/assessment/load_home", form, "").await?;
    let home: Value = serde_json::from_str(json_of(&body))?;
    let papers = home["papers"].as_array().cloned().unwrap_or_default();
    let sitting = papers
        .iter()
        .find(|row| row["id"] == json!(paper))
        .and_then(|row| serde_json::from_value::<SittingId>(row["standing"]["sitting"].clone()).ok())
        .ok_or("the sitting is not listed")?;
    enter(browser, sitting).await
}

/// Opens the room, again or for the first time, and takes an epoch in it.
pub async fn enter(mut browser: Browser, sitting: SittingId) -> Outcome<OpenRoom> {
    let form = "application/x-www-form-urlencoded";
    let (status, body) =
        browser.call("/api/assessment/open_room", form, &format!("sitting={sitting}")).await?;
    if status != 200 {
        return Err(format!("could not open the room: {status}").into());
    }
    let room: Value = serde_json::from_str(json_of(&body))?;
    let (status, body) =
        browser.call("/api/assessment/begin_epoch", form, &format!("sitting={sitting}")).await?;
    if status != 200 {
        return Err(format!("could not take an epoch: {status}").into());
    }
    let begun: Value = serde_json::from_str(json_of(&body))?;
    let questions = room["questions"].as_array().cloned().unwrap_or_default();
    let items = questions.iter().filter_map(|question| serde_json::from_value(question["item"].clone()).ok());
    Ok(OpenRoom {
        browser,
        sitting,
        items: items.collect(),
        number: begun["epoch"].as_i64().ok_or("no epoch")?,
    })
}

/// A body may come in chunks: its JSON reaches from the first brace to the last, without the chunk marks in between.
fn json_of(body: &str) -> &str {
    match (body.find('{'), body.rfind('}')) {
        (Some(start), Some(end)) => &body[start..=end],
        _ => body,
    }
}

/// SplitMix64: the same choices in every run.
pub struct Choices(u64);

impl Choices {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % count.max(1)
    }
}
