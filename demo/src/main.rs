//! Makes the demo in the database that `DATABASE_URL` names, once. Settings are the server's; `APP_ENV=production` is refused.

use std::{
    env,
    error::Error,
    io::{Write, stderr, stdout},
    process::ExitCode,
    sync::Arc,
};

use services::{
    Files, Mailer, Queues, Services, SystemClock,
    accounts::{Hasher, SecondFactor},
    database,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let url = demo::database(|name| env::var(name).ok())?;
    // Demo accounts have invented addresses: mail to them goes into files, whatever the server's settings.
    let mail = env::var("MAIL_FOLDER").unwrap_or_else(|_| ".local/mail".into());
    let services = Services {
        db: database::pool(&url, 4)?,
        batch_pool: database::pool_for_batches(&url)?,
        session_batch_pool: database::pool_for_batches(&url)?,
        clock: Arc::new(SystemClock),
        hasher: Hasher::new()?,
        second_factor: SecondFactor::Offered,
        queues: Queues::default(),
        mailer: Mailer::files(mail.into(), "Demo <no-reply@localhost.localdomain>")?,
        files: Files::from_setting(&env::var("FILES").unwrap_or_else(|_| ".local/files".into()))?,
        public_url: env::var("PUBLIC_URL").unwrap_or_else(|_| "http://127.0.0.1:3000".into()).into(),
        support_contact: "".into(),
        scanner: services::kit::scanner::Scanner::Off,
    };
    let made = demo::seed(&services).await?;
    demo::invite(&services).await?;
    demo::employ(&services).await?;
    demo::sponsor(&services).await?;
    demo::community(&services).await?;
    writeln!(
        stdout(),
        "{}",
        if made { "Demo accounts and cohorts are made." } else { "The demo is there already." }
    )?;
    Ok(())
}
