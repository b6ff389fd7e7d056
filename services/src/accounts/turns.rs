//! The line in which the tries of a slowed network address wait: see [`super::guard`].

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A try that would have to wait longer is turned away, to come again. A request is abandoned after half a minute.
const PATIENCE: Duration = Duration::from_secs(20);

/// The line of each address. It is in the memory of this server alone, and exists only while a try waits.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<IpAddr, Line>>>);

struct Line {
    /// When the next turn is free.
    free: Instant,
    /// The accounts that have a place in it: one each, so that tries for one account do not keep the others out.
    standing: HashSet<Vec<u8>>,
}

impl Turns {
    /// Waits for a turn, which takes `long`. False when the line is too long, or the account is already in it.
    pub(super) async fn wait(&self, address: IpAddr, account: Vec<u8>, long: Duration) -> bool {
        let now = Instant::now();
        let turn = {
            let mut lines = self.lines();
            lines.retain(|_, line| line.free > now || !line.standing.is_empty());
            let line = lines.entry(address).or_insert_with(|| Line { free: now, standing: HashSet::new() });
            let turn = line.free.max(now);
            if turn > now + PATIENCE || !line.standing.insert(account.clone()) {
                return false;
            }
            line.free = turn + long;
            turn
        };
        let _place = Place { turns: self, address, account };
        sleep_until(turn).await;
        true
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<IpAddr, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the line, which is freed even when its try is abandoned.
struct Place<'a> {
    turns: &'a Turns,
    address: IpAddr,
    account: Vec<u8>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.turns.lines().get_mut(&self.address) {
            line.standing.remove(&self.account);
        }
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
        let wait = async |address, account: u8| {
            let turned = turns.wait(address, vec![account], Duration::from_millis(500)).await;
            (turned, began.elapsed().as_millis())
        };
        let here = join_all((0..50).map(|account| wait(here, account))).await;
        let turned: Vec<_> = here.iter().filter(|(came, _)| *came).map(|(_, at)| *at).collect();
        assert_eq!(
            turned,
            (0..=40).map(|n| n * 500).collect::<Vec<_>>(),
            "one after another, for twenty seconds"
        );
        assert!(here[41..].iter().all(|(came, _)| !came), "and no longer");
        let began = Instant::now();
        assert!(turns.wait(there, vec![0], Duration::from_secs(1)).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_for_one_account_takes_one_place_in_the_line() {
        let turns = Turns::default();
        let here = [198, 51, 100, 7].into();
        let second = Duration::from_secs(1);
        let mut flood: Vec<_> = (0..500).map(|_| Box::pin(turns.wait(here, vec![1], second))).collect();
        flood.push(Box::pin(turns.wait(here, vec![2], second)));
        let began = Instant::now();
        let turned = join_all(flood).await;
        // The first had its turn at once; only one of the others waits in the line, before the last.
        assert_eq!(turned.iter().filter(|turned| **turned).count(), 3);
        assert_eq!(turned.last(), Some(&true));
        assert_eq!(began.elapsed(), 2 * second);
        assert!(turns.wait(here, vec![1], second).await, "and again when the place is free");
    }
}
