//! Watching an exam.

mod wire;

pub use wire::{
    CandidateRow, IncidentRow, Invigilation, MOST_INCIDENTS, SittingOverview, SittingRow, SittingTime,
};
