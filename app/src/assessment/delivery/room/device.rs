//! What this device keeps of a room: answers that have not reached the server, by sitting and opening.

use domain::assessment::delivery::{Save, SittingId};

use crate::kit::{
    api::wire,
    device::{ROOM, forget, keys, read, write},
};

fn key(sitting: SittingId, opening: &str) -> String {
    format!("{ROOM}{sitting}:{opening}")
}

/// What openings of this sitting have left behind, by the key it stands under.
pub fn found(sitting: SittingId) -> Vec<(String, Vec<Save>)> {
    let saves = |key: &String| wire::read(&read(key).unwrap_or_default()).unwrap_or_default();
    keys(&key(sitting, "")).into_iter().map(|key| (key.clone(), saves(&key))).collect()
}

/// What an opening has left behind, as it stands there.
pub fn standing(sitting: SittingId, opening: &str) -> Option<String> {
    read(&key(sitting, opening))
}

/// Puts what is unsent in the place of what was. Says whether the device took it.
pub fn keep(sitting: SittingId, opening: &str, unsent: &[Save]) -> bool {
    let key = key(sitting, opening);
    if unsent.is_empty() {
        forget([key]);
        return true;
    }
    serde_json::to_string(unsent).is_ok_and(|json| write(&key, &json))
}

/// Removes what openings have left behind, but for this one's.
pub fn forget_others(sitting: SittingId, opening: &str, found: Vec<(String, Vec<Save>)>) {
    let own = key(sitting, opening);
    forget(found.into_iter().map(|(key, _)| key).filter(|key| *key != own));
}

/// What was left behind has been sent after all, unless another opening has taken it up since.
pub fn sent(sitting: SittingId, opening: &str, sent: &[Save]) {
    let key = key(sitting, opening);
    let Ok(mut left) = wire::read::<Vec<Save>>(&read(&key).unwrap_or_default()) else { return };
    left.retain(|save| !sent.contains(save));
    keep(sitting, opening, &left);
}
