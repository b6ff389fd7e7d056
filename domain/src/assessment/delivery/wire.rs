//! Wire types of the exam room, and of a candidate's pages before and after a sitting.

use serde::{Deserialize, Serialize};

use crate::{
    Moment, Problem,
    assessment::{
        ItemId, PaperId, PaperKind,
        question::{PageQuestion, Response},
        results::ReleasedOutcome,
    },
};

crate::id! {
    /// One attempt of one person at one paper.
    SittingId
}

/// Everything the exam room needs, at once: the network may be gone a moment later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub sitting: SittingId,
    pub title: String,
    pub kind: PaperKind,
    pub calculator: bool,
    /// The newest epoch when the room was drawn. Drawing it takes none: see [`EpochBegun`].
    pub epoch: i64,
    pub state: RoomState,
    /// In this candidate's order; none during a rest break, and none once the sitting is submitted.
    pub questions: Vec<RoomQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomQuestion {
    pub item: ItemId,
    /// Title of the section that the question is in.
    pub section: String,
    pub marks: u16,
    pub asked: PageQuestion,
    /// The open hints, as HTML. More can be opened if `asked.hints` is larger than their number.
    pub hints: Vec<String>,
    pub response: Option<Response>,
    pub flagged: bool,
    /// The sequence of the server's answer; 0 when it has none.
    pub sequence: i64,
    /// The same for the flag.
    #[serde(default)]
    pub flag_sequence: i64,
    /// Why the answer cannot be marked as it is.
    #[serde(default)]
    pub problem: Option<Problem>,
}

impl RoomQuestion {
    /// The values that a page without scripts was drawn with.
    pub fn drawn(&self) -> Drawn {
        Drawn { sequence: self.sequence, response: self.response.clone(), flagged: self.flagged }
    }
}

/// The values that a question's form was drawn with. The form sends them back, so that only changes are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    pub sequence: i64,
    pub response: Option<Response>,
    pub flagged: bool,
}

/// What changes during a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// Until the deadline, by the database's clock; below zero past it. During a rest break: as if it ended now.
    pub remaining_ms: i64,
    /// The deadline in words, like "11:40am".
    pub ends: String,
    pub paused: bool,
    /// The remaining break allowance; 0 if none was granted.
    pub break_left_ms: i64,
    pub submitted: bool,
    /// The newest epoch. A page with an older one is an old window.
    pub epoch: i64,
    /// Extra minutes in seconds, with time added since the start: the candidate is told of each increase.
    #[serde(default)]
    pub extra_seconds: i64,
    /// The latest possible end, with all granted rest breaks, in milliseconds of Unix time. It moves only when more
    /// time is given, by any means; 0 from servers of the previous version.
    #[serde(default)]
    pub latest_end_ms: i64,
    /// In reply to a sign of life: answers from older epochs, because the newest may not know of them, each with the
    /// reason why it cannot be marked as it is.
    #[serde(default)]
    pub earlier: Vec<(Save, Option<Problem>)>,
}

impl RoomState {
    /// The notice to the candidate when there is more time than `before`: the clock jumps, and the notice explains why.
    pub fn more_time_than(&self, before: &Self) -> Option<String> {
        let minutes_in_words =
            |minutes| if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        let left = minutes_in_words(self.remaining_ms.max(0) / 60_000);
        let added = (self.extra_seconds - before.extra_seconds) / 60;
        if added > 0 {
            let were = if added == 1 { "was" } else { "were" };
            return Some(format!("{} {were} added. You have {left} left.", minutes_in_words(added)));
        }
        // A paper that closes later, for example.
        let later = before.latest_end_ms > 0 && self.latest_end_ms > before.latest_end_ms;
        later.then(|| format!("The end was moved: it is at {} now. You have {left} left.", self.ends))
    }

    /// An overtaken reply knows of less time than a later one; it takes none away.
    pub fn knows_at_least(&mut self, before: &Self) {
        self.extra_seconds = self.extra_seconds.max(before.extra_seconds);
        self.latest_end_ms = self.latest_end_ms.max(before.latest_end_ms);
    }
}

/// The epoch that a page got when its scripts began to run, and the state of the sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochBegun {
    pub epoch: i64,
    pub state: RoomState,
}

/// An answer on its way, its flag, or both. Each has a sequence of its own, so that neither overwrites the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Save {
    pub item: ItemId,
    pub sequence: i64,
    /// `None` clears the answer.
    pub response: Option<Response>,
    pub flagged: bool,
    /// The answer was not changed, and another window may have given one meanwhile: only the flag counts.
    #[serde(default)]
    pub only_flag: bool,
    /// The sequence of the flag; 0 if only the answer counts. `None`, from pages of the previous version, means the
    /// answer's.
    #[serde(default)]
    pub flag_sequence: Option<i64>,
}

impl Save {
    /// The answer that counts, by its sequence.
    pub fn answer(&self) -> Option<(i64, Option<&Response>)> {
        (!self.only_flag).then_some((self.sequence, self.response.as_ref()))
    }

    /// The flag that counts, by its sequence.
    pub fn flag(&self) -> Option<(i64, bool)> {
        let sequence = self.flag_sequence.unwrap_or(self.sequence);
        (sequence != 0).then_some((sequence, self.flagged))
    }
}

/// Confirms that the answers are on the database's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// In London, like "10:42am".
    pub at: String,
    /// Too late to count, and kept all the same.
    pub late: bool,
    pub problems: Vec<(ItemId, Problem)>,
    pub state: RoomState,
}

/// How many papers the start page lists, and how many past results.
pub const MOST_PAPERS: usize = 100;

pub const MOST_RESULTS: usize = 100;

/// `/assessments`: the papers set for a person, and their past sittings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateHome {
    /// Those that close first, at most [`MOST_PAPERS`].
    pub papers: Vec<CandidatePaper>,
    /// The number of faulty rows: they take nothing from the others.
    pub not_shown: u32,
    /// How many there are in all.
    pub all_papers: u32,
    /// The newest, at most [`MOST_RESULTS`].
    pub results: Vec<PastSitting>,
    /// The number of faulty rows.
    pub results_not_shown: u32,
    /// How many there are in all.
    pub all_results: u32,
    pub sets_papers: bool,
}

/// A paper as a candidate sees it before starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatePaper {
    pub id: PaperId,
    pub title: String,
    pub kind: PaperKind,
    pub organisation: String,
    pub instructions: String,
    pub opens: Moment,
    /// Seconds until then; 0 once it is open.
    pub opens_in: u32,
    pub closes: Moment,
    /// The time for this person, including extra time, if they start now or, before it opens, at its opening; if no
    /// sitting can be started any more, the whole time.
    pub minutes: u32,
    /// The close leaves less than the whole time.
    pub cut_by_close: bool,
    pub adjustment: crate::assessment::adjustments::Adjustment,
    pub questions: u32,
    pub pass_percent: u8,
    /// The sections that also have to be passed, in their order.
    pub section_passes: Vec<SectionPass>,
    pub calculator: bool,
    pub attempts_left: u8,
    /// What is left of the sitting that goes on, in minutes: one that has begun counts. `None` without such a sitting.
    #[serde(default)]
    pub minutes_left: Option<u32>,
    /// The day of the close in words, once the paper has closed.
    #[serde(default)]
    pub closed_on: Option<String>,
    pub standing: PaperAvailability,
    /// The last submission.
    pub last: Option<LastAttempt>,
}

/// A section with a pass mark of its own: a candidate below it fails the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionPass {
    pub title: String,
    pub percent: u8,
}

/// The newest submitted attempt at a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAttempt {
    pub sitting: SittingId,
    /// `None` until the results are released.
    pub outcome: Option<ReleasedOutcome>,
    /// A question has been corrected, and this sitting is not marked again yet: the outcome may change.
    pub remarking: bool,
}

/// What a candidate can do with a paper now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperAvailability {
    NotOpenYet,
    CanStart,
    Sitting(SittingId),
    NoAttemptsLeft,
    Closed,
}

/// One row of a person's own past results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSitting {
    pub sitting: SittingId,
    pub title: String,
    pub kind: PaperKind,
    pub submitted: Moment,
    /// `None` until the results are released.
    pub outcome: Option<ReleasedOutcome>,
    /// As in [`LastAttempt`].
    pub remarking: bool,
    /// The day that it will be removed, in words.
    pub removed_on: String,
}

/// `/assessments/sittings/{sitting}/receipt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub sitting: SittingId,
    pub title: String,
    pub submitted: Moment,
    pub submitted_by: SubmittedBy,
    /// Without unreadable answers.
    pub answered: u32,
    pub unreadable: u32,
    pub questions: u32,
    pub late: u32,
    /// SHA-256 of `text`, hexadecimal.
    pub hash: String,
    /// The hashed text: every answer as stored.
    pub text: String,
    /// When results are released, and whether they are.
    pub release: crate::assessment::Release,
    pub released: bool,
}

impl Receipt {
    /// The fingerprint in groups of four, as people compare it.
    pub fn in_fours(&self) -> Vec<String> {
        let signs: Vec<char> = self.hash.chars().collect();
        signs.chunks(4).map(|four| four.iter().collect()).collect()
    }
}

/// Who ended a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubmittedBy {
    Candidate,
    Setter,
    /// The time was up: the page said so, or, if the page was gone, the sweeper found it.
    Clock,
}

impl SubmittedBy {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Setter => "setter",
            Self::Clock => "sweeper",
        }
    }

    /// In a list of results.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Candidate => "Candidate",
            Self::Setter => "Setter",
            Self::Clock => "Time was up",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Candidate, Self::Setter, Self::Clock].into_iter().find(|by| by.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_time_is_announced_once_whatever_its_source() {
        let before = RoomState {
            remaining_ms: 600_000,
            ends: "10am".into(),
            paused: false,
            break_left_ms: 0,
            submitted: false,
            epoch: 1,
            extra_seconds: 60,
            latest_end_ms: 36_000_000,
            earlier: Vec::new(),
        };
        let told = |change: fn(&mut RoomState)| {
            let mut state = before.clone();
            change(&mut state);
            state.more_time_than(&before)
        };
        assert_eq!(told(|state| state.remaining_ms -= 5_000), None);
        let added = |state: &mut RoomState| {
            (state.remaining_ms, state.extra_seconds, state.latest_end_ms) = (660_500, 120, 36_060_000);
        };
        assert_eq!(told(added).unwrap(), "1 minute was added. You have 11 minutes left.");
        // A break that begins or ends moves the end of the sitting, and adds no time.
        assert_eq!(told(|state| (state.paused, state.ends) = (true, "10:05am".into())), None);
        let moved = |state: &mut RoomState| {
            (state.remaining_ms, state.latest_end_ms) = (900_000, 36_300_000);
            state.ends = "10:05am".into();
        };
        assert_eq!(
            told(moved).unwrap(),
            "The end was moved: it is at 10:05am now. You have 15 minutes left."
        );

        // An overtaken reply takes nothing away, so nothing is announced twice.
        let mut newest = before.clone();
        moved(&mut newest);
        let mut overtaken = before.clone();
        overtaken.knows_at_least(&newest);
        assert_eq!(newest.more_time_than(&overtaken), None);
        // The page was drawn by a server that did not give the latest end.
        let unknown = RoomState { latest_end_ms: 0, ..before.clone() };
        assert_eq!(newest.more_time_than(&unknown), None);
    }
}
