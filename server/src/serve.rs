use std::{error::Error, time::Duration};

use services::{Services, kit::live::Live};
use tokio::{net::TcpListener, signal, sync::watch};

use crate::{
    config::Config,
    jobs,
    web::{self, WebState, connections, metrics},
};

/// How long requests may take to finish once the server is told to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves until SIGTERM or Ctrl-C, then finishes the requests that are under way.
pub(crate) async fn run(config: Config, services: Services) -> Result<(), Box<dyn Error>> {
    let (stop, stopping) = watch::channel(false);
    if let Some(listen) = config.metrics_listen {
        metrics::start(listen, services.db.clone()).await?;
    }
    jobs::start(services.clone());
    let live = Live::start(services.clone());
    let state = WebState::new(&config, services, live, stopping.clone())?;
    let under_way = state.under_way.clone();
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| format!("{}: {error}", config.listen))?;
    tracing::info!("serving on http://{}", config.listen);
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping: finishing the requests under way");
        let _ = stop.send(true);
        tokio::time::sleep(PATIENCE).await;
        tracing::warn!("stopping now: some requests took longer than {} seconds", PATIENCE.as_secs());
        std::process::exit(1);
    });
    connections::serve(listener, web::router(state), stopping).await;
    // Those whose browser has gone come to their end too.
    under_way.finished().await;
    tracing::info!("stopped");
    Ok(())
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
