//! How many event streams each person has open on this server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::accounts::PersonId;

/// Each visible tab has one stream, on every device: no person has more than this.
pub(super) const MOST: u32 = 30;

#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<PersonId, u32>>>);

/// An open stream of a person, for as long as it lives.
pub(super) struct OpenStream {
    streams: Streams,
    person: PersonId,
}

impl Streams {
    /// Counts one more, unless the person has too many.
    pub(super) fn open(&self, person: PersonId) -> Option<OpenStream> {
        let mut counts = self.counts();
        let count = counts.entry(person).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(OpenStream { streams: self.clone(), person })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<PersonId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut counts = self.streams.counts();
        if let Some(count) = counts.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.person);
            }
        }
    }
}
