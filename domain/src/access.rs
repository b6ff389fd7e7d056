//! The roles that people are granted by name. `services::access` decides what follows from a role, where the rows are.

use uuid::Uuid;

use crate::{cohorts::CohortId, organisations::OrganisationId};

/// A role with the scope that it is granted for: no role exists without its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sees the cohorts and papers of a whole organisation, and sets papers there.
    OrganisationAdministrator(OrganisationId),
    /// Sees the access and completion of one cohort.
    CohortTutor(CohortId),
    /// Sets papers in an organisation, and sees those of their own.
    PaperSetter(OrganisationId),
    /// Staff of the co-operative, for the whole service.
    Support,
}

impl Role {
    /// As stored in `grants.role` and the audit. A word never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrganisationAdministrator(_) => "organisation-administrator",
            Self::CohortTutor(_) => "cohort-tutor",
            Self::PaperSetter(_) => "paper-setter",
            Self::Support => "support",
        }
    }

    /// One of each kind, within this organisation and this cohort.
    #[must_use]
    pub fn all(organisation: OrganisationId, cohort: CohortId) -> [Self; 4] {
        let all = [
            Self::OrganisationAdministrator(organisation),
            Self::CohortTutor(cohort),
            Self::PaperSetter(organisation),
            Self::Support,
        ];
        for role in all {
            // A new kind does not compile until it is here. Add it to the list above too.
            match role {
                Self::OrganisationAdministrator(_)
                | Self::CohortTutor(_)
                | Self::PaperSetter(_)
                | Self::Support => {}
            }
        }
        all
    }

    #[must_use]
    pub fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::OrganisationAdministrator(organisation) | Self::PaperSetter(organisation) => {
                Some(organisation)
            }
            Self::CohortTutor(_) | Self::Support => None,
        }
    }

    #[must_use]
    pub fn cohort(self) -> Option<CohortId> {
        match self {
            Self::CohortTutor(cohort) => Some(cohort),
            Self::OrganisationAdministrator(_) | Self::PaperSetter(_) | Self::Support => None,
        }
    }

    /// The scope of the role; nothing if that is the whole service.
    #[must_use]
    pub fn scope(self) -> Option<Uuid> {
        self.organisation().map(|organisation| organisation.0).or(self.cohort().map(|cohort| cohort.0))
    }
}
