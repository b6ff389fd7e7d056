//! How often a tab asks and listens again: soon at first, then more and more seldom, and no two tabs at the same moment, so that a
//! server which comes back after an outage meets its tabs one after the other.
//!
//! Every `chance` is drawn anew between 0 and 1.

use std::time::Duration;

/// A stream speaks every two seconds: when it has not for so long, the way is broken.
pub const SILENCE: Duration = Duration::from_secs(5);
/// Whoever has no answer by then has none.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// News that came while an answer was under way is asked for together after this pause.
pub const PAUSE: Duration = Duration::from_millis(500);
/// Everybody who hears at the same moment that the network is back, or waits for the same thing, asks within this time.
pub const SPREAD: Duration = Duration::from_secs(2);

/// How soon an answer that was lost is asked for again at first.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// How soon a stream that broke is opened again at the earliest.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
/// The first time within so long: a server that was only started anew meets all its tabs at once.
const OPEN_WITHIN: Duration = Duration::from_secs(4);
/// While the server answers, what changes is seen within this time although its stream does not open.
const ANSWERS: Duration = Duration::from_secs(6);
/// While it does not, it is tried about so often.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

/// The time until an answer is asked for again that was lost so many times in a row, once at least. Who asks by itself does so no
/// later than it would have anyway, at first.
pub fn ask_again_in(lost: u32, every: Option<Duration>, chance: f64) -> Duration {
    let first = ASK_AGAIN.min(every.unwrap_or(ASK_AGAIN));
    doubled(first, lost.saturating_sub(1)).min(AT_LEAST_EVERY).mul_f64(0.75 + chance / 2.0)
}

/// The time until a stream is opened again, after so many tries in a row that failed. Meanwhile its tab asks no server that does not
/// answer.
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
    fn what_is_lost_is_asked_for_more_and_more_seldom() {
        let between = |lost, chance| seconds(ask_again_in(lost, None, chance));
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 99].map(|lost| between(lost, 0.5)),
            [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
        );
        assert_eq!((between(6, 0.0), between(6, 1.0)), (22.5, 37.5));
        assert_eq!(seconds(ask_again_in(1, Some(Duration::from_secs(1)), 0.5)), 1.0);
    }

    #[test]
    fn a_stream_is_opened_again_soon_and_then_more_and_more_seldom() {
        let gone = |failed, chance| seconds(open_again_in(failed, false, chance));
        assert_eq!((gone(0, 0.0), gone(0, 1.0)), (1.0, 5.0));
        assert_eq!([1, 2, 3, 99].map(|failed| gone(failed, 0.5)), [8.0, 16.0, 30.0, 30.0]);
        assert_eq!((gone(3, 0.0), gone(3, 1.0)), (15.0, 45.0), "over half a minute, not all at once");
    }

    #[test]
    fn while_the_server_answers_nothing_is_seen_late() {
        assert!((1..99).all(|failed| seconds(open_again_in(failed, true, 1.0)) <= 9.0));
    }
}
