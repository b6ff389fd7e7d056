//! What this device stores: answers that have not reached the server, of exams and of knowledge checks.
//!
//! Both are in the browser's storage until the server has them. Signing out asks first, and then removes them: the next
//! person at a shared computer finds nothing.
//!
//! It uses `web_sys` and not `gloo-storage`, whose functions crash the application if the browser forbids storage:
//! browsers on locked-down computers do, and there the page says that it stores nothing.

use leptos::prelude::window;

/// The prefix of a room's keys.
pub const ROOM: &str = "room:";
/// The prefix of a check's keys.
pub const CHECK: &str = "check:";
/// Every key of answers begins with one of these.
const ALL: [&str; 2] = [ROOM, CHECK];

/// When a person last signed out here, in seconds since 1970. It does not say whose answers they were.
const SIGNED_OUT: &str = "signed-out";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The keys with this prefix.
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Says whether the device accepted it: its storage may be full, or forbidden. It accepts nothing more from any page
/// that was opened before a sign-out.
pub fn write(key: &str, text: &str) -> bool {
    let Some(storage) = storage() else { return false };
    let signed_out = storage.get_item(SIGNED_OUT).ok().flatten();
    let opened = window().performance().map(|clock| seconds(clock.time_origin()));
    if signed_out.zip(opened).is_some_and(|(at, opened)| at > opened) {
        return false;
    }
    storage.set_item(key, text).is_ok()
}

pub fn forget(keys: impl IntoIterator<Item = String>) {
    let Some(storage) = storage() else { return };
    for key in keys {
        let _ = storage.remove_item(&key);
    }
}

/// Whether answers of any exam or check are still on this device only.
pub fn has_unsent() -> bool {
    ALL.iter().any(|prefix| !keys(prefix).is_empty())
}

/// The next person here finds nothing. Pages that are still open store nothing any more.
pub fn forget_all() {
    ALL.iter().for_each(|prefix| forget(keys(prefix)));
    if let Some(storage) = storage() {
        let _ = storage.set_item(SIGNED_OUT, &seconds(web_sys::js_sys::Date::now()));
    }
}

/// In whole seconds, with ten digits, so that text order is time order. Reading and writing fractions would make the
/// first page 9 kB larger.
fn seconds(milliseconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "since 1970, until 2106")]
    let whole = (milliseconds / 1000.0) as u32;
    whole.to_string()
}
