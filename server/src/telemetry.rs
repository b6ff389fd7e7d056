use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::Config;

/// Starts logging to standard error: for people, or one JSON object a line.
pub(crate) fn start(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    if config.log_json {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).init();
    } else {
        registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).init();
    }
}
