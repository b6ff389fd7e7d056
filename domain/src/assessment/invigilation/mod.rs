//! Watching an exam.

mod list;
mod wire;

pub use list::{InvigilationQuery, InvigilationShow, InvigilationSort};
pub use wire::{
    CandidateRow, IncidentKind, IncidentRow, Invigilation, MOST_INCIDENTS, SittingOverview, SittingRow,
    SittingTime,
};
