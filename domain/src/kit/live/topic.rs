use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::{
    accounts::{PersonId, SessionId},
    assessment::delivery::SittingId,
    cohorts::CohortId,
    organisations::OrganisationId,
    zone::AreaId,
};

/// Something that can change while a page shows it. News carries nothing else: a page that hears of it asks for the new
/// state, with its own permission.
///
/// As text it is `kind:id`, in the database's notifications (`live_tell`), in the address of a tab's stream and in its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A person's progress in their courses. As text it is `learner`: database functions send that word, and servers
    /// and tabs of other versions read it.
    Progress(PersonId),
    /// The progress of a cohort's students.
    Cohort(CohortId),
    /// The progress of an organisation's people, as far as its report shows it.
    Organisation(OrganisationId),
    /// The clock and the end of one sitting. Its answers make no news.
    Sitting(SittingId),
    /// The end of a session.
    Session(SessionId),
    /// How somebody stands to the areas of the Zone and, for a lead, who waits for their decision. It names no area: nobody
    /// else may know which is theirs.
    Zone(PersonId),
    /// Somebody has left an area of the Zone. Its members hear of it.
    Area(AreaId),
}

impl Topic {
    fn kind_and_id(self) -> (&'static str, Uuid) {
        match self {
            Self::Progress(person) => ("learner", person.0),
            Self::Cohort(cohort) => ("cohort", cohort.0),
            Self::Organisation(organisation) => ("organisation", organisation.0),
            Self::Sitting(sitting) => ("sitting", sitting.0),
            Self::Session(session) => ("session", session.0),
            Self::Zone(person) => ("zone", person.0),
            Self::Area(area) => ("area", area.0),
        }
    }

    /// One of each kind, with this id.
    #[must_use]
    pub fn all(id: Uuid) -> [Self; 7] {
        let all = [
            Self::Progress(PersonId(id)),
            Self::Cohort(CohortId(id)),
            Self::Organisation(OrganisationId(id)),
            Self::Sitting(SittingId(id)),
            Self::Session(SessionId(id)),
            Self::Zone(PersonId(id)),
            Self::Area(AreaId(id)),
        ];
        for topic in all {
            // A new kind does not compile until it is here. Add it to the list above too.
            match topic {
                Self::Progress(_)
                | Self::Cohort(_)
                | Self::Organisation(_)
                | Self::Sitting(_)
                | Self::Session(_)
                | Self::Zone(_)
                | Self::Area(_) => {}
            }
        }
        all
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = self.kind_and_id();
        write!(f, "{kind}:{id}")
    }
}

/// A text that names no topic known to this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTopic;

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        let (kind, id) = text.split_once(':').ok_or(UnknownTopic)?;
        let id = id.parse().map_err(|_| UnknownTopic)?;
        Self::all(id).into_iter().find(|topic| topic.kind_and_id().0 == kind).ok_or(UnknownTopic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_topic_is_read_back() {
        for topic in Topic::all(Uuid::from_u128(7)) {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
    }

    #[test]
    fn an_unknown_text_is_not_a_topic() {
        for text in ["", "cohort", "cohort:", "cohort:x", "beat:00000000-0000-0000-0000-000000000007"] {
            assert_eq!(text.parse::<Topic>(), Err(UnknownTopic), "{text}");
        }
    }
}
