//! How often a tab asks and reconnects: soon at first, then less and less often, and no two tabs at the same moment, so
//! that a server that recovers from an outage meets its tabs one after the other.
//!
//! Every `chance` is drawn afresh between 0 and 1.

use std::time::Duration;

/// A stream sends something every two seconds: after this much silence the connection is broken.
pub const SILENCE: Duration = Duration::from_secs(5);
/// A request without a reply after this time has failed.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// News that arrives during a request is asked for together after this pause.
pub const PAUSE: Duration = Duration::from_millis(500);
/// Tabs that learn at the same moment that the network is back, or wait for the same thing, ask within this time.
pub const SPREAD: Duration = Duration::from_secs(2);

/// How soon a lost reply is first requested again.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// The earliest time at which a broken stream is opened again.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
/// The first retry is within this time: a server that was only restarted meets all its tabs at once.
const OPEN_WITHIN: Duration = Duration::from_secs(4);
/// While the server replies, a change is seen within this time even if its stream does not open.
const ANSWERS: Duration = Duration::from_secs(6);
/// While the server does not reply, it is tried about this often.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

/// The time until a reply that was lost this many times in a row, at least once, is requested again. A part that polls
/// at first asks no later than it would have anyway.
pub fn ask_again_in(lost: u32, every: Option<Duration>, chance: f64) -> Duration {
    let first = ASK_AGAIN.min(every.unwrap_or(ASK_AGAIN));
    doubled(first, lost.saturating_sub(1)).min(AT_LEAST_EVERY).mul_f64(0.75 + chance / 2.0)
}

/// The time until a stream is opened again, after this many failed tries in a row. Meanwhile its tab does not ask a
/// server that does not reply.
pub fn open_again_in(failed: u32, server_answers: bool, chance: f64) -> Duration {
    if failed == 0 {
        return OPEN_AGAIN + OPEN_WITHIN.mul_f64(chance);
    }
    let most = if server_answers { ANSWERS } else { AT_LEAST_EVERY };
    doubled(OPEN_WITHIN, failed).min(most).mul_f64(0.5 + chance)
}

fn doubled(time: Duration, times: u32) -> Duration {
    time * 2_u32.pow(times.min(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(time: Duration) -> f64 {
        time.as_secs_f64()
    }

    #[test]
    fn lost_replies_are_requested_less_and_less_often() {
        let between = |lost, chance| seconds(ask_again_in(lost, None, chance));
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 99].map(|lost| between(lost, 0.5)),
            [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
        );
        assert_eq!((between(6, 0.0), between(6, 1.0)), (22.5, 37.5));
        assert_eq!(seconds(ask_again_in(1, Some(Duration::from_secs(1)), 0.5)), 1.0);
    }

    #[test]
    fn a_stream_is_reopened_soon_and_then_less_and_less_often() {
        let gone = |failed, chance| seconds(open_again_in(failed, false, chance));
        assert_eq!((gone(0, 0.0), gone(0, 1.0)), (1.0, 5.0));
        assert_eq!([1, 2, 3, 99].map(|failed| gone(failed, 0.5)), [8.0, 16.0, 30.0, 30.0]);
        assert_eq!((gone(3, 0.0), gone(3, 1.0)), (15.0, 45.0), "over half a minute, not all at once");
    }

    #[test]
    fn changes_are_seen_in_time_while_the_server_replies() {
        assert!((1..99).all(|failed| seconds(open_again_in(failed, true, 1.0)) <= 9.0));
    }
}
