//! The doors, tried by somebody who should not get through: each fault that was found once, with its neighbours, stays shut. What is
//! asked of every server function is in `access/rubbish.rs`, beside the table of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod addresses;
mod caching;
mod connections;
mod crowds;
mod dates;
mod forms;
mod labels;
mod live;
mod logs;
mod names;
mod passwords;
mod reading;
#[path = "../support/mod.rs"]
mod support;
mod words;

/// As it travels in an address or a form.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
