//! The outcome of a sitting, and the statistics of a paper's questions.

mod analysis;
mod outcome;
mod wire;

pub use analysis::{Alike, Analysis, FEWEST, ItemStatistics, Tally, analyse, tally};
pub use outcome::{ItemMark, Outcome, ReleasedOutcome, missed, outcome, whole_percent};
pub use wire::{
    CategoryResult, CertificateName, CorrectionRow, ItemRow, ItemSheet, ItemVariant, MOST_CORRECTIONS,
    QuestionResult, ResultSheet, SectionResult, SheetRow, SittingResult, Verification,
};
