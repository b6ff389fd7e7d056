//! The outcome of a sitting, and the statistics of a paper's questions.

mod analysis;
mod distribution;
mod judged;
mod list;
mod outcome;
mod wire;

pub use analysis::{Alike, Analysis, FEWEST, ItemStatistics, Tally, analyse, tally};
pub use distribution::{Band, Distribution, Marked};
pub use judged::Judged;
pub use list::{ResultSort, ResultsQuery, Show};
pub use outcome::{ItemMark, Outcome, ReleasedOutcome, missed, outcome, whole_percent};
pub use wire::{
    CategoryResult, CertificateName, CorrectionKind, CorrectionRow, Effect, ItemRow, ItemVariant, ItemsPage,
    MOST_CORRECTIONS, QuestionResult, Remarking, ResultRow, ResultTotals, ResultsPage, SectionResult,
    SittingResult, Verification, Verified,
};
