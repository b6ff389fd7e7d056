//! `make bench`, the measurements beside the server in one process: pages beside hand-written handlers, and the size of
//! pages (see `pages`); the grid of a large cohort (see `grid`); the exam room (see `exam`); open tabs (see `tabs`);
//! lists beside many other papers (see `scale`); a file of 50,000 people (see `uploads`); and the directory of an area of
//! a million members (see `directory`). `bench pages`, `bench grid`, `bench saves`, `bench tabs`, `bench scale`,
//! `bench uploads` and `bench directory` measure one of them alone. It ends with
//! an error that names every missed target, after everything has been measured. Results are medians of several runs, as
//! ratios, because ratios are comparable between machines and speeds are not.

mod directory;
mod exam;
mod grid;
mod pages;
mod scale;
#[path = "../support/mod.rs"]
mod support;
mod tabs;
mod uploads;

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use server::{
    config::Config,
    web::{WebState, router},
};
use services::{Queues, Services, SystemClock, accounts, database, kit::live::Live};
use tokio::{net::TcpListener, sync::watch};

use support::Outcome;

#[tokio::main]
async fn main() -> Outcome<()> {
    let config = Config::from_env()?;
    let services = Services {
        db: config.pool()?,
        batch_pool: database::pool_for_batches(&config.database_url)?,
        session_batch_pool: database::pool_for_batches(&config.database_url)?,
        clock: Arc::new(SystemClock),
        hasher: accounts::Hasher::new()?,
        second_factor: config.second_factor,
        queues: Queues::default(),
        mailer: config.mailer()?,
        files: config.files()?,
        public_url: "http://localhost".into(),
        support_contact: "".into(),
        scanner: services::kit::scanner::Scanner::Off,
    };
    let only = std::env::args().nth(1);
    let mut targets = Targets::default();
    if only.as_deref() == Some("scale") {
        scale::lists(&services, &mut targets).await?;
        return targets.met();
    }
    if only.as_deref() == Some("tabs") {
        tabs::outage(&services, &mut targets).await?;
        return targets.met();
    }
    if only.as_deref() == Some("directory") {
        directory::measure(&config, &services, &mut targets).await?;
        return targets.met();
    }
    if only.as_deref() == Some("uploads") {
        uploads::measure(&services, &mut targets).await?;
        return targets.met();
    }
    let (_stop, stopping) = watch::channel(false);
    let state = WebState::new(&config, services.clone(), Live::start(services.clone()), stopping)
        .map_err(|error| error.to_string())?;
    let real = serve(router(state)).await?;
    if only.as_deref() == Some("saves") {
        exam::saves(&services, real, &mut targets).await?;
        return targets.met();
    }
    if only.as_deref() == Some("grid") {
        grid::compare(&services, real, &mut targets).await?;
        return targets.met();
    }
    pages::compare(&services, real, &mut targets).await?;
    if only.as_deref() == Some("pages") {
        return targets.met();
    }
    pages::weigh(&services, real, &config.site_root, &mut targets).await?;
    grid::compare(&services, real, &mut targets).await?;
    exam::saves(&services, real, &mut targets).await?;
    exam::thousand(&services, &mut targets).await?;
    tabs::outage(&services, &mut targets).await?;
    // Last, because the rows that they leave would affect all others.
    scale::lists(&services, &mut targets).await?;
    uploads::measure(&services, &mut targets).await?;
    directory::measure(&config, &services, &mut targets).await?;
    targets.met()
}

/// Compares the measured values with their targets. Those that miss are named at the end, so that one hides no other.
#[derive(Default)]
pub(crate) struct Targets {
    missed: Vec<String>,
}

impl Targets {
    /// Returns the words that stand beside the value.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, target: f64) -> String {
        self.hold(what, value, value >= target, &format!("at least {target}"))
    }

    pub(crate) fn at_most(&mut self, what: &str, value: f64, target: f64) -> String {
        self.hold(what, value, value <= target, &format!("at most {target}"))
    }

    /// A value that could not be measured, as `NaN`, misses too.
    fn hold(&mut self, what: &str, value: f64, met: bool, target: &str) -> String {
        if met {
            return format!("(target: {target})");
        }
        self.missed.push(format!("{what}: {value:.2}, not {target}"));
        format!("(target: {target}, MISSED)")
    }

    fn met(self) -> Outcome<()> {
        if self.missed.is_empty() {
            Ok(())
        } else {
            Err(format!("missed: {}", self.missed.join("; ")).into())
        }
    }
}

pub(crate) async fn serve(router: Router) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    });
    Ok(address)
}

pub(crate) fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
