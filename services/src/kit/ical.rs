//! Calendars as files (RFC 5545), for programs that read one at an address again and again. A writer of our own, because all that is needed of
//! the format is here: the crates for it read calendars too, and leave the rules below to whoever calls them.
//!
//! Times are UTC: readers disagree by an hour about local times around the change of the clocks. A day is a day, wherever it is read. The
//! calendar has no METHOD, for nobody is invited, and no event has a DURATION.

use chrono::{DateTime, Days, NaiveDate, Utc};

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    /// The whole day.
    Day(NaiveDate),
    /// A moment, without an end.
    At(DateTime<Utc>),
    /// The second is later than the first.
    Between(DateTime<Utc>, DateTime<Utc>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The same whenever the event is written, and of no other event.
    pub uid: String,
    pub when: When,
    pub summary: String,
    pub description: String,
    /// Where a person reads more.
    pub url: String,
    /// When it was changed last. The file depends on this and not on the time at which it is made, so it stays the same until something
    /// changes.
    pub changed: DateTime<Utc>,
}

/// The zone in which people here read the times. No time refers to it, but a calendar has to contain something, also when it has no event.
const ZONE: [&str; 17] = [
    "BEGIN:VTIMEZONE",
    "TZID:Europe/London",
    "BEGIN:DAYLIGHT",
    "DTSTART:19810329T010000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0100",
    "TZNAME:BST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0000",
    "TZNAME:GMT",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// The file. Programs are asked to read it again after `hours`.
pub(crate) fn calendar(name: &str, hours: u8, events: &[Event]) -> String {
    let mut file = File(String::new());
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Health and Education Co-operative//Learning//EN");
    file.line("CALSCALE:GREGORIAN");
    file.line(&format!("NAME:{}", text(name)));
    file.line(&format!("X-WR-CALNAME:{}", text(name)));
    file.line(&format!("REFRESH-INTERVAL;VALUE=DURATION:PT{hours}H"));
    file.line(&format!("X-PUBLISHED-TTL:PT{hours}H"));
    for line in ZONE {
        file.line(line);
    }
    for event in events {
        file.event(event);
    }
    file.line("END:VCALENDAR");
    file.0
}

/// Lines end as the format wants it, whatever the system.
struct File(String);

impl File {
    fn event(&mut self, event: &Event) {
        let changed = instant(event.changed);
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", text(&event.uid)));
        // In a calendar without METHOD this is when the event was changed last.
        self.line(&format!("DTSTAMP:{changed}"));
        self.line(&format!("LAST-MODIFIED:{changed}"));
        // Greater after each change: minutes since 1970.
        self.line(&format!("SEQUENCE:{}", event.changed.timestamp().max(0) / 60));
        match event.when {
            When::Day(on) => {
                self.line(&format!("DTSTART;VALUE=DATE:{}", day(on)));
                // The day after, which is not part of it.
                if let Some(next) = on.checked_add_days(Days::new(1)) {
                    self.line(&format!("DTEND;VALUE=DATE:{}", day(next)));
                }
            }
            When::At(at) => self.line(&format!("DTSTART:{}", instant(at))),
            When::Between(from, until) => {
                self.line(&format!("DTSTART:{}", instant(from)));
                self.line(&format!("DTEND:{}", instant(until)));
            }
        }
        self.line(&format!("SUMMARY:{}", text(&event.summary)));
        self.line(&format!("DESCRIPTION:{}", text(&event.description)));
        self.line(&format!("URL:{}", event.url));
        // Nobody is busy because of it.
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    /// Writes one line, in pieces of at most 75 octets. Each piece after the first begins with a space, and none ends within a character.
    fn line(&mut self, line: &str) {
        const LONGEST: usize = 75;
        let mut length = 0;
        for letter in line.chars() {
            if length + letter.len_utf8() > LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn instant(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

fn day(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// A text as a value: with its signs escaped, and in one line. Other control characters cannot be in it.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' | '\r' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe::London;
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn event(when: When) -> Event {
        Event {
            uid: "due-1".into(),
            when,
            summary: "Due: Module one".into(),
            description: "A course".into(),
            url: "https://learning.example/learn/nmp/one".into(),
            changed: utc("2026-07-01T09:00:59.5Z"),
        }
    }

    /// The lines of the only event.
    fn lines(event: Event) -> Vec<String> {
        let file = calendar("My dates", 12, &[event]);
        let unfolded = file.replace("\r\n ", "");
        let lines = unfolded.split("\r\n").map(str::to_owned);
        lines.skip_while(|line| line != "BEGIN:VEVENT").take_while(|line| line != "END:VCALENDAR").collect()
    }

    #[test]
    fn an_event_has_its_times_in_utc_and_a_day_without_a_time() {
        let (from, until) = (utc("2026-07-01T09:00:00Z"), utc("2026-07-01T10:30:00Z"));
        assert_eq!(
            lines(event(When::Between(from, until))),
            [
                "BEGIN:VEVENT",
                "UID:due-1",
                "DTSTAMP:20260701T090059Z",
                "LAST-MODIFIED:20260701T090059Z",
                "SEQUENCE:29714940",
                "DTSTART:20260701T090000Z",
                "DTEND:20260701T103000Z",
                "SUMMARY:Due: Module one",
                "DESCRIPTION:A course",
                "URL:https://learning.example/learn/nmp/one",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
        );
        let of_day = lines(event(When::Day("2026-12-31".parse().unwrap())));
        assert_eq!(of_day[5..7], ["DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101"]);
        let at = lines(event(When::At(until)));
        assert_eq!(at[5..7], ["DTSTART:20260701T103000Z", "SUMMARY:Due: Module one"]);
    }

    /// Rule 28: 10:00 in London on 1 July is 09:00 UTC, and the hour that occurs twice is told apart.
    #[test]
    fn a_time_in_london_is_the_same_moment_over_both_changes_of_the_clock() {
        let london = |day: (i32, u32, u32), hour: u32, minute: u32| {
            London.with_ymd_and_hms(day.0, day.1, day.2, hour, minute, 0)
        };
        let written = |time: DateTime<chrono_tz::Tz>| instant(time.with_timezone(&Utc));
        assert_eq!(written(london((2026, 7, 1), 10, 0).unwrap()), "20260701T090000Z");
        assert_eq!(written(london((2026, 12, 1), 10, 0).unwrap()), "20261201T100000Z");
        // The clocks go forward on 28 March 2027 and back on 31 October.
        assert_eq!(written(london((2027, 3, 28), 0, 59).unwrap()), "20270328T005900Z");
        assert_eq!(written(london((2027, 3, 28), 2, 0).unwrap()), "20270328T010000Z");
        let twice = london((2027, 10, 31), 1, 30);
        assert_eq!(written(twice.earliest().unwrap()), "20271031T003000Z");
        assert_eq!(written(twice.latest().unwrap()), "20271031T013000Z");
    }

    #[test]
    fn texts_are_escaped_and_stay_in_their_line() {
        let mut hostile = event(When::Day("2026-12-01".parse().unwrap()));
        hostile.summary = "A, B; C\\D\r\nBEGIN:VEVENT\rX\nY\u{7}".into();
        let lines = lines(hostile);
        assert_eq!(lines[7], r"SUMMARY:A\, B\; C\\D\nBEGIN:VEVENT\nX\nY");
        assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn a_calendar_without_events_has_its_head_and_a_zone() {
        let file = calendar("My dates", 12, &[]);
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
        assert!(file.ends_with("END:VTIMEZONE\r\nEND:VCALENDAR\r\n"));
        assert!(file.contains("\r\nREFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n"));
        for absent in ["METHOD", "\r\nDURATION", "TZID=", "VEVENT"] {
            assert!(!file.contains(absent), "{absent}");
        }
    }

    #[test]
    fn a_line_is_folded_after_75_octets_and_never_within_a_character() {
        let folded = |line: &str| {
            let mut file = File(String::new());
            file.line(line);
            file.0
        };
        let (whole, more) = ("x".repeat(75), "x".repeat(76));
        assert_eq!(folded(&whole), format!("{whole}\r\n"));
        assert_eq!(folded(&more), format!("{whole}\r\n x\r\n"));
        // The é has two octets, and does not fit.
        let before = "x".repeat(74);
        assert_eq!(folded(&format!("{before}é")), format!("{before}\r\n é\r\n"));
        // After the first, a piece has 74 octets and its space.
        let long = folded(&"x".repeat(75 + 74 + 1));
        let lengths: Vec<_> = long.trim_end().split("\r\n").map(str::len).collect();
        assert_eq!(lengths, [75, 75, 2]);
    }

    proptest! {
        #[test]
        fn what_is_folded_reads_as_before(line in "[^\\p{Cc}]{0,200}") {
            let mut file = File(String::new());
            file.line(&line);
            prop_assert!(file.0.split("\r\n").all(|piece| piece.len() <= 75));
            let read = file.0.strip_suffix("\r\n").unwrap().replace("\r\n ", "");
            prop_assert_eq!(read, line);
        }
    }
}
