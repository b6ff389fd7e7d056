//! Reminders by mail that learners set for themselves, and the calendar of their dates.

use serde::{Deserialize, Serialize};

use crate::Moment;

/// How many days before a date somebody can be reminded of it.
pub const DAYS_BEFORE: [u8; 3] = [1, 3, 7];
/// From Monday on.
pub const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// How far ahead the mail of the week looks, in days.
pub const WEEKLY_LOOKS_AHEAD: i64 = 14;

/// When somebody wants to be reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RemindersWanted {
    /// Every week on this day: 1 is Monday, 7 is Sunday.
    pub weekday: Option<u8>,
    /// So many days before each date: one of [`DAYS_BEFORE`].
    pub days_before: Option<u8>,
}

impl RemindersWanted {
    /// What both fields of the form say: a number, or `never`. `None` for anything else, which no field offers.
    pub fn read(weekday: &str, days_before: &str) -> (Option<Option<u8>>, Option<Option<u8>>) {
        let read = |text: &str, known: &dyn Fn(u8) -> bool| match text.trim() {
            "never" => Some(None),
            text => text.parse().ok().filter(|number| known(*number)).map(Some),
        };
        (read(weekday, &|day| (1..=7).contains(&day)), read(days_before, &|days| DAYS_BEFORE.contains(&days)))
    }

    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// The day of the week in words.
    pub fn on(self) -> Option<&'static str> {
        WEEKDAYS.get(usize::from(self.weekday?).checked_sub(1)?).copied()
    }

    /// Whether the mail of the week is due: on its day, and not within a week of the last one, whose day may have been another.
    pub fn is_weekly_due(self, today: u8, one_within_a_week: bool) -> bool {
        self.weekday == Some(today) && !one_within_a_week
    }

    /// Whether a date is near enough to be reminded of it. So it is also when fewer days are left than were asked for: the date was set late.
    pub fn is_near(self, days_left: i64) -> bool {
        self.days_before.is_some_and(|days| (0..=i64::from(days)).contains(&days_left))
    }
}

/// `/account/reminders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReminders {
    pub wanted: RemindersWanted,
    pub email: String,
    /// The last mail to the address came back, so no reminders are sent there.
    pub bounced: bool,
    /// When the address of the calendar was made, if there is one. It is not known any more.
    pub calendar: Option<Moment>,
    /// What stands before the token in the address of a calendar.
    pub before: String,
    /// The token of a new address, which works as soon as the form is sent that carries it. It is another one each time.
    pub token: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(weekday: Option<u8>, days_before: Option<u8>) -> RemindersWanted {
        RemindersWanted { weekday, days_before }
    }

    #[test]
    fn a_form_offers_the_days_of_the_week_and_three_distances() {
        assert_eq!(RemindersWanted::read("never", "never"), (Some(None), Some(None)));
        assert_eq!(RemindersWanted::read("7", "3"), (Some(Some(7)), Some(Some(3))));
        for wrong in ["", "0", "8", "-1", "x", "1.5", "256"] {
            assert_eq!(RemindersWanted::read(wrong, "1").0, None, "{wrong}");
        }
        for wrong in ["", "0", "2", "4", "14", "x"] {
            assert_eq!(RemindersWanted::read("1", wrong).1, None, "{wrong}");
        }
    }

    #[test]
    fn a_mail_of_the_week_comes_on_its_day_and_not_twice_within_a_week() {
        let monday = wanted(Some(1), None);
        assert_eq!(monday.on(), Some("Monday"));
        assert_eq!(wanted(Some(7), None).on(), Some("Sunday"));
        assert!(monday.is_weekly_due(1, false));
        assert!(!monday.is_weekly_due(1, true), "the day was moved since");
        assert!((2..=7).all(|day| !monday.is_weekly_due(day, false)));
        assert!((1..=7).all(|day| !wanted(None, Some(3)).is_weekly_due(day, false)));
    }

    #[test]
    fn a_date_is_near_from_the_chosen_day_until_it_is_over() {
        for days in DAYS_BEFORE {
            let of = wanted(None, Some(days));
            let near: Vec<_> = (-2..10).filter(|left| of.is_near(*left)).collect();
            assert_eq!(near, (0..=i64::from(days)).collect::<Vec<_>>());
        }
        assert!((-2..10).all(|left| !wanted(Some(1), None).is_near(left)));
    }

    #[test]
    fn nothing_is_wanted_when_neither_is() {
        assert!(wanted(None, None).is_nothing());
        assert!(!wanted(Some(1), None).is_nothing() && !wanted(None, Some(1)).is_nothing());
    }
}
