use domain::accounts::{PersonId, SessionId, SignedIn};

/// A signed-in person, as the session in their cookie proves. Only [`super::known_by`] makes one, of a
/// session that is not half open, or for the paper that its person sits: see [`super::Known::Sits`].
///
/// Permission over other people's data is a value of its own, which a check makes from an actor: see
/// [`crate::access`].
#[derive(Debug, Clone)]
pub struct Actor {
    pub(super) person: PersonId,
    pub(super) session: SessionId,
    pub(super) name: String,
    pub(super) follows_cohorts: bool,
    /// For the links of the header; it opens nothing.
    pub(super) support: bool,
    /// See [`Actor::only_asking`].
    pub(super) looks: bool,
    /// See [`Actor::only_sits`].
    pub(super) only_sits: bool,
}

impl Actor {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn session(&self) -> SessionId {
        self.session
    }

    pub fn signed_in(&self) -> SignedIn {
        SignedIn {
            person: self.person,
            name: self.name.clone(),
            follows_cohorts: self.follows_cohorts,
            support: self.support,
        }
    }

    /// A person who only asks about a page, as HEAD does: nothing that a look would write or count is written or
    /// counted.
    pub fn only_asking(self) -> Self {
        Self { looks: false, ..self }
    }

    /// Whether they look at the page that they ask for.
    pub fn looks(&self) -> bool {
        self.looks
    }

    /// Whether they are the candidate of a paper and nobody else: their session is half open.
    pub fn only_sits(&self) -> bool {
        self.only_sits
    }

    /// For tests of other areas, which do not test signing in.
    #[cfg(test)]
    pub(crate) fn for_test(person: PersonId) -> Self {
        let session = SessionId(uuid::Uuid::nil());
        let name = "Test".to_owned();
        Self { person, session, name, follows_cohorts: false, support: false, looks: true, only_sits: false }
    }
}
