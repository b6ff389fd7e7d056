//! Watching an exam.

mod wire;

pub use wire::{
    CandidateRow, IncidentKind, IncidentRow, Invigilation, MOST_INCIDENTS, SittingOverview, SittingRow,
    SittingTime,
};
