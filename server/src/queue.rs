//! The commands about jobs and mail. None shows the subject of a job or the text of a mail, and of an address only the
//! domain.

use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Subcommand;
use domain::accounts::EmailAddress;
use services::{
    Services,
    kit::{
        jobs,
        mail::{self, Letter, Mail, MailKind, Recipient},
    },
};
use uuid::Uuid;

#[derive(Subcommand)]
pub(crate) enum JobsCommand {
    /// Show the failed jobs, the latest first, then the waiting ones.
    List {
        #[arg(long, default_value_t = 100)]
        limit: i64,
    },
    /// Start a failed job again, with all its attempts.
    Retry { id: Uuid },
}

#[derive(Subcommand)]
pub(crate) enum OutboxCommand {
    /// Show the kind, recipient and state of each mail, the latest first.
    List {
        /// Only mail to the account with this address.
        #[arg(long)]
        to: Option<String>,
        #[arg(long, default_value_t = 100)]
        limit: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum MailCommand {
    /// Queue a mail that confirms that mail arrives. The process that does jobs sends it.
    Test { address: String },
}

type Outcome = Result<(), Box<dyn Error>>;

pub(crate) async fn jobs(services: &Services, command: JobsCommand) -> Outcome {
    let limit = match command {
        JobsCommand::List { limit } => limit,
        JobsCommand::Retry { id } => {
            jobs::retry(services, id).await?;
            writeln!(stdout(), "The job begins again.")?;
            return Ok(());
        }
    };
    let listed = jobs::list(services, limit).await?;
    let mut out = stdout().lock();
    for job in &listed {
        let state = match (job.failed_at, job.running) {
            (Some(at), _) => format!("failed at {at}"),
            (None, true) => format!("running, lease until {}", job.run_at),
            (None, false) => format!("due at {}", job.run_at),
        };
        let (id, kind, attempts, most) = (job.id, &job.kind, job.attempts, job.max_attempts);
        let error = job.last_error.as_deref().unwrap_or("-");
        writeln!(out, "{id}  {kind}  {state}  attempt {attempts} of {most}  last error: {error}")?;
    }
    writeln!(out, "{} jobs.", listed.len())?;
    Ok(())
}

pub(crate) async fn outbox(services: &Services, command: OutboxCommand) -> Outcome {
    let OutboxCommand::List { to, limit } = command;
    let to = to.map(|to| address(&to)).transpose()?;
    let listed = mail::list(services, to.as_ref(), limit).await?;
    let mut out = stdout().lock();
    for mail in &listed {
        let who = mail.person.map_or_else(|| "no account".to_owned(), |person| person.to_string());
        let reply = mail.reply.map_or_else(String::new, |code| format!("  the mail server answered {code}"));
        let ended = mail.ended_at.map_or_else(String::new, |at| format!(" at {at}"));
        writeln!(
            out,
            "{}  {}  {who} at {}  queued at {}  {}{ended}  {} attempts{reply}",
            mail.id, mail.kind, mail.domain, mail.queued_at, mail.state, mail.attempts,
        )?;
    }
    writeln!(out, "{} mails.", listed.len())?;
    Ok(())
}

pub(crate) async fn mail(services: &Services, command: MailCommand) -> Outcome {
    let MailCommand::Test { address: to } = command;
    let letter = Letter::new("Mail arrives")
        .paragraph(format!("This is a test from {}.", services.public_url))
        .paragraph("Mail works. There is nothing to do.");
    let to = Recipient::Address(address(&to)?);
    let test = Mail { kind: MailKind::Test, to, letter, unsubscribe: None };
    mail::enqueue_alone(services, &test).await?;
    writeln!(stdout(), "The mail is queued. `server outbox list` says how it went.")?;
    Ok(())
}

fn address(text: &str) -> Result<EmailAddress, Box<dyn Error>> {
    Ok(EmailAddress::parse(text).map_err(|problem| problem.message())?)
}
