//! Who may do what: the roles that people are granted, and the proofs that other areas require.
//!
//! A **role** is a row of `grants` ([`grant`], [`take_back`]). Database functions decide what follows from it, so that
//! a page checks permission in the statement that reads its data; nothing else reads `grants`:
//!
//! | function | a row for | proof |
//! |---|---|---|
//! | `cohort_access`, and `followed_cohorts` for the list | tutors of the cohort, administrators of its organisation | [`CohortTutor`] |
//! | `roles_of` | everybody: whether they have a role, follow cohorts anywhere, are support, for signing in and the navigation | |
//! | `organisation_administration`, and `administered_organisations` for the list | administrators of the organisation, support | [`OrganisationAdministrator`] |
//! | `progress_access` | administrators of the organisation, who see what its people have completed | [`ProgressFollower`] |
//! | `progress_seen` | an organisation and a person for whom it pays, and who has consented: it sees the courses that they follow alone; who of the organisation looks is decided by the others | |
//! | `cohort_tutors` | the tutors of a cohort, for its organisation's administrators | |
//! | `organisation_access`, and `sets_papers` for the list | setters of the organisation, its administrators, support | [`OrganisationSetter`], [`ExtraTimeGiver`] |
//! | `paper_access`, and `papers_seen` for the list | the person who set the paper and still has the role, administrators of its organisation, support | [`PaperSetter`] |
//! | `sitting_access`, `item_access` | the same, for the paper of a sitting or of a question | [`InvigilatedSitting`], `PaperItem` |
//! | `own_sitting` | the candidate of the sitting | [`Candidate`] |
//! | `support_access` | support | [`Support`] |
//! | `support_look` | support, with a reason for a person or for the audit | [`Helper`], [`AuditReader`] |
//! | `zone_access` | members of the area, and opens it for the transaction | [`AreaMember`], [`AreaLead`] |
//! | `support_reason` | each reason that support has given, as long as it is valid | |
//!
//! The current ones are in the migration `20261129091000_access_grants.sql`, except `organisation_access`, `paper_access` and
//! `looked_at`, which tells whether the subject of support's reason exists: these are in `20261129124000_areas_published.sql`;
//! those about the administration of an organisation are in `20261129200000_organisations_people.sql`, but
//! `organisation_administration` is in `20261130270000_support_rights.sql`; `progress_access` is in
//! `20261130110000_organisations_report.sql`, and `progress_seen` in `20261130180002_learning_whose_progress.sql`; `support_look` and
//! `support_reason` are in `20261130170000_support_looks.sql`, with `support_shows`, which names the people whom a look of support
//! shows, to be kept in `support_shown`; `roles_of` is in `20261130200000_accounts_half_open.sql`, and `zone_access` in `20261202100000_zone_create.sql`. The views `roles_held` and `zone_leads` show other areas who holds which role.
//! They read tables of other areas only to find the owner of a cohort, a paper or a sitting, who pays for a learner, and whom a look
//! shows. A mark on each condition says what it is for; `server/tests/access/scopes.rs` removes one after the other, and expects the
//! access tables to notice.
//!
//! A **proof** has private fields and every id that was checked. A database function returns it as the column `proof`,
//! which holds nothing else: its ids are those of the row, not those of the request. A service acts on the ids of the
//! proof only.
//!
//! A role ends when its row is deleted: by [`take_back`], with an audit event, also when a person no longer belongs to the
//! organisation, or their account goes because nobody has opened it (`take_back_all`); or with the cohort or organisation, without one. Each condition would have to check an `ended_at`, and one that forgot it would restore a
//! withdrawn role.

mod administration;
mod cohort;
mod grants;
mod organisation;
mod paper;
mod progress;
mod sitting;
mod support;
#[cfg(test)]
mod tests;
mod zone;

pub use administration::OrganisationAdministrator;
pub use cohort::CohortTutor;
pub use grants::{NewGrant, grant, take_back};
pub(crate) use grants::{
    administers_alone, grant_for, grant_shown, has_role_in, take_back_all, take_back_for,
};
pub use organisation::{ExtraTimeGiver, OrganisationSetter};
pub(crate) use paper::PaperAccess;
pub use paper::PaperSetter;
pub use progress::ProgressFollower;
pub use sitting::Candidate;
pub(crate) use sitting::{InvigilatedSitting, SittingAccess};
pub use support::{AuditReader, Helper, LookedAt, Support, give_reason};
pub(crate) use support::{
    BANK_SEEN, by_support, end_look, keep_all_leaving, keep_leaving, keep_shown, since,
};
pub use zone::{AreaLead, AreaMember, ZonePerson};
pub(crate) use zone::{acts_for, sets_up};
