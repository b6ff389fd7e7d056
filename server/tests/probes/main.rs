//! Attacks: each fault that was found once, with similar ones, stays closed. Tests of every server function are in
//! `access/rubbish.rs`, beside their table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod activation;
mod addresses;
mod caching;
mod connections;
mod crowds;
mod dates;
mod display;
mod forms;
mod help;
mod labels;
mod live;
mod logs;
mod names;
mod passwords;
mod reading;
mod reminders;
#[path = "../support/mod.rs"]
mod support;
mod words;

/// As it travels in an address or a form.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
