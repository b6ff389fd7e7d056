//! Watching an exam.

mod wire;

pub use wire::{
    CandidateRow, IncidentRow, Invigilation, MOST_INCIDENTS, SittingDesk, SittingRow, SittingTime,
};
