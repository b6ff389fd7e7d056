//! What the server does by itself, every hour. Each job may run on several servers at once.

use std::time::Duration;

use services::{Services, accounts};

const EVERY: Duration = Duration::from_secs(3600);

pub(crate) fn start(services: Services) {
    tokio::spawn(async move {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            report("network addresses older than 90 days", accounts::forget_old_addresses(&services).await);
            report("sessions that have ended", accounts::forget_ended_sessions(&services).await);
        }
    });
}

fn report(what: &str, gone: services::Result<u64>) {
    match gone {
        Ok(0) => {}
        Ok(gone) => tracing::info!(gone, "removed {what}"),
        Err(error) => tracing::warn!(%error, "could not remove {what}; the next hour tries again"),
    }
}
