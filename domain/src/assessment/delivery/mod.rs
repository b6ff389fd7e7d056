//! Sitting a paper: the exam room, its answers, its calculator and its clock.

mod calculator;
mod order;
mod outbox;
mod window;
mod wire;

pub use calculator::{Calculator, Press};
pub use order::shuffled;
pub use outbox::{AnswerOutbox, Failure, PROVISIONAL, SaveStatus, pause_after};
pub use window::WindowWatch;
pub use wire::{
    CandidateHome, CandidatePaper, Drawn, EpochBegun, LastAttempt, MOST_PAPERS, MOST_RESULTS,
    PaperAvailability, PastSitting, Receipt, Room, RoomQuestion, RoomState, Save, Saved, SectionPass,
    SittingId, SubmittedBy,
};

/// How long after the deadline an answer still counts, in seconds: it was given in time and the network was slow.
pub const GRACE_SECONDS: u32 = 30;

/// How long after the beginning of a rest break an answer still counts, in seconds: it was given before the break and
/// was on its way.
pub const BREAK_GRACE_SECONDS: u32 = 15;

/// Decides which of two answers is the later one. Every opening of the exam room is an *epoch*, counted by the server;
/// within it the page counts. So a later opening counts as later whatever the clocks of two devices say, and an old
/// page can never overwrite a newer answer.
pub const EPOCH_SPAN: i64 = 1 << 32;
