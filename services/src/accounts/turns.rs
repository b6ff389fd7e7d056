//! The line in which the tries of a network address stand that is slowed: see [`super::guard`].

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Who would have to stand longer is sent away, to try again. A request is given up after half a minute.
const PATIENCE: Duration = Duration::from_secs(20);

/// When the next turn of each address is free. In the memory of this server alone, and only for as long as somebody waits.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<IpAddr, Instant>>>);

impl Turns {
    /// Waits for a turn, which takes `long`. False where the line is too long.
    pub(super) async fn wait(&self, address: IpAddr, long: Duration) -> bool {
        let now = Instant::now();
        let turn = {
            let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            free.retain(|_, turn| *turn > now);
            let turn = free.get(&address).copied().unwrap_or(now);
            if turn > now + PATIENCE {
                return false;
            }
            free.insert(address, turn + long);
            turn
        };
        sleep_until(turn).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_is_slowed_and_no_other_with_it() {
        let turns = Turns::default();
        let (here, there) = ([198, 51, 100, 7].into(), [203, 0, 113, 5].into());
        let began = Instant::now();
        let wait = async |address| {
            (turns.wait(address, Duration::from_millis(500)).await, began.elapsed().as_millis())
        };
        let here = join_all((0..50).map(|_| wait(here))).await;
        let turned: Vec<_> = here.iter().filter(|(came, _)| *came).map(|(_, at)| *at).collect();
        assert_eq!(
            turned,
            (0..=40).map(|n| n * 500).collect::<Vec<_>>(),
            "one after another, for twenty seconds"
        );
        assert!(here[41..].iter().all(|(came, _)| !came), "and no longer");
        let began = Instant::now();
        assert!(turns.wait(there, Duration::from_secs(1)).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
