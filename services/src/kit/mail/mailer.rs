use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        dkim::{
            DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
        },
        header::HeaderName,
    },
    transport::smtp,
};
use tokio::time::timeout;

use super::message::{LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST, Outgoing, REPLY_TO, ascii};
use crate::{Error, Result, kit::jobs::LONGEST_STEP};

/// The destination of mail: an SMTP server, or, if none is configured, files that a developer can open.
#[derive(Clone)]
pub struct Mailer {
    from: Arc<Mailbox>,
    transport: Arc<Transport>,
    signature: Option<Arc<DkimConfig>>,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(AsyncFileTransport<Tokio1Executor>, PathBuf),
}

/// Why the mail server has not accepted a mail. Its reply may quote the address, so its text is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendError {
    /// It will never accept this mail for this address (550, say).
    Bounced(Option<u16>),
    /// It refuses for now (450, say).
    Deferred(u16),
    /// It refuses us, whatever we send (535, say).
    Rejected(u16),
    /// No reply, or an unreadable one.
    Unreachable,
}

impl Mailer {
    /// `url` as lettre reads it: `smtps://user:password@host`, `smtp://host:25`, `smtp://host:587?tls=required`.
    ///
    /// # Errors
    /// When `url` or `from` cannot be read.
    pub fn smtp(url: &str, from: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(Error::failed)?;
        // For the connection. `send` has a timeout for the whole conversation.
        let transport = transport.timeout(Some(LONGEST_STEP / 2)).build();
        Self::new(from, Transport::Smtp(transport))
    }

    /// # Errors
    /// When the folder cannot be made or `from` cannot be read.
    pub fn files(folder: PathBuf, from: &str) -> Result<Self> {
        std::fs::create_dir_all(&folder).map_err(Error::failed)?;
        // They contain links to choose a password: no other user of the machine may read them.
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).map_err(Error::failed)?;
        Self::new(from, Transport::Files(AsyncFileTransport::new(&folder), folder))
    }

    fn new(from: &str, transport: Transport) -> Result<Self> {
        let from: Mailbox = from.parse().map_err(Error::failed)?;
        let from = Mailbox::new(from.name, ascii(&from.email)?);
        Ok(Self { from: Arc::new(from), transport: Arc::new(transport), signature: None })
    }

    /// Signs every mail for the sender's domain (DKIM). `key` is an RSA key in PEM, as
    /// `openssl genrsa -traditional 2048` writes it; its public half is in DNS at `selector._domainkey.` and the
    /// domain.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn signing(mut self, selector: &str, key: &str) -> Result<Self> {
        let key = DkimSigningKey::new(key, DkimSigningAlgorithm::Rsa).map_err(Error::failed)?;
        // A header that is absent is signed as absent, so that no relay can add it. The usual list leaves out the last
        // three.
        let headers = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"];
        let headers = headers.map(HeaderName::new_from_ascii_str).into_iter();
        let headers = headers.chain([REPLY_TO, LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST]).collect();
        let canonicalization = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let domain = self.from.email.domain().to_owned();
        let config = DkimConfig::new(selector.to_owned(), domain, key, headers, canonicalization);
        self.signature = Some(Arc::new(config));
        Ok(self)
    }

    /// # Errors
    /// When the message cannot be built.
    pub(super) fn message(&self, mail: &Outgoing) -> Result<Message> {
        let mut message = mail.message(&self.from)?;
        if let Some(signature) = &self.signature {
            message.sign(signature);
        }
        Ok(message)
    }

    /// Returns within [`LONGEST_STEP`]: `Ok` when the mail server has confirmed that it has accepted the mail.
    pub(super) async fn send(&self, message: Message) -> std::result::Result<(), SendError> {
        match self.transport.as_ref() {
            Transport::Smtp(smtp) => {
                let ascii = message.envelope().to().iter().all(|to| to.user().is_ascii());
                // Dropping this closes the connection, and no other mail goes over it: with lettre's feature `pool` the
                // next mail would read a late reply to this one as its own.
                match timeout(LONGEST_STEP, smtp.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(not_sent(&error, ascii)),
                    Err(_) => Err(SendError::Unreachable),
                }
            }
            Transport::Files(files, folder) => {
                let written = async {
                    let name = files.send(message).await.map_err(Error::failed)?;
                    let file = folder.join(format!("{name}.eml"));
                    tokio::fs::set_permissions(file, Permissions::from_mode(0o600))
                        .await
                        .map_err(Error::failed)
                };
                written.await.map_err(|_| SendError::Unreachable)
            }
        }
    }
}

/// Some final refusals are about the mailbox. The others are about us (530 and 535: name and password; 554 5.7.1: we
/// may not relay, or are on a list), and the address may be right.
fn not_sent(error: &smtp::Error, ascii: bool) -> SendError {
    match error.status() {
        Some(code)
            if error.is_permanent() && is_of_mailbox(code.into(), std::error::Error::source(error)) =>
        {
            SendError::Bounced(Some(code.into()))
        }
        Some(code) if error.is_permanent() => SendError::Rejected(code.into()),
        Some(code) => SendError::Deferred(code.into()),
        // The mail server accepts no address with such letters.
        None if error.is_client() && !ascii => SendError::Bounced(None),
        None => SendError::Unreachable,
    }
}

/// The enhanced code (RFC 3463) decides: it is about an address if it begins with 5.1, about a mailbox with 5.2.
/// Without one, the codes of RFC 5321 that name the mailbox decide.
fn is_of_mailbox(code: u16, answer: Option<&(dyn std::error::Error + 'static)>) -> bool {
    let answer = answer.map(ToString::to_string).unwrap_or_default();
    match answer.split(['.', ' ']).collect::<Vec<_>>()[..] {
        ["5", subject, ref rest @ ..] if rest.first().is_some_and(|detail| detail.parse::<u16>().is_ok()) => {
            matches!(subject, "1" | "2")
        }
        _ => matches!(code, 550 | 551 | 553),
    }
}
