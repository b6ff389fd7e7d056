//! A mail server for tests: accepts every mail in a real SMTP conversation, or replies as it is told to.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Duration, sleep},
};

/// The reply to a command instead of "ok". The number counts all commands before it.
type Answer = Box<dyn Fn(&str, usize) -> Option<&'static str> + Send + Sync>;

pub struct StandIn {
    pub url: String,
    server: Arc<Server>,
}

struct Server {
    answer: Answer,
    /// A mail is accepted once this is true.
    gate: watch::Receiver<bool>,
    /// Each reply except the last takes up to this number of milliseconds, the same in every run.
    slow: u64,
    commands: AtomicUsize,
    connections: AtomicUsize,
    open: AtomicUsize,
    waiting: AtomicUsize,
    taken: Mutex<Vec<String>>,
}

impl StandIn {
    /// Accepts everything at once.
    pub async fn start() -> Self {
        Self::with(|_, _| None, watch::channel(true).1, 0).await
    }

    pub async fn answering(
        answer: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        Self::with(answer, watch::channel(true).1, 0).await
    }

    pub async fn with(
        answer: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static,
        gate: watch::Receiver<bool>,
        slow: u64,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Arc::new(Server {
            answer: Box::new(answer),
            gate,
            slow,
            commands: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            taken: Mutex::default(),
        });
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                serving.open.fetch_add(1, Ordering::SeqCst);
                let server = serving.clone();
                tokio::spawn(async move {
                    // A client that is killed breaks the conversation off.
                    let _ = server.talk(stream).await;
                    server.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, server }
    }

    /// Every accepted mail, with its conversation.
    pub fn taken(&self) -> Vec<String> {
        self.server.taken.lock().unwrap().clone()
    }

    /// The Message-ID of each, without brackets, as often as it was accepted.
    pub fn ids(&self) -> Vec<String> {
        self.taken()
            .iter()
            .map(|mail| header(mail, "Message-ID").trim_matches(['<', '>']).to_owned())
            .collect()
    }

    pub fn connections(&self) -> usize {
        self.server.connections.load(Ordering::SeqCst)
    }

    /// How many conversations have not ended.
    pub fn open(&self) -> usize {
        self.server.open.load(Ordering::SeqCst)
    }

    /// How many mails wait at the gate.
    pub fn waiting(&self) -> usize {
        self.server.waiting.load(Ordering::SeqCst)
    }
}

impl Server {
    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let (mut heard, mut data) = (String::new(), false);
        writer.write_all(b"220 mail.test\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            heard.push_str(&line);
            heard.push('\n');
            if data && line != "." {
                continue;
            }
            let count = self.commands.fetch_add(1, Ordering::SeqCst);
            if self.slow > 0 && line != "QUIT" {
                sleep(Duration::from_millis((u64::try_from(count).unwrap() * 7919) % self.slow)).await;
            }
            let reply = match ((self.answer)(&line, count), &*line) {
                (Some(reply), _) => reply,
                (None, ".") => {
                    self.waiting.fetch_add(1, Ordering::SeqCst);
                    let _ = self.gate.clone().wait_for(|open| *open).await;
                    self.waiting.fetch_sub(1, Ordering::SeqCst);
                    // From here on it is delivered, whether the reply arrives or not.
                    self.taken.lock().unwrap().push(std::mem::take(&mut heard));
                    "250 taken"
                }
                (None, "DATA") => "354 go on",
                (None, "QUIT") => "221 bye",
                (None, _) => "250 ok",
            };
            data = line == "DATA" && reply.starts_with("354");
            writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
            if line == "QUIT" {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The value of a header of an accepted mail.
pub fn header(mail: &str, name: &str) -> String {
    let start = format!("{name}: ");
    mail.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
}
