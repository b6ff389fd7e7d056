//! What this device keeps of a room: answers that have not reached the server.
//!
//! They stand in the browser's storage by sitting and opening, until the server has them. Whoever signs out is asked first, and
//! then they are removed: the next person at a shared computer finds nothing.

use domain::assessment::{Save, SittingId};
use leptos::prelude::window;

/// What every key begins with.
const ROOM: &str = "room:";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

fn key(sitting: SittingId, opening: &str) -> String {
    format!("{ROOM}{sitting}:{opening}")
}

/// What openings of this sitting have left behind, by the key it stands under.
pub fn found(sitting: SittingId) -> Vec<(String, Vec<Save>)> {
    let Some(storage) = storage() else { return Vec::new() };
    let saves = |key: &String| {
        let json = storage.get_item(key).ok().flatten().unwrap_or_default();
        serde_json::from_str(&json).unwrap_or_default()
    };
    keys(&key(sitting, "")).into_iter().map(|key| (key.clone(), saves(&key))).collect()
}

/// Puts what is unsent in the place of what was. Says whether the device took it: its storage may be full, or forbidden.
pub fn keep(sitting: SittingId, opening: &str, unsent: &[Save]) -> bool {
    let key = key(sitting, opening);
    if unsent.is_empty() {
        forget([key]);
        return true;
    }
    let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(unsent)) else { return false };
    storage.set_item(&key, &json).is_ok()
}

/// Removes what openings have left behind, but for this one's.
pub fn forget_others(sitting: SittingId, opening: &str, found: Vec<(String, Vec<Save>)>) {
    let own = key(sitting, opening);
    forget(found.into_iter().map(|(key, _)| key).filter(|key| *key != own));
}

fn forget(keys: impl IntoIterator<Item = String>) {
    let Some(storage) = storage() else { return };
    for key in keys {
        let _ = storage.remove_item(&key);
    }
}

/// Whether answers of any sitting are still on this device only.
pub fn has_unsent() -> bool {
    !keys(ROOM).is_empty()
}

/// Whoever is here next finds nothing.
pub fn forget_all() {
    forget(keys(ROOM));
}
