//! A list of people with their time, as a spreadsheet gives it.

use std::collections::BTreeSet;

use super::AdjustmentChange;
use crate::accounts::EmailAddress;

/// The largest of each: per cent, extra minutes, minutes of rest breaks.
pub const MOST_PERCENT: u16 = 100;
pub const MOST_MINUTES: u16 = 240;
pub const MOST_BREAKS: u16 = 120;

/// How many people one list may have.
pub const MOST_LISTED: usize = 300;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTime {
    /// From 1.
    pub line: u32,
    pub email: EmailAddress,
    pub change: AdjustmentChange,
}

/// Why a line cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFault {
    Address,
    Number,
    NoTime,
    Twice,
    /// No paper of the organisation names the address, and its person has nothing to do with it.
    Unknown,
    /// Somebody else has set the time since the page was drawn.
    ChangedMeanwhile,
}

impl ListFault {
    pub fn in_words(self, line: u32) -> String {
        let what = match self {
            Self::Address => "there is no e-mail address in it, like name@example.ac.uk",
            Self::Number => {
                "behind the address stand at most three whole numbers: extra time from 0 to 100%, extra minutes from 0 to 240, rest breaks \
                 from 0 to 120 minutes"
            }
            Self::NoTime => "there is no time behind the address",
            Self::Twice => "this address stands in the list before",
            Self::Unknown => {
                "this is not the address of a student of your organisation, and no paper of yours names it"
            }
            Self::ChangedMeanwhile => {
                "somebody else has changed what this person has since you opened the page. Look at the list above, then send this again"
            }
        };
        format!("Check line {line}: {what}")
    }
}

/// Reads a list with one person a line: the address, extra time in per cent, extra minutes, minutes of rest breaks, in columns or with commas
/// or semicolons. What stands before the address, such as a name, is left out, and so is a first line without an address.
///
/// # Errors
/// Each line that cannot be taken.
pub fn read_list(text: &str) -> Result<Vec<ListedTime>, Vec<(u32, ListFault)>> {
    let (mut listed, mut faults) = (Vec::new(), Vec::new());
    let mut known = BTreeSet::new();
    let mut first = true;
    for (line, text) in (1..).zip(text.lines()) {
        let columns = text.split([',', ';', '\t']).map(|column| column.trim_matches(['"', ' ']));
        let columns: Vec<&str> = columns.collect();
        if columns.iter().all(|column| column.is_empty()) {
            continue;
        }
        if std::mem::take(&mut first) && !text.contains('@') {
            continue;
        }
        match read_line(&columns) {
            Ok((email, change)) if known.insert(email.as_str().to_owned()) => {
                listed.push(ListedTime { line, email, change });
            }
            Ok(_) => faults.push((line, ListFault::Twice)),
            Err(fault) => faults.push((line, fault)),
        }
    }
    if faults.is_empty() { Ok(listed) } else { Err(faults) }
}

fn read_line(columns: &[&str]) -> Result<(EmailAddress, AdjustmentChange), ListFault> {
    let mut columns = columns.iter().copied();
    let email = columns.find(|column| column.contains('@')).ok_or(ListFault::Address)?;
    let email = EmailAddress::parse(email).map_err(|_| ListFault::Address)?;
    let mut number = |most: u16| match columns.next().unwrap_or_default().trim_end_matches(['%', ' ']) {
        "" => Ok(None),
        text => text.parse::<u16>().ok().filter(|number| *number <= most).map(Some).ok_or(ListFault::Number),
    };
    let (percent, minutes, breaks) = (number(MOST_PERCENT)?, number(MOST_MINUTES)?, number(MOST_BREAKS)?);
    if columns.any(|more| !more.is_empty()) {
        return Err(ListFault::Number);
    }
    let change = AdjustmentChange {
        extra_percent: percent.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX)),
        extra_minutes: minutes,
        break_minutes: breaks,
        seen: None,
    };
    if change.is_empty() { Err(ListFault::NoTime) } else { Ok((email, change)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_from_columns_or_with_commas_and_names_its_wrong_lines() {
        let one = |listed: ListedTime| {
            let change = listed.change;
            let time = (change.extra_percent, change.extra_minutes, change.break_minutes);
            (listed.line, listed.email.as_str().to_owned(), time)
        };
        let read = |text: &str| read_list(text).map(|listed| listed.into_iter().map(one).collect::<Vec<_>>());
        let amy = |line, time| (line, "amy@uni.example".to_owned(), time);
        assert_eq!(read("AMY@uni.example, 25%"), Ok(vec![amy(1, (Some(25), None, None))]));
        let table = "Name\tAddress\tExtra\n\n\"Amy A\"\tamy@uni.example\t\t5\t10\n";
        assert_eq!(read(table), Ok(vec![amy(3, (None, Some(5), Some(10)))]));
        assert_eq!(read("amy@uni.example;0;0;0"), Ok(vec![amy(1, (Some(0), Some(0), Some(0)))]));
        assert_eq!(read("\n"), Ok(Vec::new()));
        let wrong = "amy@uni.example,25\nbob,25\namy@uni.example,50\ncy@uni.example\ndi@uni.example,101\ned@uni.example,1,2,3,4";
        let faults = [
            (2, ListFault::Address),
            (3, ListFault::Twice),
            (4, ListFault::NoTime),
            (5, ListFault::Number),
            (6, ListFault::Number),
        ];
        assert_eq!(read(wrong), Err(faults.to_vec()));
    }
}
