//! Wire types of a running exam.

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    assessment::{
        PaperId,
        adjustments::Adjustment,
        delivery::{SittingId, SubmittedBy},
        results::SittingResult,
    },
    count,
    kit::list::Page,
};

/// `/assessments/papers/{paper}`: the running exam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invigilation {
    /// These three count the candidates of the whole paper, whatever the query finds.
    pub not_started: u32,
    pub sitting: u32,
    pub submitted: u32,
    /// One page of the candidates that the query finds: a row for each sitting, and for each person who has not
    /// started.
    pub candidates: Page<CandidateRow>,
    /// The server's time, in London.
    pub at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateRow {
    /// The address, for a person whose name the organisation does not know. It may have no account.
    pub name: String,
    pub email: String,
    /// Time that the paper's organisation gives from the next start on.
    pub adjustment: Adjustment,
    /// `None` before the start.
    pub sitting: Option<SittingRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingRow {
    pub id: SittingId,
    pub attempt: u8,
    pub time: SittingTime,
    /// The paper closes before the allowed time would be over.
    pub cut_by_close: bool,
    pub answered: u32,
    pub questions: u32,
    pub paused: bool,
    /// `None` when submitted.
    pub remaining_ms: Option<i64>,
    pub last_contact: Moment,
    /// No sign of life for more than two minutes.
    pub out_of_contact: bool,
    /// Whole minutes since the last sign of life.
    #[serde(default)]
    pub minutes_of_silence: u32,
    /// How often the candidate left the exam's window.
    pub left: u32,
}

impl SittingRow {
    /// "No contact for 3 minutes", if nothing was heard for that long.
    pub fn silence(&self) -> Option<String> {
        self.out_of_contact.then(|| format!("No contact for {}", count(self.minutes_of_silence, "minute")))
    }
}

/// The time of a sitting. Fixed at the start, except for time added by the invigilator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingTime {
    /// The paper's limit with the percentage of extra time.
    pub allowed_seconds: u32,
    pub extra_seconds: u32,
    /// How long the clock may be stopped, in total.
    pub break_seconds: u32,
}

impl SittingTime {
    /// "37 minutes 30 seconds, 5 minutes more, 10 minutes of rest breaks".
    pub fn in_words(self) -> String {
        let mut parts = vec![span(self.allowed_seconds)];
        if self.extra_seconds > 0 {
            parts.push(format!("{} more", span(self.extra_seconds)));
        }
        if self.break_seconds > 0 {
            parts.push(format!("{} of rest breaks", span(self.break_seconds)));
        }
        parts.join(", ")
    }
}

/// A length of time in words.
fn span(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (minutes, 0) => count(minutes, "minute"),
        (0, seconds) => count(seconds, "second"),
        (minutes, seconds) => format!("{} {}", count(minutes, "minute"), count(seconds, "second")),
    }
}

/// `/assessments/papers/{paper}/sittings/{sitting}`: one candidate's sitting, and the actions on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingOverview {
    pub paper: PaperId,
    /// The token of the form that adds time, which acts once.
    pub form: crate::FormToken,
    pub paper_title: String,
    pub candidate: String,
    pub email: String,
    pub row: SittingRow,
    pub started: Moment,
    pub deadline: Moment,
    pub submitted: Option<Moment>,
    pub submitted_by: Option<SubmittedBy>,
    /// In order: the newest [`MOST_INCIDENTS`] actions of staff, and as many reports of the page.
    pub incidents: Vec<IncidentRow>,
    /// How many there are in all.
    pub all_incidents: u32,
    /// The results of the paper are released: a candidate who sits again may know its answers.
    pub results_out: bool,
    pub late_answers: u32,
    /// Answers that cannot be read: they do not count as answered.
    pub unreadable: u32,
    pub result: Option<SittingResult>,
}

/// How many incidents of a sitting are listed.
pub const MOST_INCIDENTS: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    pub at: Moment,
    pub kind: IncidentKind,
    /// How often it happened in its minute: a page's reports are counted by the minute.
    pub times: u32,
    pub note: String,
    /// The person who noted it; empty for the system.
    pub by: String,
}

/// What happened in a sitting, besides answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentKind {
    /// The candidate left the window of the exam.
    Left,
    Returned,
    TimeAdded,
    /// An invigilator submitted for the candidate.
    Submitted,
    Reopened,
    Note,
}

impl IncidentKind {
    pub const ALL: &[Self] =
        &[Self::Left, Self::Returned, Self::TimeAdded, Self::Submitted, Self::Reopened, Self::Note];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Returned => "returned",
            Self::TimeAdded => "time-added",
            Self::Submitted => "submitted",
            Self::Reopened => "reopened",
            Self::Note => "note",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_incident_is_read_as_it_is_stored_and_no_other_word() {
        for kind in IncidentKind::ALL {
            assert_eq!(IncidentKind::parse(kind.as_str()), Some(*kind));
        }
        for unknown in ["", "Left", "arrived"] {
            assert_eq!(IncidentKind::parse(unknown), None);
        }
    }

    #[test]
    fn the_time_of_a_sitting_is_written_in_words() {
        for (allowed_seconds, extra_seconds, break_seconds, words) in [
            (1800, 0, 0, "30 minutes"),
            (2250, 300, 600, "37 minutes 30 seconds, 5 minutes more, 10 minutes of rest breaks"),
            (60, 1, 0, "1 minute, 1 second more"),
        ] {
            assert_eq!(SittingTime { allowed_seconds, extra_seconds, break_seconds }.in_words(), words);
        }
    }
}
