//! Asks a clamav daemon whether a file is harmful, before anything of it is kept. The protocol is INSTREAM of clamd(8): the file in chunks,
//! each after its length, and a chunk of length zero at the end.

use std::{path::PathBuf, time::Duration};

use domain::Problem;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// A file of the largest size is scanned within this time: less than a browser waits for its reply.
const PATIENCE: Duration = Duration::from_secs(8);
const CHUNK: usize = 64 * 1024;
/// The answer is one short line.
const LONGEST_ANSWER: u64 = 4096;

/// Where files are scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scanner {
    /// Nowhere: no scanner is configured.
    #[default]
    Off,
    /// At a host and a port.
    Tcp(String),
    /// At a socket of this machine.
    Unix(PathBuf),
}

impl Scanner {
    /// Reads the setting: empty, `clamd://host:port`, or `unix:/path`.
    ///
    /// # Errors
    /// What it may be, in words.
    pub fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        const MAY_BE: &str = "it is clamd://host:port or unix:/path";
        if text.is_empty() {
            return Ok(Self::Off);
        }
        if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(path.into()));
        }
        let at = text.strip_prefix("clamd://").ok_or(MAY_BE)?;
        let (host, port) = at.rsplit_once(':').ok_or(MAY_BE)?;
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        if host.is_empty() || host.contains('/') || !is_port {
            Err(MAY_BE)
        } else {
            Ok(Self::Tcp(at.to_owned()))
        }
    }

    /// # Errors
    /// [`Problem::InWords`] for a harmful file; the same when the scanner gives no answer: nothing is kept that was not scanned.
    pub(crate) async fn scan(&self, bytes: &[u8]) -> std::result::Result<(), Problem> {
        self.scan_within(bytes, PATIENCE).await
    }

    async fn scan_within(&self, bytes: &[u8], patience: Duration) -> std::result::Result<(), Problem> {
        let asking = async {
            match self {
                Self::Off => Ok("stream: OK".to_owned()),
                Self::Tcp(at) => ask(TcpStream::connect(at).await?, bytes).await,
                Self::Unix(path) => ask(UnixStream::connect(path).await?, bytes).await,
            }
        };
        let answer = match timeout(patience, asking).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::error!(%error, "the scanner of files cannot be asked");
                String::new()
            }
            Err(_) => {
                tracing::error!("the scanner of files does not answer in time");
                String::new()
            }
        };
        let words = match answer.as_str() {
            "stream: OK" => return Ok(()),
            found if found.ends_with(" FOUND") => {
                tracing::warn!(answer = found, "the scanner refuses a file");
                "Choose another file. The virus scanner has found something harmful in this one"
            }
            other => {
                if !other.is_empty() {
                    tracing::error!(answer = other, "the scanner could not scan a file");
                }
                "Try again in a few minutes. The file could not be checked for viruses just now, so it was not taken"
            }
        };
        Err(Problem::InWords { words: words.to_owned() })
    }
}

/// The answer of the daemon to these bytes.
async fn ask(mut daemon: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> std::io::Result<String> {
    daemon.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).map_err(std::io::Error::other)?;
        daemon.write_all(&length.to_be_bytes()).await?;
        daemon.write_all(chunk).await?;
    }
    daemon.write_all(&0_u32.to_be_bytes()).await?;
    daemon.flush().await?;
    let mut answer = Vec::new();
    daemon.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A daemon that takes one file, and answers with this text, or never. Gives back the file.
    async fn daemon(answer: Option<&'static str>) -> (Scanner, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scanner = Scanner::parse(&format!("clamd://{}", listener.local_addr().unwrap())).unwrap();
        let taking = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut file = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; usize::try_from(length).unwrap()];
                stream.read_exact(&mut chunk).await.unwrap();
                file.extend_from_slice(&chunk);
            }
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                // Until the other side hangs up.
                None => drop(stream.read(&mut [0]).await),
            }
            file
        });
        (scanner, taking)
    }

    fn words(scanned: std::result::Result<(), Problem>) -> String {
        scanned.unwrap_err().message().into_owned()
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_taken_when_the_scanner_says_so() {
        let file: Vec<u8> = (0..=u8::MAX).cycle().take(3 * CHUNK + 5).collect();
        let (scanner, taking) = daemon(Some("stream: OK\0")).await;
        assert_eq!(scanner.scan(&file).await, Ok(()));
        assert_eq!(taking.await.unwrap(), file);
    }

    #[tokio::test]
    async fn a_harmful_file_is_refused() {
        let (scanner, taking) = daemon(Some("stream: Eicar-Test-Signature FOUND\0")).await;
        assert!(words(scanner.scan(b"x").await).contains("harmful"));
        assert_eq!(taking.await.unwrap(), b"x");
    }

    #[tokio::test]
    async fn nothing_is_taken_while_the_scanner_fails_or_is_silent() {
        let (fails, taking) = daemon(Some("INSTREAM size limit exceeded. ERROR\0")).await;
        assert!(words(fails.scan(b"x").await).contains("Try again"));
        assert_eq!(taking.await.unwrap(), b"x");

        let (silent, taking) = daemon(None).await;
        let scanned = silent.scan_within(b"x", Duration::from_millis(200)).await;
        assert!(words(scanned).contains("Try again"));
        assert_eq!(taking.await.unwrap(), b"x");

        // Nobody listens there any more.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = Scanner::Tcp(listener.local_addr().unwrap().to_string());
        drop(listener);
        assert!(words(gone.scan(b"x").await).contains("Try again"));
    }

    #[tokio::test]
    async fn without_a_scanner_every_file_is_taken() {
        assert_eq!(Scanner::default().scan(b"x").await, Ok(()));
    }

    #[test]
    fn the_setting_names_a_host_with_its_port_or_a_socket() {
        assert_eq!(Scanner::parse(""), Ok(Scanner::Off));
        assert_eq!(Scanner::parse("clamd://scan:3310"), Ok(Scanner::Tcp("scan:3310".into())));
        assert_eq!(Scanner::parse("clamd://[::1]:3310"), Ok(Scanner::Tcp("[::1]:3310".into())));
        assert_eq!(Scanner::parse("unix:/run/clamd"), Ok(Scanner::Unix("/run/clamd".into())));
        for wrong in ["scan:3310", "clamd://scan", "clamd://:3310", "clamd://scan:0", "unix:clamd", "off"] {
            assert!(Scanner::parse(wrong).is_err(), "{wrong}");
        }
    }
}
