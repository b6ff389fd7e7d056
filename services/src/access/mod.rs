//! Who may do what: the roles that people are given, and the proofs that others ask for.
//!
//! A **role** is a row of `grants` ([`grant`], [`take_back`]). What follows from it is decided by functions of the database, so that a page
//! asks in the statement that reads what it shows; nothing else reads `grants`:
//!
//! | function | a row for | proof |
//! |---|---|---|
//! | `cohort_access`, and `followed_cohorts` for the list | tutors of the cohort, administrators of its organisation | [`CohortTutor`] |
//! | `follows_cohorts` | tutors and administrators of anything, for the navigation | |
//! | `organisation_access`, and `sets_papers` for the list | who sets papers in the organisation, its administrators, support | [`OrganisationSetter`], [`ExtraTimeGiver`] |
//! | `paper_access`, and `papers_seen` for the list | who set the paper and still has the role, administrators of its organisation, support | [`PaperSetter`] |
//! | `sitting_access`, `item_access` | the same, of the paper of a sitting or of a question | [`InvigilatedSitting`], `PaperItem` |
//! | `own_sitting` | whose sitting it is | [`Candidate`] |
//! | `support_access` | support | [`Support`] |
//! | `support_reason` | each reason that support gave, as long as it holds | |
//!
//! They are in the migrations `*_access_*.sql`. They read tables of other areas, as far as it takes to find whose a cohort, a paper or a
//! sitting is. Each condition in them says by a mark what it is for; `server/tests/access/scopes.rs` takes out one after the other, and wants
//! the access tables to notice.
//!
//! A **proof** has private fields and every id that was checked. One that a function of the database made comes as the column `proof`, and
//! is nothing but that: the ids are those of the row, not those of the request. What a service does it does to the ids of the proof.
//!
//! A role ends when its row is deleted: by [`take_back`], with an event in the audit, or with the person, cohort or organisation, without
//! one. An `ended_at` would have to be asked for in each condition, and one
//! that forgets it gives away what was taken back.

mod cohort;
mod grants;
mod organisation;
mod paper;
mod sitting;
mod support;
#[cfg(test)]
mod tests;

pub use cohort::CohortTutor;
pub use grants::{NewGrant, grant, take_back};
pub use organisation::{ExtraTimeGiver, OrganisationSetter};
pub(crate) use paper::PaperAccess;
pub use paper::PaperSetter;
pub use sitting::Candidate;
pub(crate) use sitting::{InvigilatedSitting, SittingAccess};
pub(crate) use support::{BANK_SEEN, since};
pub use support::{LookedAt, Support, give_reason};
