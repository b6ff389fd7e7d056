//! Writing a paper: its settings, its sections, its candidates.

mod shortage;
mod wire;

pub use shortage::asked_again;
pub use wire::{
    CandidatesPage, InvitedLearner, ListChoice, MyPapers, PaperCard, PaperChange, PaperPage, PaperSettings,
    PaperVersions, PublicationPage, RuleId, RuleView, SectionView, SectionsPage,
};
