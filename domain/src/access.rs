//! The roles that people are granted by name. `services::access` decides what follows from a role, where the rows are.

use uuid::Uuid;

use crate::{cohorts::CohortId, organisations::OrganisationId, zone::AreaId};

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
    /// Looks after one area of NMP Zone: decides who comes in, and keeps its contacts and resources.
    ZoneLead(AreaId),
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
            Self::ZoneLead(_) => "zone-lead",
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
            ("zone-lead", Some(id)) => Some(Self::ZoneLead(AreaId(id))),
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
            Self::ZoneLead(_) => "Lead in NMP Zone",
        }
    }

    /// One of each kind, within this organisation, this cohort and this area.
    #[must_use]
    pub fn all(organisation: OrganisationId, cohort: CohortId, area: AreaId) -> [Self; 5] {
        let all = [
            Self::OrganisationAdministrator(organisation),
            Self::CohortTutor(cohort),
            Self::PaperSetter(organisation),
            Self::Support,
            Self::ZoneLead(area),
        ];
        for role in all {
            // A new kind does not compile until it is here. Add it to the list above too.
            match role {
                Self::OrganisationAdministrator(_)
                | Self::CohortTutor(_)
                | Self::PaperSetter(_)
                | Self::Support
                | Self::ZoneLead(_) => {}
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
            Self::CohortTutor(_) | Self::Support | Self::ZoneLead(_) => None,
        }
    }

    #[must_use]
    pub fn cohort(self) -> Option<CohortId> {
        match self {
            Self::CohortTutor(cohort) => Some(cohort),
            Self::OrganisationAdministrator(_) | Self::PaperSetter(_) | Self::Support | Self::ZoneLead(_) => {
                None
            }
        }
    }

    /// The area of NMP Zone.
    #[must_use]
    pub fn zone_area(self) -> Option<AreaId> {
        match self {
            Self::ZoneLead(area) => Some(area),
            Self::OrganisationAdministrator(_)
            | Self::CohortTutor(_)
            | Self::PaperSetter(_)
            | Self::Support => None,
        }
    }

    /// The scope of the role; nothing if that is the whole service.
    #[must_use]
    pub fn scope(self) -> Option<Uuid> {
        let scopes = [
            self.organisation().map(|organisation| organisation.0),
            self.cohort().map(|cohort| cohort.0),
            self.zone_area().map(|area| area.0),
        ];
        scopes.into_iter().flatten().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_stored() {
        let (organisation, cohort) = (OrganisationId(Uuid::from_u128(1)), CohortId(Uuid::from_u128(2)));
        for role in Role::all(organisation, cohort, AreaId(Uuid::from_u128(3))) {
            assert_eq!(Role::read(role.as_str(), role.scope()), Some(role));
            let other = if role.scope().is_some() { None } else { Some(cohort.0) };
            assert_eq!(Role::read(role.as_str(), other), None);
        }
        assert_eq!(Role::read("owner", None), None);
    }
}
