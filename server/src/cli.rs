//! The command line.

mod content;
mod people;

use std::{
    error::Error,
    io::{Write, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use domain::{accounts::EmailAddress, learning::Slug, organisations::OrganisationKind};
use services::{Clock, Queues, Services, SystemClock, accounts, database, organisations::NewOrganisation};

use content::ContentCommand;
use people::{RolesCommand, named};

use crate::{
    config::{Config, TABLE},
    questions,
    queue::{self, JobsCommand, MailCommand, OutboxCommand},
    serve, telemetry,
};

#[derive(Parser)]
#[command(about = "The learning environment of the Health and Education Co-operative", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site until it is told to stop (SIGTERM, Ctrl-C).
    Serve,
    /// Do jobs and send mail without serving pages, until told to stop (SIGTERM, Ctrl-C). `serve` does them too unless JOBS is off.
    Work,
    /// The queue of jobs.
    Jobs {
        #[command(subcommand)]
        command: JobsCommand,
    },
    /// Outgoing mail.
    Outbox {
        #[command(subcommand)]
        command: OutboxCommand,
    },
    /// Check that mail arrives.
    Mail {
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Bring the database to the schema of this version. Safe to run on several servers at once.
    Migrate,
    /// Courses as data.
    Content {
        #[command(subcommand)]
        command: ContentCommand,
    },
    /// Make somebody a member of staff. A person who has no account gets a mail in which they agree to one.
    CreateAdmin {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// Why they are staff: it is kept with the role.
        #[arg(long, default_value = "Made staff by the command line")]
        reason: String,
    },
    /// Make an organisation with its first administrator. A person who has no account gets a mail in which they agree to one.
    CreateOrganisation {
        #[arg(long)]
        name: String,
        /// university, employer, funder or community.
        #[arg(long)]
        kind: String,
        /// The name in its addresses: lower-case letters, digits and single hyphens. It never changes.
        #[arg(long)]
        slug: String,
        /// The e-mail address of the administrator.
        #[arg(long)]
        administrator: String,
        #[arg(long)]
        administrator_name: String,
        /// Why they administer it: it is kept with the role.
        #[arg(long, default_value = "Made the first administrator by the command line")]
        reason: String,
    },
    /// Make an area of NMP Zone. Its name and its aim are public. Support appoints its leads from those who apply.
    CreateZoneArea {
        /// The name in its addresses: lower-case letters, digits and single hyphens. It never changes.
        #[arg(long)]
        slug: String,
        #[arg(long)]
        name: String,
        /// What the area is for, in a sentence or two.
        #[arg(long)]
        aim: String,
        /// A domain of e-mail addresses whose people join without a decision. May be given several times.
        #[arg(long)]
        admits: Vec<String>,
    },
    /// End the second factor of a person who has lost phone and recovery codes, after making sure who asks. Their sessions
    /// end, and they are told by mail.
    EndSecondFactor {
        #[arg(long)]
        email: String,
        /// Why it ends: it is kept in the audit log.
        #[arg(long)]
        reason: String,
        /// Your name, which is kept with it.
        #[arg(long)]
        by: String,
    },
    /// Roles that people hold.
    Roles {
        #[command(subcommand)]
        command: RolesCommand,
    },
    /// Templates of assessment questions.
    Questions {
        #[command(subcommand)]
        command: QuestionsCommand,
    },
    /// Print every setting, its value and its meaning.
    Config,
}

#[derive(Subcommand)]
enum QuestionsCommand {
    /// Try every template under the folder on many seeds, and name the file, line and seed of each fault.
    Check {
        folder: Option<PathBuf>,
        /// How many seeds each template is tried on.
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
        /// Print for every text answer the forms that people would write, and which of them are accepted.
        #[arg(long)]
        forms: bool,
    },
    /// Import every bank under the folder into the shared bank.
    Import { folder: Option<PathBuf> },
}

/// The shared bank's folder: in the folder of the content, and from the project's root.
const BANKS_FOLDER: &str = "snap";
const BANKS: &str = "content/snap";
/// From the project's root.
const CONTENT: &str = "content";

type Outcome = Result<(), Box<dyn Error>>;

/// Runs the given command. A failure is one line on standard error and exit code 1.
pub async fn run() -> ExitCode {
    match command(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn command(command: Command) -> Outcome {
    match command {
        Command::Config => return print_config(),
        Command::Questions { command: QuestionsCommand::Check { folder, seeds, forms } } => {
            let folder = folder.unwrap_or_else(|| BANKS.into());
            if forms {
                write!(stdout(), "{}", questions::forms(&folder)?)?;
            }
            return questions::check(&folder, seeds);
        }
        Command::Content { command: ContentCommand::Check { folder, today } } => {
            let today = today.unwrap_or_else(|| SystemClock.now().date_naive());
            return content::check(&folder.unwrap_or_else(|| CONTENT.into()), today);
        }
        _ => {}
    }
    let config = Config::from_env()?;
    telemetry::start(&config);
    let services = services(&config)?;
    match command {
        Command::Serve => serve::run(config, services).await,
        Command::Work => serve::work(config, services).await,
        Command::Jobs { command } => queue::jobs(&services, command).await,
        Command::Outbox { command } => queue::outbox(&services, command).await,
        Command::Mail { command } => queue::mail(&services, command).await,
        Command::Migrate => migrate(&services, config.application_role.as_deref()).await,
        Command::Content { command: ContentCommand::Import { folder } } => {
            content::import(&services, folder.unwrap_or(config.content)).await
        }
        Command::CreateAdmin { email, name, reason } => {
            people::create_admin(&services, &email, &name, &reason).await
        }
        Command::CreateOrganisation { name, kind, slug, administrator, administrator_name, reason } => {
            let kind = OrganisationKind::parse(&kind)
                .ok_or("--kind: say university, employer, funder or community")?;
            let slug = Slug::parse(&slug).map_err(|error| format!("--slug: {error}"))?;
            let email = EmailAddress::parse(&administrator)
                .map_err(|problem| format!("--administrator: {}", problem.message()))?;
            let new = NewOrganisation {
                name: &named("--name", &name)?,
                kind,
                slug: &slug,
                administrator: &email,
                administrator_name: &named("--administrator-name", &administrator_name)?,
                reason: &reason,
            };
            people::create_organisation(&services, new).await
        }
        Command::CreateZoneArea { slug, name, aim, admits } => {
            people::create_zone_area(&services, &slug, (&name, &aim), &admits).await
        }
        Command::EndSecondFactor { email, reason, by } => {
            people::end_second_factor(&services, &email, &reason, &named("--by", &by)?).await
        }
        Command::Roles { command } => people::roles(&services, command).await,
        Command::Questions { command: QuestionsCommand::Import { folder } } => {
            questions::import(&services, &folder.unwrap_or_else(|| config.content.join(BANKS_FOLDER))).await
        }
        Command::Config
        | Command::Content { command: ContentCommand::Check { .. } }
        | Command::Questions { command: QuestionsCommand::Check { .. } } => Ok(()),
    }
}

/// The services as configured.
pub(crate) fn services(config: &Config) -> Result<Services, Box<dyn Error>> {
    Ok(Services {
        db: config.pool()?,
        batch_pool: database::pool_for_batches(&config.database_url)?,
        session_batch_pool: database::pool_for_batches(&config.database_url)?,
        clock: Arc::new(SystemClock),
        hasher: accounts::Hasher::new()?,
        second_factor: config.second_factor,
        queues: Queues::default(),
        mailer: config.mailer()?,
        files: config.files()?,
        public_url: config.public_url.as_str().trim_end_matches('/').into(),
        support_contact: config.support_contact.as_str().into(),
        scanner: config.scanner.clone(),
    })
}

fn print_config() -> Outcome {
    let mut out = stdout().lock();
    for setting in &TABLE {
        let set = std::env::var(setting.name).ok();
        let value = match (&set, setting.secret) {
            (Some(_), true) => "(set, not shown)",
            (Some(value), false) => value,
            (None, _) if setting.default.is_empty() => "(not set)",
            (None, _) => setting.default,
        };
        let from = if set.is_some() { "" } else { "  (default)" };
        writeln!(out, "{} = {value}{from}\n    {}", setting.name, setting.meaning)?;
    }
    Ok(())
}

async fn migrate(services: &Services, application: Option<&str>) -> Outcome {
    if !database::knows_letters(services).await? {
        return Err(database::NO_LETTERS.into());
    }
    services::MIGRATIONS.run(&services.db).await?;
    if let Some(role) = application {
        database::grant_to_application(services, role)
            .await
            .map_err(|error| format!("APPLICATION_ROLE {role}: {error}"))?;
    }
    writeln!(stdout(), "The database has the schema of this version.")?;
    Ok(())
}
