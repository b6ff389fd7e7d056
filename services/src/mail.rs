use std::{path::PathBuf, sync::Arc};

use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::{Error, Result};

/// One message, in plain text: it reads the same everywhere and loads nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Where mail goes: to an SMTP server, or, where none is configured, into files that a developer can open.
#[derive(Clone)]
pub struct Mailer {
    from: Arc<Mailbox>,
    transport: Arc<Transport>,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(AsyncFileTransport<Tokio1Executor>),
}

impl Mailer {
    /// `url` as lettre reads it: `smtps://user:password@host`, `smtp://host:25`, `smtp://host:587?tls=required`.
    ///
    /// # Errors
    /// When `url` or `from` cannot be read.
    pub fn smtp(url: &str, from: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(Error::failed)?.build();
        Ok(Self {
            from: Arc::new(from.parse().map_err(Error::failed)?),
            transport: Arc::new(Transport::Smtp(transport)),
        })
    }

    /// # Errors
    /// When the folder cannot be made or `from` cannot be read.
    pub fn files(folder: PathBuf, from: &str) -> Result<Self> {
        std::fs::create_dir_all(&folder).map_err(Error::failed)?;
        let transport = AsyncFileTransport::new(folder);
        Ok(Self {
            from: Arc::new(from.parse().map_err(Error::failed)?),
            transport: Arc::new(Transport::Files(transport)),
        })
    }

    /// # Errors
    /// When the address is not one, or the server does not take the message.
    pub async fn send(&self, mail: Mail) -> Result<()> {
        let message = Message::builder()
            .from(Mailbox::clone(&self.from))
            .to(mail.to.parse().map_err(Error::failed)?)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .map_err(Error::failed)?;
        match self.transport.as_ref() {
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(Error::failed),
            Transport::Files(files) => files.send(message).await.map(drop).map_err(Error::failed),
        }
    }
}
