use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

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
    Files(AsyncFileTransport<Tokio1Executor>, PathBuf),
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
        // They have links in them that choose a password: nobody else on the machine reads them.
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).map_err(Error::failed)?;
        let transport = AsyncFileTransport::new(&folder);
        Ok(Self {
            from: Arc::new(from.parse().map_err(Error::failed)?),
            transport: Arc::new(Transport::Files(transport, folder)),
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
            Transport::Files(files, folder) => {
                let name = files.send(message).await.map_err(Error::failed)?;
                let file = folder.join(format!("{name}.eml"));
                tokio::fs::set_permissions(file, Permissions::from_mode(0o600)).await.map_err(Error::failed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_else_on_the_machine_reads_mail_that_is_written_into_files() {
        let folder = tempfile::tempdir().unwrap().keep();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        let mailer = Mailer::files(folder.clone(), "Learning <no-reply@example.org>").unwrap();
        let mail = Mail { to: "sam@uni.example".into(), subject: "Link".into(), body: "Link".into() };
        mailer.send(mail).await.unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!((mode(&folder), files.len(), mode(&files[0])), (0o700, 1, 0o600));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
