use chrono::{DateTime, Duration, Utc};

/// Most messages of a person, over all areas, in each time.
const MOST: [(usize, Duration); 2] = [(5, Duration::hours(1)), (20, Duration::days(1))];
/// Most messages of a person in an area in a day, until they have been its member for a day.
const MOST_OF_NEWCOMER: usize = 3;
/// Most messages to the same member that they have not answered, in [`UNANSWERED_FOR`].
const MOST_UNANSWERED: usize = 3;
/// How long a message waits for an answer. After it, nobody needs one to write again: not every answer comes through the platform.
pub(super) const UNANSWERED_FOR: Duration = Duration::days(90);
/// The longest time that counts.
pub(super) const COUNTED: Duration = Duration::days(1);

/// What somebody has sent within [`COUNTED`], the latest first.
pub(super) struct Sent<'a> {
    pub everywhere: &'a [DateTime<Utc>],
    /// In the area in which they want to write.
    pub here: &'a [DateTime<Utc>],
    /// Since when they are a member there.
    pub joined_at: DateTime<Utc>,
}

impl Sent<'_> {
    /// When they may write again; `None` at once.
    pub(super) fn again(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let usual = MOST.map(|(most, time)| free_again(self.everywhere, most, time));
        let settled = self.joined_at + COUNTED;
        let newcomer = free_again(self.here, MOST_OF_NEWCOMER, COUNTED).map(|free| free.min(settled));
        usual.into_iter().chain([newcomer]).flatten().filter(|free| *free > now).max()
    }
}

/// When somebody may write again who has no answer to these messages, the latest first; `None` at once.
pub(super) fn after_unanswered(sent: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    free_again(sent, MOST_UNANSWERED, UNANSWERED_FOR).filter(|free| *free > now)
}

/// When fewer than `most` of these are younger than `time`.
fn free_again(sent: &[DateTime<Utc>], most: usize, time: Duration) -> Option<DateTime<Utc>> {
    sent.get(most - 1).map(|counts| *counts + time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    /// Minutes from now after which they may write again, when they have sent so many minutes ago.
    fn again(sent: &[i64], member_for: Duration) -> Option<i64> {
        let sent: Vec<_> = sent.iter().map(|minutes| now() - Duration::minutes(*minutes)).collect();
        let sent = Sent { everywhere: &sent, here: &sent, joined_at: now() - member_for };
        sent.again(now()).map(|free| (free - now()).num_minutes())
    }

    #[test]
    fn five_an_hour_and_twenty_a_day() {
        let long = Duration::days(7);
        assert_eq!(again(&[0, 0, 0, 0], long), None);
        assert_eq!(again(&[0, 1, 2, 3, 50], long), Some(10));
        assert_eq!(again(&[0, 1, 2, 3, 60], long), None);
        let mut day: Vec<i64> = (1..=19).map(|n| n * 61).collect();
        assert_eq!(again(&day, long), None);
        day.push(20 * 61);
        assert_eq!(again(&day, long), Some(24 * 60 - 20 * 61));
        // Both: the later one.
        day[..5].copy_from_slice(&[1, 2, 3, 4, 5]);
        assert_eq!(again(&day, long), Some(24 * 60 - 20 * 61));
    }

    #[test]
    fn three_without_an_answer_are_enough_for_ninety_days() {
        let days = |sent: &[i64]| {
            let sent: Vec<_> = sent.iter().map(|days| now() - Duration::days(*days)).collect();
            after_unanswered(&sent, now()).map(|free| (free - now()).num_days())
        };
        assert_eq!(days(&[0, 1]), None);
        assert_eq!(days(&[0, 1, 2]), Some(88));
        assert_eq!(days(&[0, 1, 89, 100]), Some(1));
        assert_eq!(days(&[0, 1, 90]), None);
    }

    #[test]
    fn a_newcomer_sends_three_until_they_have_been_there_for_a_day() {
        assert_eq!(again(&[1, 2], Duration::hours(1)), None);
        assert_eq!(again(&[1, 2, 30], Duration::hours(1)), Some(23 * 60));
        assert_eq!(again(&[1, 2, 90], Duration::hours(1)), Some(24 * 60 - 90));
        assert_eq!(again(&[1, 2, 3, 4], Duration::days(1)), None);
    }
}
