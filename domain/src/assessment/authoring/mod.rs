//! Writing a paper: its settings, its sections, its candidates.

mod candidates;
mod organisations;
mod papers;
mod shortage;
mod trial;
mod wire;

pub use candidates::{CandidateSort, CandidatesQuery, Known};
pub use organisations::{OfKind, OrganisationSort, OrganisationsQuery};
pub use papers::{PaperShow, PaperSort, PapersQuery};
pub use shortage::asked_again;
pub use trial::{Trial, TrialAsked, TriedAnswers};
pub use wire::{
    CandidatesPage, ChangeKind, InvitedLearner, ListChoice, MOST_CARDS, MyOrganisations, MyPapers,
    OrganisationRow, PaperCard, PaperChange, PaperPage, PaperSettings, PaperVersions, PublicationPage,
    RuleId, RuleView, SectionView, SectionsPage, Window,
};
