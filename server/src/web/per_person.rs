//! How many of a kind each person has at a time on this server: event streams, files that arrive.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::accounts::PersonId;

#[derive(Clone)]
pub(super) struct PerPerson {
    most: u32,
    counts: Arc<Mutex<HashMap<PersonId, u32>>>,
}

/// One of a person, for as long as it lives.
pub(super) struct OneOfTheirs {
    all: PerPerson,
    person: PersonId,
}

impl PerPerson {
    pub(super) fn at_most(most: u32) -> Self {
        Self { most, counts: Arc::default() }
    }

    /// Counts one more, unless the person has too many.
    pub(super) fn take(&self, person: PersonId) -> Option<OneOfTheirs> {
        let mut counts = self.counts();
        let count = counts.entry(person).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(OneOfTheirs { all: self.clone(), person })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<PersonId, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OneOfTheirs {
    fn drop(&mut self) {
        let mut counts = self.all.counts();
        if let Some(count) = counts.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.person);
            }
        }
    }
}
