//! What the server does by itself. Each job may run on several servers at once.

use std::time::Duration;

use services::{Services, accounts, assessment, learning::content};
use tokio::time::timeout;

const EVERY: Duration = Duration::from_secs(3600);
/// How soon after its time a sitting that nobody submitted is submitted.
const SWEEP: Duration = Duration::from_secs(5);
const SWEEP_WITHIN: Duration = Duration::from_secs(60);

pub(crate) fn start(services: Services) {
    tokio::spawn(sweep(services.clone()));
    tokio::spawn(async move {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            report("network addresses older than 90 days", accounts::forget_old_addresses(&services).await);
            report("devices not seen for a year", accounts::forget_old_devices(&services).await);
            report("sessions that have ended", accounts::forget_ended_sessions(&services).await);
            report(
                "sittings kept for seven years",
                assessment::delivery::remove_old_sittings(&services).await,
            );
            report("forms that were sent", services::kit::once::forget_done_forms(&services).await);
            report("counts of tried access codes", assessment::delivery::forget_code_tries(&services).await);
            report("banks that were never imported", assessment::bank::forget_bank_drafts(&services).await);
            match content::finish_recount(&services).await {
                Ok(0) => {}
                Ok(counted) => tracing::info!(counted, "counted learners anew whom an import had left"),
                Err(error) => {
                    tracing::warn!(%error, "could not count learners anew; the next hour tries again")
                }
            }
        }
    });
}

/// Submits what is past its time, also when no browser is left to do it.
async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let services = services.clone();
        // A task of its own, which is waited for a while: neither a fault in it nor a database that fell silent ends the sweeping.
        // It is not dropped half-way, only not waited for any more.
        let sweeping = tokio::spawn(async move { assessment::delivery::sweep(&services).await });
        match timeout(SWEEP_WITHIN, sweeping).await {
            Ok(Ok(Ok(0))) => {}
            Ok(Ok(Ok(swept))) => {
                tracing::info!(swept, "submitted sittings whose time was up");
                // There may be more of them.
                if swept == assessment::delivery::SWEPT_AT_ONCE {
                    ticks.reset_immediately();
                }
            }
            Ok(Ok(Err(error))) => tracing::warn!(%error, "could not sweep; trying again"),
            Ok(Err(error)) => tracing::error!(%error, "sweeping broke down; trying again"),
            Err(_) => tracing::error!("sweeping came to a standstill; trying again"),
        }
    }
}

fn report(what: &str, gone: services::Result<u64>) {
    match gone {
        Ok(0) => {}
        Ok(gone) => tracing::info!(gone, "removed {what}"),
        Err(error) => tracing::warn!(%error, "could not remove {what}; the next hour tries again"),
    }
}
