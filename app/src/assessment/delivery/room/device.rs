//! What this device stores for a room: answers that have not reached the server, by sitting and opening.

use domain::assessment::delivery::{Save, SittingId};

use crate::kit::{
    api::wire,
    device::{ROOM, forget, keys, read, write},
};

fn key(sitting: SittingId, opening: &str) -> String {
    format!("{ROOM}{sitting}:{opening}")
}

/// The unsent answers of other openings of this sitting, by their storage key.
pub fn found(sitting: SittingId) -> Vec<(String, Vec<Save>)> {
    let saves = |key: &String| wire::read(&read(key).unwrap_or_default()).unwrap_or_default();
    keys(&key(sitting, "")).into_iter().map(|key| (key.clone(), saves(&key))).collect()
}

/// The unsent answers of an opening, as stored.
pub fn standing(sitting: SittingId, opening: &str) -> Option<String> {
    read(&key(sitting, opening))
}

/// Replaces the stored answers with those that are unsent now. Says whether the device accepted them.
pub fn keep(sitting: SittingId, opening: &str, unsent: &[Save]) -> bool {
    let key = key(sitting, opening);
    if unsent.is_empty() {
        forget([key]);
        return true;
    }
    serde_json::to_string(unsent).is_ok_and(|json| write(&key, &json))
}

/// Removes the stored answers of all openings except this one.
pub fn forget_others(sitting: SittingId, opening: &str, found: Vec<(String, Vec<Save>)>) {
    let own = key(sitting, opening);
    forget(found.into_iter().map(|(key, _)| key).filter(|key| *key != own));
}

/// The stored answers have been sent after all; removes them unless another opening has taken them up since.
pub fn sent(sitting: SittingId, opening: &str, sent: &[Save]) {
    let key = key(sitting, opening);
    let Ok(mut left) = wire::read::<Vec<Save>>(&read(&key).unwrap_or_default()) else { return };
    left.retain(|save| !sent.contains(save));
    keep(sitting, opening, &left);
}
