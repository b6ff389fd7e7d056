//! What travels between the exam room and the server, and what candidates see before and after a sitting.

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
    /// In the order of this candidate; none during a rest break, and none once the sitting is submitted.
    pub questions: Vec<RoomQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomQuestion {
    pub item: ItemId,
    /// Title of the section that the question is in.
    pub section: String,
    pub marks: u16,
    pub asked: PageQuestion,
    /// The hints that were opened, as HTML. Hints can be opened where `asked.hints` is more than these.
    pub hints: Vec<String>,
    pub response: Option<Response>,
    pub flagged: bool,
    /// Of the answer that the server has; 0 when it has none.
    pub sequence: i64,
    /// The same of the flag.
    #[serde(default)]
    pub flag_sequence: i64,
    /// Why the answer cannot be marked as it stands.
    #[serde(default)]
    pub problem: Option<Problem>,
}

impl RoomQuestion {
    /// What a page without scripts was drawn with.
    pub fn drawn(&self) -> Drawn {
        Drawn { sequence: self.sequence, response: self.response.clone(), flagged: self.flagged }
    }
}

/// What the form of a question was drawn with. The form carries it back, so that only what somebody changed in it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    pub sequence: i64,
    pub response: Option<Response>,
    pub flagged: bool,
}

/// What changes while somebody sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// Until the deadline, by the database's clock; below zero past it. During a rest break: as if it ended now.
    pub remaining_ms: i64,
    /// The deadline in words, like "11:40am".
    pub ends: String,
    pub paused: bool,
    /// Of the break allowance; 0 where none was granted.
    pub break_left_ms: i64,
    pub submitted: bool,
    /// The newest epoch. Whoever has an older one looks at an old window.
    pub epoch: i64,
    /// Extra minutes in seconds, with what was added since the start: whatever grows is told to the candidate.
    #[serde(default)]
    pub extra_seconds: i64,
    /// When it is over at the latest, with every rest break that is granted, in milliseconds of Unix time. It moves only when
    /// somebody gives more time, in whatever way; 0 from servers of the version before.
    #[serde(default)]
    pub latest_end_ms: i64,
    /// Where the page asks how things stand: what came from older epochs, because the newest may not have heard of it, each with
    /// the reason why it cannot be marked as it stands.
    #[serde(default)]
    pub earlier: Vec<(Save, Option<Problem>)>,
}

impl RoomState {
    /// What the candidate is told when there is more time than `before`: the clock jumps, and nobody should have to wonder why.
    pub fn more_time_than(&self, before: &Self) -> Option<String> {
        let minutes_in_words =
            |minutes| if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        let left = minutes_in_words(self.remaining_ms.max(0) / 60_000);
        let added = (self.extra_seconds - before.extra_seconds) / 60;
        if added > 0 {
            let were = if added == 1 { "was" } else { "were" };
            return Some(format!("{} {were} added. You have {left} left.", minutes_in_words(added)));
        }
        // A paper that closes later, say.
        let later = before.latest_end_ms > 0 && self.latest_end_ms > before.latest_end_ms;
        later.then(|| format!("The end was moved: it is at {} now. You have {left} left.", self.ends))
    }

    /// An answer that was overtaken on its way knows of less time than was heard of already; it takes none back.
    pub fn knows_at_least(&mut self, before: &Self) {
        self.extra_seconds = self.extra_seconds.max(before.extra_seconds);
        self.latest_end_ms = self.latest_end_ms.max(before.latest_end_ms);
    }
}

/// The epoch that a page got when its scripts began to run, and how the sitting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochBegun {
    pub epoch: i64,
    pub state: RoomState,
}

/// An answer on its way, its flag, or both. Each has a sequence of its own, so that neither takes back the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Save {
    pub item: ItemId,
    pub sequence: i64,
    /// `None` takes the answer back.
    pub response: Option<Response>,
    pub flagged: bool,
    /// The answer was not touched, and another window may have given one meanwhile: only the flag is meant.
    #[serde(default)]
    pub only_flag: bool,
    /// Of the flag; 0 where only the answer is meant. `None`, from pages of the version before, is the answer's.
    #[serde(default)]
    pub flag_sequence: Option<i64>,
}

impl Save {
    /// The answer that is meant, by its sequence.
    pub fn answer(&self) -> Option<(i64, Option<&Response>)> {
        (!self.only_flag).then_some((self.sequence, self.response.as_ref()))
    }

    /// The flag that is meant, by its sequence.
    pub fn flag(&self) -> Option<(i64, bool)> {
        let sequence = self.flag_sequence.unwrap_or(self.sequence);
        (sequence != 0).then_some((sequence, self.flagged))
    }
}

/// Says that the answers are on the database's disk.
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

/// `/assessments`: what is set for somebody, and what they sat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateHome {
    /// Those that close first, at most [`MOST_PAPERS`].
    pub papers: Vec<CandidatePaper>,
    /// Those that something is wrong with: they take nothing from the others.
    pub not_shown: u32,
    /// How many there are in all.
    pub all_papers: u32,
    /// The newest, at most [`MOST_RESULTS`].
    pub results: Vec<PastSitting>,
    /// Those that something is wrong with.
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
    /// For this person, extra time in it, if they start now or, before it opens, at its opening; where nothing can be started any
    /// more, the whole of it.
    pub minutes: u32,
    /// The close leaves less than the whole time.
    pub cut_by_close: bool,
    pub adjustment: crate::assessment::adjustments::Adjustment,
    pub questions: u32,
    pub pass_percent: u8,
    /// The sections that have to be passed besides, in their order.
    pub section_passes: Vec<SectionPass>,
    pub calculator: bool,
    pub attempts_left: u8,
    pub standing: PaperAvailability,
    /// What was submitted last.
    pub last: Option<LastAttempt>,
}

/// A section with a pass mark of its own: whoever is below it fails the paper.
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

/// One row of somebody's own past results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSitting {
    pub sitting: SittingId,
    pub title: String,
    pub kind: PaperKind,
    pub submitted: Moment,
    /// `None` until the results are released.
    pub outcome: Option<ReleasedOutcome>,
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
    /// Without what could not be read.
    pub answered: u32,
    pub unreadable: u32,
    pub questions: u32,
    pub late: u32,
    /// SHA-256 of `text`, hexadecimal.
    pub hash: String,
    /// What was hashed: every answer as it was stored.
    pub text: String,
    /// When results come out, and whether they are.
    pub release: crate::assessment::Release,
    pub released: bool,
}

/// Who ended a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubmittedBy {
    Candidate,
    Setter,
    /// The time was up: the page said so, or, where the page was gone, the sweeper saw it.
    Clock,
}

impl SubmittedBy {
    /// As it is stored.
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
    fn more_time_is_told_once_whoever_gave_it() {
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
        // A break that begins or ends moves the end of the sitting, and nothing is given.
        assert_eq!(told(|state| (state.paused, state.ends) = (true, "10:05am".into())), None);
        let moved = |state: &mut RoomState| {
            (state.remaining_ms, state.latest_end_ms) = (900_000, 36_300_000);
            state.ends = "10:05am".into();
        };
        assert_eq!(
            told(moved).unwrap(),
            "The end was moved: it is at 10:05am now. You have 15 minutes left."
        );

        // What was on its way meanwhile takes nothing back, so nothing is told twice.
        let mut newest = before.clone();
        moved(&mut newest);
        let mut overtaken = before.clone();
        overtaken.knows_at_least(&newest);
        assert_eq!(newest.more_time_than(&overtaken), None);
        // The page was drawn by a server that did not say when it is over.
        let unknown = RoomState { latest_end_ms: 0, ..before.clone() };
        assert_eq!(newest.more_time_than(&unknown), None);
    }
}
