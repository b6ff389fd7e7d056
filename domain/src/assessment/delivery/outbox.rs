//! The answers of one open exam room: what the room shows, what the server has, and what still has to be sent.
//!
//! Nothing here knows of signals, timers, storage or a network: the page reports events and carries out the decisions.
//!
//! Answer and flag of a question are two *parts*, each with a sequence of its own, and for each part the highest
//! sequence counts, here as on the server. A part is `Saved` only when the server said so, or drew it. Unsent parts are
//! put into the browser's storage, under the name of this opening, and the next opening on this device takes them up
//! with their sequences.

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{EPOCH_SPAN, Room, Save};
use crate::{
    Problem,
    assessment::{ItemId, question::Response},
};

/// Answers given before the page has its epoch are later than all of the newest epoch known when it was drawn, and
/// earlier than the next epoch: they count from here.
pub const PROVISIONAL: i64 = EPOCH_SPAN / 2;
/// Two pages that wait for their epochs begin to count at different offsets, less than this.
const SALT: i64 = EPOCH_SPAN / 4;

/// How long to wait before retrying a submission that has failed this often: twice as long each time, from two seconds
/// to half a minute. `chance`, from 0 to 1, adds up to half as much again, so that a room full of pages does not ask at
/// the same moment.
pub fn pause_after(failures: u32, chance: f64) -> Duration {
    let pause = Duration::from_secs(2_u64.saturating_pow(failures.saturating_add(1)).min(30));
    pause.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0)
}

/// The state of the answers, as shown to the candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveStatus {
    /// No answer was given since the page was opened.
    Fresh,
    /// There is an answer that the server does not have.
    Saving,
    /// The same, and it could not be sent: it is tried again.
    Unsaved,
    /// The same, and no person is signed in in this browser.
    SignedOut,
    /// The sitting does not belong to the person who is now signed in in this browser.
    SomebodyElse,
    /// The server will never accept the answers to this number of questions.
    Refused(usize),
    /// At this time, in London.
    Saved(String),
    /// The same, in a window that is not the newest: if both answered a question, the newer one's answer counts.
    Elsewhere(String),
    /// After the deadline and its grace, or during a break: kept, and not counted.
    Late,
}

/// The progress of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Saved,
    Unsent,
    /// The server will never accept it. It is kept, and not sent again.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part<T> {
    value: T,
    sequence: i64,
    way: Way,
}

impl<T: PartialEq> Part<T> {
    fn saved(value: T, sequence: i64) -> Self {
        Self { value, sequence, way: Way::Saved }
    }

    fn change(&mut self, value: T, sequence: i64) {
        *self = Self { value, sequence, way: Way::Unsent };
    }

    /// The server has this. Returns whether the page has to show something else.
    fn stands(&mut self, value: T, sequence: i64) -> bool {
        if sequence < self.sequence {
            return false;
        }
        let anew = self.value != value;
        *self = Self::saved(value, sequence);
        anew
    }

    /// An older opening has left this behind. If the server's value or the one here is later, it is dropped.
    fn found(&mut self, value: T, sequence: i64) -> bool {
        if sequence <= self.sequence {
            return false;
        }
        let anew = self.value != value;
        self.change(value, sequence);
        anew
    }

    /// Sets its progress, if nothing newer has replaced it meanwhile.
    fn come(&mut self, sequence: i64, way: Way) {
        if self.sequence == sequence && self.way != Way::Saved {
            self.way = way;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    item: ItemId,
    answer: Part<Option<Response>>,
    flag: Part<bool>,
    /// Why the server's answer cannot be marked as it is: the server reads answers, the page does not.
    problem: Option<Problem>,
    /// Grows when an answer arrives from outside the page: the question is then drawn again.
    filled: u32,
}

impl Entry {
    /// The requested parts of it, as they are sent.
    fn save(&self, wanted: impl Fn(Way) -> bool) -> Option<Save> {
        let (answer, flag) = (wanted(self.answer.way), wanted(self.flag.way));
        (answer || flag).then(|| Save {
            item: self.item,
            sequence: if answer { self.answer.sequence } else { self.flag.sequence },
            response: self.answer.value.clone().filter(|_| answer),
            flagged: self.flag.value,
            only_flag: !answer,
            flag_sequence: Some(if flag { self.flag.sequence } else { 0 }),
        })
    }
}

/// All answers of one opening of the room. Questions are given by their index in the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOutbox {
    /// The newest epoch when the page was drawn.
    drawn_at: i64,
    salt: i64,
    epoch: Option<i64>,
    /// The newest epoch that the page has heard of.
    newest: i64,
    count: i64,
    /// In the order of the paper; after them stored answers to questions that the page does not show.
    entries: Vec<Entry>,
    on_device: bool,
    theirs: bool,
    /// A call was refused, and it is unknown which of its answers is the cause: they go one by one.
    singly: bool,
    /// The last call failed.
    failing: Option<Failure>,
    /// The server's reply to the last successful call.
    said: Option<Said>,
}

/// Why a call failed. It is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No reply, or the service is not available.
    Unreachable,
    SignedOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    at: String,
    late: bool,
}

impl AnswerOutbox {
    /// The state as drawn by the server. `salt` is any number that another page is unlikely to have.
    pub fn new(room: &Room, salt: u32) -> Self {
        let entry = |question: &super::RoomQuestion| Entry {
            item: question.item,
            answer: Part::saved(question.response.clone(), question.sequence),
            flag: Part::saved(question.flagged, question.flag_sequence),
            problem: question.problem.clone(),
            filled: 0,
        };
        Self {
            drawn_at: room.epoch,
            salt: i64::from(salt) % SALT,
            epoch: None,
            newest: room.state.epoch.max(room.epoch),
            count: 0,
            entries: room.questions.iter().map(entry).collect(),
            on_device: true,
            theirs: true,
            singly: false,
            failing: None,
            said: None,
        }
    }

    /// The storage key of this opening's unsent answers.
    pub fn name(&self) -> String {
        format!("{}-{}", self.drawn_at, self.salt)
    }

    pub fn item(&self, n: usize) -> Option<ItemId> {
        self.entries.get(n).map(|entry| entry.item)
    }

    pub fn response(&self, n: usize) -> Option<&Response> {
        self.entries.get(n)?.answer.value.as_ref()
    }

    pub fn flagged(&self, n: usize) -> bool {
        self.entries.get(n).is_some_and(|entry| entry.flag.value)
    }

    /// Changes when a question has to be drawn again.
    pub fn filled(&self, n: usize) -> u32 {
        self.entries.get(n).map_or(0, |entry| entry.filled)
    }

    /// Why the shown answer cannot be marked as it is. There is no problem before the server has the answer.
    pub fn problem(&self, n: usize) -> Option<Problem> {
        self.entries.get(n).filter(|entry| entry.answer.way == Way::Saved)?.problem.clone()
    }

    /// The shown answer, once the server has it.
    pub fn kept(&self, n: usize) -> Option<&Response> {
        self.entries.get(n).filter(|entry| entry.answer.way == Way::Saved)?.answer.value.as_ref()
    }

    /// An answer was given or cleared.
    pub fn answer(&mut self, n: usize, response: Option<Response>) {
        let sequence = self.next();
        if let Some(entry) = self.entries.get_mut(n) {
            entry.answer.change(response, sequence);
        }
    }

    /// The flag was set or removed.
    pub fn flag(&mut self, n: usize, flagged: bool) {
        let sequence = self.next();
        if let Some(entry) = self.entries.get_mut(n) {
            entry.flag.change(flagged, sequence);
        }
    }

    fn next(&mut self) -> i64 {
        self.count += 1;
        self.count
            + self
                .epoch
                .map_or(self.drawn_at * EPOCH_SPAN + PROVISIONAL + self.salt, |epoch| epoch * EPOCH_SPAN)
    }

    /// The server has given this page its epoch. Earlier answers keep their sequences, unless no page can have them:
    /// then the database was restored from a backup, and they get new ones.
    pub fn begin_epoch(&mut self, epoch: i64) {
        (self.epoch, self.count) = (Some(epoch), 0);
        self.heard_of(epoch);
        let beyond = (epoch + 1) * EPOCH_SPAN;
        for n in 0..self.entries.len() {
            let Entry { answer, flag, .. } = self.entries[n].clone();
            if answer.way != Way::Saved && answer.sequence >= beyond {
                self.answer(n, answer.value);
            }
            if flag.way != Way::Saved && flag.sequence >= beyond {
                self.flag(n, flag.value);
            }
        }
    }

    pub fn has_epoch(&self) -> bool {
        self.epoch.is_some()
    }

    /// The newest epoch, as the server reports it.
    pub fn heard_of(&mut self, newest: i64) {
        self.newest = self.newest.max(newest);
    }

    /// A newer opening exists: if both answer a question, the other one's answer counts.
    pub fn is_old(&self) -> bool {
        self.epoch.is_some_and(|epoch| epoch < self.newest)
    }

    /// Answers that the server has from other windows, each with why it cannot be marked as it is.
    pub fn merge(&mut self, kept: &[(Save, Option<Problem>)]) {
        for (save, problem) in kept {
            let Some(entry) = self.entries.iter_mut().find(|entry| entry.item == save.item) else { continue };
            if save.answer().is_some_and(|(sequence, _)| sequence >= entry.answer.sequence) {
                entry.problem.clone_from(problem);
            }
            let answer =
                save.answer().is_some_and(|(sequence, value)| entry.answer.stands(value.cloned(), sequence));
            let flag = save.flag().is_some_and(|(sequence, value)| entry.flag.stands(value, sequence));
            entry.filled += u32::from(answer || flag);
        }
    }

    /// Answers that earlier openings on this device could not send. To be called before any answer is given.
    pub fn take_up(&mut self, found: &[Save]) {
        for save in found {
            let known = self.entries.iter().position(|entry| entry.item == save.item);
            // In a rest break the page shows no questions: unsent answers are sent all the same.
            let n = known.unwrap_or_else(|| {
                self.entries.push(Entry {
                    item: save.item,
                    answer: Part::saved(None, 0),
                    flag: Part::saved(false, 0),
                    problem: None,
                    filled: 0,
                });
                self.entries.len() - 1
            });
            let entry = &mut self.entries[n];
            let answer =
                save.answer().is_some_and(|(sequence, value)| entry.answer.found(value.cloned(), sequence));
            let flag = save.flag().is_some_and(|(sequence, value)| entry.flag.found(value, sequence));
            entry.filled += u32::from(answer || flag);
        }
    }

    /// Everything that the server does not have: the device has to store it.
    pub fn unsent(&self) -> Vec<Save> {
        self.entries.iter().filter_map(|entry| entry.save(|way| way != Way::Saved)).collect()
    }

    /// The state of the answers. It is never "Saved" while anything is unsent.
    pub fn status(&self) -> SaveStatus {
        if !self.theirs {
            return SaveStatus::SomebodyElse;
        }
        if !self.last().is_empty() {
            return match self.failing {
                None => SaveStatus::Saving,
                Some(Failure::Unreachable) => SaveStatus::Unsaved,
                Some(Failure::SignedOut) => SaveStatus::SignedOut,
            };
        }
        match (self.refused(), &self.said) {
            (0, None) => SaveStatus::Fresh,
            (0, Some(said)) if said.late => SaveStatus::Late,
            (0, Some(said)) if self.is_old() => SaveStatus::Elsewhere(said.at.clone()),
            (0, Some(said)) => SaveStatus::Saved(said.at.clone()),
            (refused, _) => SaveStatus::Refused(refused),
        }
    }

    /// The parts for the next call. None while another person is signed in, because the server would refuse them.
    pub fn to_send(&self) -> Vec<Save> {
        let most = match (self.theirs, self.singly) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => usize::MAX,
        };
        self.last().into_iter().take(most).collect()
    }

    /// The parts for the submission: everything that the server may still accept.
    pub fn last(&self) -> Vec<Save> {
        self.entries.iter().filter_map(|entry| entry.save(|way| way == Way::Unsent)).collect()
    }

    /// A call failed. Its parts still have to be sent.
    pub fn failed(&mut self, why: Failure) {
        self.failing = Some(why);
    }

    /// No person was signed in in this browser when the last call failed.
    pub fn is_signed_out(&self) -> bool {
        self.failing == Some(Failure::SignedOut)
    }

    /// The server has replied to the signed-in person.
    pub fn signed_in(&mut self) {
        if self.is_signed_out() {
            self.failing = None;
        }
    }

    /// The server's reply to an accepted call: the time, and whether it was too late to count.
    pub fn said(&mut self, at: String, late: bool) {
        self.said = Some(Said { at, late });
    }

    /// The server has these, and names the answers that cannot be marked as they are. A part that has changed again
    /// meanwhile has a higher sequence and still has to be sent.
    pub fn acknowledge(&mut self, saves: &[Save], problems: &[(ItemId, Problem)]) {
        for (sequence, save) in saves.iter().filter_map(|save| Some((save.answer()?.0, save))) {
            let entry = self.entries.iter_mut().find(|entry| entry.item == save.item);
            if let Some(entry) = entry.filter(|entry| entry.answer.sequence == sequence) {
                let problem = problems.iter().find(|(item, _)| *item == save.item);
                entry.problem = problem.map(|(_, problem)| problem.clone());
            }
        }
        self.failing = None;
        self.come(saves, Way::Saved);
    }

    /// The server will never accept these as they were sent. A call of several is split first, so that one does not
    /// hold back the others.
    pub fn refuse(&mut self, saves: &[Save]) {
        self.failing = None;
        if saves.len() > 1 {
            self.singly = true;
        } else {
            self.come(saves, Way::Refused);
        }
    }

    fn come(&mut self, saves: &[Save], way: Way) {
        for save in saves {
            let Some(entry) = self.entries.iter_mut().find(|entry| entry.item == save.item) else { continue };
            if let Some((sequence, _)) = save.answer() {
                entry.answer.come(sequence, way);
            }
            if let Some((sequence, _)) = save.flag() {
                entry.flag.come(sequence, way);
            }
        }
        self.singly &= self.entries.iter().any(|entry| entry.save(|way| way == Way::Unsent).is_some());
    }

    /// How many questions have a refused part.
    pub fn refused(&self) -> usize {
        self.entries.iter().filter(|entry| entry.save(|way| way == Way::Refused).is_some()).count()
    }

    /// Whether the sitting belongs to the person who is signed in now. The server does not find another person's
    /// sitting.
    pub fn belongs(&mut self, theirs: bool) {
        self.theirs = theirs;
    }

    /// Whether the device accepted what it had to store: its storage may be full, or forbidden.
    pub fn kept_on_device(&mut self, kept: bool) {
        self.on_device = kept;
    }

    /// Whether closing this page now would lose nothing.
    pub fn is_safe(&self) -> bool {
        self.on_device || self.unsent().is_empty()
    }
}
