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

    /// A role from its word and its scope, as stored. Nothing for a word that is no role, and for a scope that is missing or too much.
    #[must_use]
    pub fn read(word: &str, scope: Option<Uuid>) -> Option<Self> {
        match (word, scope) {
            ("organisation-administrator", Some(id)) => {
                Some(Self::OrganisationAdministrator(OrganisationId(id)))
            }
            ("cohort-tutor", Some(id)) => Some(Self::CohortTutor(CohortId(id))),
            ("paper-setter", Some(id)) => Some(Self::PaperSetter(OrganisationId(id))),
            ("support", None) => Some(Self::Support),
            _ => None,
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OrganisationAdministrator(_) => "Administrator",
            Self::CohortTutor(_) => "Tutor",
            Self::PaperSetter(_) => "Sets papers",
            Self::Support => "Support",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_stored() {
        let (organisation, cohort) = (OrganisationId(Uuid::from_u128(1)), CohortId(Uuid::from_u128(2)));
        for role in Role::all(organisation, cohort) {
            assert_eq!(Role::read(role.as_str(), role.scope()), Some(role));
            let other = if role.scope().is_some() { None } else { Some(cohort.0) };
            assert_eq!(Role::read(role.as_str(), other), None);
        }
        assert_eq!(Role::read("owner", None), None);
    }
}
