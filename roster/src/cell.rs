use std::borrow::Cow;

/// What stands in one cell, by the kind that the file gives it. Nothing is guessed from how a text looks: True and Null are names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    /// `width` is the number of digits that the cell shows, where that is known and has zeros in front; else 0.
    Number {
        value: f64,
        width: u8,
    },
    Moment(Moment),
    Truth(bool),
    /// `#N/A` and its like.
    Fault(&'a str),
    /// A formula whose result was never worked out.
    Unfinished,
}

/// A day and the seconds since its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub day: Day,
    pub seconds: u32,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Day {
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1900..=2999).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Moment {
    /// `2024-09-01`, `2024-09-01T14:30:00`, the latter with or without a part of a second and a `Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let day = Day::new(number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?)?;
        if parts.next().is_some() {
            return None;
        }
        let seconds = match time {
            None => 0,
            Some(time) => seconds(time)?,
        };
        Some(Self { day, seconds })
    }
}

/// `14:30`, `14:30:00`, `14:30:00.000Z`.
fn seconds(time: &str) -> Option<u32> {
    let time = time.strip_suffix('Z').unwrap_or(time);
    let whole = match time.split_once('.') {
        Some((whole, part)) if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => time,
    };
    let mut parts = whole.split(':');
    let hours: u32 = number(parts.next()?, 2)?;
    let minutes: u32 = number(parts.next()?, 2)?;
    let seconds: u32 = parts.next().map_or(Some(0), |part| number(part, 2))?;
    (parts.next().is_none() && hours < 24 && minutes < 60 && seconds < 60)
        .then_some(hours * 3600 + minutes * 60 + seconds)
}

/// So many digits and nothing else.
fn number<T: std::str::FromStr>(text: &str, digits: usize) -> Option<T> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl<'a> Cell<'a> {
    /// A text, or what it says if it is an error of a spreadsheet program that was written as one.
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else if is_fault(text) {
            Self::Fault(text.trim())
        } else {
            Self::Text(text)
        }
    }

    /// Whether nobody sees anything in it.
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => is_blank(text),
            _ => false,
        }
    }

    /// As it would be typed.
    pub fn shown(self) -> Cow<'a, str> {
        match self {
            Self::Empty | Self::Unfinished => Cow::Borrowed(""),
            Self::Text(text) | Self::Fault(text) => Cow::Borrowed(text),
            Self::Number { value, width } => {
                let digits = value.to_string();
                Cow::Owned(format!("{digits:0>width$}", width = usize::from(width)))
            }
            Self::Moment(Moment { day, seconds: 0 }) => Cow::Owned(day.to_string()),
            Self::Moment(Moment { day, seconds }) => Cow::Owned(format!(
                "{day}T{:02}:{:02}:{:02}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            )),
            Self::Truth(true) => Cow::Borrowed("TRUE"),
            Self::Truth(false) => Cow::Borrowed("FALSE"),
        }
    }
}

pub(crate) fn is_blank(text: &str) -> bool {
    match text.as_bytes().first() {
        None => true,
        // Nearly every cell that has something begins with it, or with a Latin letter beyond ASCII.
        Some(byte) if byte.is_ascii_graphic() || matches!(byte, 0xc3..=0xcb) => false,
        Some(_) => domain::visible(text).is_empty(),
    }
}

/// `#N/A`, `#DIV/0!`, `Err:520`: results of formulas that went wrong, also where a file has them as plain text.
fn is_fault(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'#' | b'E' | b' ') => {}
        _ => return false,
    }
    let text = text.trim();
    if let Some(code) = text.strip_prefix("Err:") {
        return code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    }
    matches!(
        text,
        "#N/A"
            | "#DIV/0!"
            | "#NAME?"
            | "#NULL!"
            | "#NUM!"
            | "#REF!"
            | "#VALUE!"
            | "#SPILL!"
            | "#CALC!"
            | "#FIELD!"
            | "#BLOCKED!"
            | "#CONNECT!"
            | "#UNKNOWN!"
            | "#GETTING_DATA"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_three_shapes() {
        let day = Day { year: 2024, month: 9, day: 1 };
        for (text, seconds) in [
            ("2024-09-01", 0),
            ("2024-09-01T14:30:00", 52_200),
            ("2024-09-01T14:30:00.000Z", 52_200),
            ("2024-09-01T14:30:00Z", 52_200),
            ("2024-09-01 14:30", 52_200),
        ] {
            assert_eq!(Moment::parse(text), Some(Moment { day, seconds }), "{text}");
        }
        for text in
            ["2024-9-1", "2024-02-30", "2024-09-01T25:00:00", "2024-09-01T14:30:00.", "1-2-3-4", "85", ""]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_error_of_a_formula_is_one_and_a_name_is_none() {
        for text in ["#N/A", "#DIV/0!", "Err:520", " #REF! "] {
            assert_eq!(Cell::text(text), Cell::Fault(text.trim()));
        }
        for text in ["#1", "Err", "Err:5", "Errol", "N/A", "#"] {
            assert_eq!(Cell::text(text), Cell::Text(text));
        }
    }

    #[test]
    fn what_nobody_sees_is_blank() {
        for text in ["", " ", "\u{a0}", "\u{200b}", "\u{feff}", "\u{ad}", "\t\r\n"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("\u{a0}a"));
    }
}
