use std::borrow::Cow;

use domain::accounts::EmailAddress;

use crate::{Day, Field};

/// Somebody to be enrolled, as one row tells it. Every text is trimmed and has nothing in it that cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegate {
    pub name: String,
    pub email: EmailAddress,
    pub student_number: Option<String>,
    pub team: Option<String>,
    pub area: Option<String>,
    pub cohort: Option<String>,
    pub starts: Option<Day>,
    /// What the sheet says, or nothing if it says nothing.
    pub active: Option<bool>,
}

/// Something that keeps a row from being taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// As the spreadsheet program shows it.
    pub row: u32,
    /// The heading, where it is about one cell.
    pub column: Option<String>,
    pub what: What,
}

/// What is wrong, each with the sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Missing {
        field: Field,
    },
    NoLetters,
    /// A slash, or "www.".
    LinkInName,
    TooLong {
        most: usize,
    },
    /// `#N/A` and its like.
    Fault {
        text: String,
    },
    Unfinished,
    /// A date or a yes or no, where a text should be: the program has made it one.
    TurnedInto {
        text: String,
    },
    EmailWrong,
    /// The text is no address, but the cell links to one.
    EmailLinked {
        address: String,
    },
    NotWhole,
    Negative,
    DigitsLost,
    NotADate,
    NotYesOrNo,
    /// More cells than headings: divided in the wrong place.
    TooManyCells {
        headings: usize,
    },
    /// One cell holds the rows that follow it.
    RowsWithin,
    SameAddress {
        row: u32,
    },
    /// The same student number, and another address.
    SameNumber {
        row: u32,
    },
    /// The reader does not find this out: it knows no cohorts, and nobody's numbers.
    CohortUnknown,
    NumberHeld,
}

/// Something that somebody should look at, though the row can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub row: u32,
    pub column: String,
    pub doubt: Doubt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The number is shorter than the others: a program may have dropped the zeros before it.
    ZerosLost,
    /// A day with a time late in the evening, as a day becomes that was written in another time zone.
    DayEarly,
    /// There was a time, which is not kept.
    TimeLeftOut,
}

impl RowProblem {
    /// "Row 5, Email: enter …"
    pub fn message(&self) -> String {
        match &self.column {
            Some(column) => format!("Row {}, {column}: {}", self.row, self.what.message()),
            None => format!("Row {}: {}", self.row, self.what.message()),
        }
    }
}

impl What {
    /// What to do, as the second half of a sentence.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Missing { field } => return format!("enter the {}", field.name()).into(),
            Self::NoLetters => "enter a name: there is no letter in this one",
            Self::LinkInName => "enter the name alone, without a slash, \"www.\" or a link",
            Self::TooLong { most } => return format!("shorten this to {most} characters or fewer").into(),
            Self::Fault { text } => return format!("replace {text}, which is an error of a formula").into(),
            Self::Unfinished => {
                "open the file in a spreadsheet program and save it: this formula has no result yet"
            }
            Self::TurnedInto { text } => {
                return format!(
                    "format the column as text and type this again: the program has turned it into {text}"
                )
                .into();
            }
            Self::EmailWrong => "enter an e-mail address in the correct form, like name@example.ac.uk",
            Self::EmailLinked { address } => {
                return format!(
                    "this is no e-mail address, but the cell links to {address}: use that, or correct it"
                )
                .into();
            }
            Self::NotWhole => "enter a whole number: this one has a fraction",
            Self::Negative => "enter the student number without a minus sign",
            Self::DigitsLost => {
                "format the column as text and enter the number again: it is so long that digits may have changed"
            }
            Self::NotADate => "enter a day like 2026-09-01 or 01/09/2026",
            Self::NotYesOrNo => "enter yes or no",
            Self::TooManyCells { headings } => {
                return format!("put quotation marks around a cell that has the separator in it: there are more cells than the {headings} headings")
                    .into();
            }
            Self::RowsWithin => {
                "look for a quotation mark that should not be there: the rows that follow have become part of this cell"
            }
            Self::SameAddress { row } => {
                return format!("take one of the two out, or correct the address: row {row} has the same")
                    .into();
            }
            Self::SameNumber { row } => {
                return format!(
                    "correct one of the two: row {row} has this student number with another e-mail address"
                )
                .into();
            }
            Self::CohortUnknown => {
                "correct the name of the cohort, or make the cohort first: your organisation has none of this name"
            }
            Self::NumberHeld => {
                "correct the student number, or the e-mail address: somebody of your organisation has this number with another address"
            }
        })
    }
}

impl Warning {
    pub fn message(&self) -> String {
        let what = match self.doubt {
            Doubt::ZerosLost => {
                "check the student number: it is shorter than the others, and a spreadsheet program may have dropped zeros before it"
            }
            Doubt::DayEarly => {
                "check the day: the time with it is late in the evening, so it may be one day too early"
            }
            Doubt::TimeLeftOut => "only the day is kept, not the time",
        };
        format!("Row {}, {}: {what}", self.row, self.column)
    }
}
