use std::{error::Error, time::Duration};

use services::{
    Services,
    database::{self, Powers},
    kit::{live::Live, supervisor::Supervisor},
};
use tokio::{net::TcpListener, signal, sync::watch};

use crate::{
    config::Config,
    jobs,
    web::{self, WebState, connections, metrics},
};

/// How long requests and jobs may take to finish once the server is told to stop: longer than the longest step of a
/// job. Anything slower is cut off; a job that is cut off is done again when its lease ends.
const PATIENCE: Duration = Duration::from_secs(30);
const _: () = assert!(PATIENCE.as_secs() > services::kit::jobs::LONGEST_STEP.as_secs());

/// Serves until SIGTERM or Ctrl-C, then finishes running requests and jobs.
pub(crate) async fn run(config: Config, services: Services) -> Result<(), Box<dyn Error>> {
    let (stop, stopping) = watch::channel(false);
    if let Some(listen) = config.metrics_listen {
        metrics::start(listen, services.db.clone()).await?;
    }
    let mut supervisor = Supervisor::new(stopping.clone());
    jobs::start_sweeper(&mut supervisor, &services);
    if config.jobs {
        jobs::start_worker(&mut supervisor, &services);
    }
    let live = Live::start(services.clone());
    let powers = warn_of_powers(services.clone(), config.production);
    let letters = refuse_without_letters(services.clone());
    let state = WebState::new(&config, services, live, stopping.clone())?;
    let under_way = state.under_way.clone();
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| format!("{}: {error}", config.listen))?;
    tracing::info!("serving on http://{}", config.listen);
    tokio::spawn(stop_when_asked(stop));
    tokio::join!(connections::serve(listener, web::router(state), stopping), powers, letters);
    // Requests whose browser has gone finish too.
    under_way.finished().await;
    supervisor.finished().await;
    tracing::info!("stopped");
    Ok(())
}

/// Does jobs and sends mail until SIGTERM or Ctrl-C, then finishes running jobs.
pub(crate) async fn work(config: Config, services: Services) -> Result<(), Box<dyn Error>> {
    let (stop, stopping) = watch::channel(false);
    if let Some(listen) = config.metrics_listen {
        metrics::start(listen, services.db.clone()).await?;
    }
    let mut supervisor = Supervisor::new(stopping);
    jobs::start_worker(&mut supervisor, &services);
    tracing::info!("doing jobs and sending mail");
    tokio::spawn(stop_when_asked(stop));
    supervisor.finished().await;
    tracing::info!("stopped");
    Ok(())
}

/// The owner of the audit can rewrite it, whatever its triggers refuse, and no wall of the Zone holds a superuser. One role for everything is
/// enough for development.
async fn warn_of_powers(services: Services, production: bool) {
    let Powers { owns_audit, passes_walls } = match database::powers(&services).await {
        Ok(powers) => powers,
        Err(error) => {
            tracing::warn!(%error, "could not look what the database role of this server may do");
            return;
        }
    };
    let audit = "it owns the audit, and could rewrite it";
    let walls =
        "row-level security does not hold it, so of the two walls around an area of the Zone one is missing";
    let could: Vec<&str> = [(owns_audit, audit), (passes_walls, walls)]
        .into_iter()
        .filter_map(|(can, what)| can.then_some(what))
        .collect();
    if could.is_empty() {
        return;
    }
    let could = could.join("; ");
    if production {
        tracing::warn!(
            "the database role of this server is no role of its own: {could}. See docs/database.md"
        );
    } else {
        tracing::info!("the database role of this server is no role of its own: {could}");
    }
}

/// Ends the server when names could not be searched. While the database is down it serves, and says that it is not ready.
async fn refuse_without_letters(services: Services) {
    match database::knows_letters(&services).await {
        Ok(true) => {}
        Ok(false) => {
            tracing::error!("{}", database::NO_LETTERS);
            std::process::exit(1);
        }
        Err(error) => tracing::warn!(%error, "could not look which letters the database knows"),
    }
}

async fn stop_when_asked(stop: watch::Sender<bool>) {
    asked_to_stop().await;
    tracing::info!("stopping: finishing what is under way");
    let _ = stop.send(true);
    tokio::time::sleep(PATIENCE).await;
    tracing::warn!("stopping now: a request or job took longer than {} seconds", PATIENCE.as_secs());
    std::process::exit(1);
}

async fn asked_to_stop() {
    let interrupted = signal::ctrl_c();
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}
