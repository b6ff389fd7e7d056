//! The command line.

use std::{
    error::Error,
    io::{Write, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use domain::accounts::EmailAddress;
use services::{Crowd, Services, SystemClock, accounts, database, demo, learning::content};

use crate::{
    config::{Config, TABLE},
    questions, serve, telemetry,
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
    /// Bring the database to the schema of this version. Safe to run on several servers at once.
    Migrate,
    /// Make the demo accounts and cohorts, once. Refuses to run in production.
    SeedDemo,
    /// Courses as data.
    Content {
        #[command(subcommand)]
        command: ContentCommand,
    },
    /// Make an account for a member of staff and send them a link to choose a password.
    CreateAdmin {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
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
enum ContentCommand {
    /// Import every course under the folder: all of a course, or nothing where anything is wrong.
    Import { folder: Option<PathBuf> },
}

#[derive(Subcommand)]
enum QuestionsCommand {
    /// Try every template under the folder on many seeds, and name file, line and seed of what is wrong.
    Check {
        folder: Option<PathBuf>,
        /// How many seeds each template is tried on.
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
    },
    /// Import every bank under the folder into the shared bank.
    Import { folder: Option<PathBuf> },
}

/// Where the shared bank lies: in the folder of the content, and from the project's root.
const BANKS_FOLDER: &str = "snap";
const BANKS: &str = "content/snap";

type Outcome = Result<(), Box<dyn Error>>;

/// Runs the command that was asked for. A failure is one line on standard error and exit code 1.
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
        Command::Questions { command: QuestionsCommand::Check { folder, seeds } } => {
            return questions::check(&folder.unwrap_or_else(|| BANKS.into()), seeds);
        }
        _ => {}
    }
    let config = Config::from_env()?;
    telemetry::start(&config);
    let services = services(&config)?;
    match command {
        Command::Serve => serve::run(config, services).await,
        Command::Migrate => migrate(&services).await,
        Command::SeedDemo => seed_demo(&config, &services).await,
        Command::Content { command: ContentCommand::Import { folder } } => {
            import(&services, folder.unwrap_or(config.content)).await
        }
        Command::CreateAdmin { email, name } => create_admin(&services, &email, &name).await,
        Command::Questions { command: QuestionsCommand::Import { folder } } => {
            questions::import(&services, &folder.unwrap_or_else(|| config.content.join(BANKS_FOLDER))).await
        }
        Command::Config | Command::Questions { command: QuestionsCommand::Check { .. } } => Ok(()),
    }
}

/// The services as the configuration says.
pub(crate) fn services(config: &Config) -> Result<Services, Box<dyn Error>> {
    Ok(Services {
        db: config.pool()?,
        lanes: database::pool_for_lanes(&config.database_url)?,
        session_lanes: database::pool_for_lanes(&config.database_url)?,
        clock: Arc::new(SystemClock),
        hasher: accounts::Hasher::new()?,
        crowd: Crowd::default(),
        mailer: config.mailer()?,
        public_url: config.public_url.as_str().trim_end_matches('/').into(),
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

async fn migrate(services: &Services) -> Outcome {
    services::MIGRATIONS.run(&services.db).await?;
    writeln!(stdout(), "The database has the schema of this version.")?;
    Ok(())
}

async fn seed_demo(config: &Config, services: &Services) -> Outcome {
    if config.production {
        return Err("APP_ENV is production: demo accounts have a password that everybody knows, so they are not made here".into());
    }
    let seeded = demo::seed(services).await?;
    writeln!(
        stdout(),
        "{}",
        if seeded { "Demo accounts and cohorts are made." } else { "The demo is there already." }
    )?;
    Ok(())
}

/// Each folder with a `course.md` is a course. Everything is read and checked before the first is imported.
async fn import(services: &Services, folder: PathBuf) -> Outcome {
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut folders: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("course.md").is_file())
        .collect();
    folders.sort();
    if folders.is_empty() {
        return Err(format!("{}: no folder in it has a course.md", folder.display()).into());
    }
    let (mut courses, mut faults) = (Vec::new(), Vec::new());
    for folder in folders {
        match content::read(&folder) {
            Ok(course) => courses.push(course),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        return Err(format!("{}\nNothing was imported: {} to mend.", lines.join("\n"), faults.len()).into());
    }
    for course in courses {
        let done = content::import(services, &course).await?;
        writeln!(
            stdout(),
            "{}: {} pages added, {} changed, {} retired; {} checks changed; {} modules retired.",
            course.slug,
            done.pages_added,
            done.pages_changed,
            done.pages_retired,
            done.checks_changed,
            done.modules_retired,
        )?;
    }
    Ok(())
}

async fn create_admin(services: &Services, email: &str, name: &str) -> Outcome {
    let email = EmailAddress::parse(email).map_err(|problem| problem.message())?;
    accounts::create_admin(services, &email, name.trim()).await?;
    writeln!(
        stdout(),
        "{} belongs to staff now, and a link to choose a password is on its way there.",
        email.as_str()
    )?;
    Ok(())
}
