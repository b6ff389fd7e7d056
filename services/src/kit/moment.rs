use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use chrono_tz::Europe::London;
use domain::{DayTime, Moment};

/// Writes a time as pages show it, in Europe/London whatever the server's own time zone:
/// "22 November 2026 at 10:42am" (noon and midnight in words, as the NHS content guide writes times).
pub fn moment(time: DateTime<Utc>) -> Moment {
    let local = time.with_timezone(&London);
    let clock = match (local.hour(), local.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => local.format("%-I%P").to_string(),
        _ => local.format("%-I:%M%P").to_string(),
    };
    Moment {
        utc: time.to_rfc3339_opts(SecondsFormat::Secs, true),
        london: format!("{} at {clock}", local.format("%-d %B %Y")),
    }
}

/// Day and time in London, as numbers.
pub(crate) fn day_time(time: DateTime<Utc>) -> DayTime {
    let local = time.with_timezone(&London);
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    DayTime {
        day: small(local.day()),
        month: small(local.month()),
        hour: small(local.hour()),
        minute: small(local.minute()),
    }
}

/// The day in London at this time.
pub(crate) fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&London).date_naive()
}

/// How many days of London lie between a time and now: 0 for today, and for what is yet to come.
pub(crate) fn days_since(time: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    u32::try_from((today(now) - today(time)).num_days()).unwrap_or_default()
}

/// The day in London: "22 November", and "22 November 2025" in another year.
pub(crate) fn day(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    date(time.with_timezone(&London).date_naive(), now)
}

/// The same for a day that is known without its time.
pub(crate) fn date(day: NaiveDate, now: DateTime<Utc>) -> String {
    let format = if day.year() == now.with_timezone(&London).year() { "%-d %B" } else { "%-d %B %Y" };
    day.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use crate::kit::moment::{day, day_time, days_since, moment};

    #[test]
    fn days_are_counted_by_the_calendar_of_london() {
        let since = |time: &str, now: &str| days_since(time.parse().unwrap(), now.parse().unwrap());
        assert_eq!(since("2026-11-08T23:59:00Z", "2026-11-22T00:00:00Z"), 14);
        // In summer a day begins an hour earlier than in UTC.
        assert_eq!(since("2026-07-01T22:59:00Z", "2026-07-01T23:00:00Z"), 1);
        assert_eq!(since("2026-11-23T00:00:00Z", "2026-11-22T00:00:00Z"), 0);
    }

    #[test]
    fn a_day_and_time_is_in_london() {
        for (utc, words) in [
            ("2026-11-27T00:05:00Z", "27 November at 12:05am"),
            ("2026-07-01T11:42:00Z", "1 July at 12:42pm"),
            ("2026-06-30T23:00:00Z", "1 July at 12:00am"),
        ] {
            assert_eq!(day_time(utc.parse().unwrap()).to_string(), words);
        }
    }

    #[test]
    fn a_day_has_its_year_unless_it_is_this_one() {
        let at = |time: &str| time.parse().unwrap();
        assert_eq!(day(at("2026-11-27T23:30:00Z"), at("2026-12-31T23:59:00Z")), "27 November");
        assert_eq!(day(at("2026-07-01T23:30:00Z"), at("2027-01-01T00:00:00Z")), "2 July 2026");
    }

    #[test]
    fn summer_time_is_shown_in_summer_only() {
        for (utc, london) in [
            ("2026-11-22T10:42:59Z", "22 November 2026 at 10:42am"),
            ("2026-07-01T10:42:00Z", "1 July 2026 at 11:42am"),
            ("2026-03-29T00:59:00Z", "29 March 2026 at 12:59am"),
            ("2026-03-29T01:00:00Z", "29 March 2026 at 2am"),
            ("2026-06-30T23:00:00Z", "1 July 2026 at midnight"),
            ("2026-01-05T12:00:00Z", "5 January 2026 at midday"),
        ] {
            assert_eq!(moment(utc.parse().unwrap()).london, london);
        }
    }
}
