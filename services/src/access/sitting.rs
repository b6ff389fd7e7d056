use domain::{
    accounts::PersonId,
    assessment::{PaperId, delivery::SittingId},
};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::{
    paper::{PaperAccess, PaperSetter},
    support::since,
};
use crate::{Error, Result, Services, accounts::Actor};

/// Proof that a sitting is the actor's own. Only [`Actor::candidate_in`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    sitting: SittingId,
    paper: PaperId,
    person: PersonId,
}

impl Candidate {
    pub fn sitting(self) -> SittingId {
        self.sitting
    }

    pub fn paper(self) -> PaperId {
        self.paper
    }

    pub fn person(self) -> PersonId {
        self.person
    }
}

/// The column `proof` of the database function `own_sitting`.
#[derive(Deserialize)]
struct OwnSitting {
    sitting: SittingId,
    paper: PaperId,
    person: PersonId,
}

/// Proof of a [`PaperSetter`], with a sitting of that paper: code that acts on a sitting takes its ids from here. Made
/// only by [`Actor::invigilates`], and by [`SittingAccess::admit`] where a page checks permission in the statement that
/// reads its data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InvigilatedSitting {
    setter: PaperSetter,
    sitting: SittingId,
}

impl InvigilatedSitting {
    pub fn paper(self) -> PaperId {
        self.setter.paper()
    }

    pub fn sitting(self) -> SittingId {
        self.sitting
    }
}

/// The column `proof` of the database function `sitting_access`. Only reading that column makes one.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct SittingAccess {
    sitting: SittingId,
    paper: PaperAccess,
}

impl SittingAccess {
    /// # Errors
    /// [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub fn admit(self) -> Result<InvigilatedSitting> {
        Ok(InvigilatedSitting { setter: self.paper.admit()?, sitting: self.sitting })
    }
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for other people's sittings, whether they exist or not.
    pub async fn candidate_in(&self, db: &mut PgConnection, sitting: SittingId) -> Result<Candidate> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<OwnSitting>" from own_sitting($1, $2)"#,
            sitting.0,
            self.person().0,
        );
        let OwnSitting { sitting, paper, person } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(Candidate { sitting, paper, person })
    }

    /// # Errors
    /// [`Error::NotFound`] for all other people, whether the sitting exists or not, and for a sitting of another paper
    /// than `paper`;
    /// [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub(crate) async fn invigilates(
        &self,
        services: &Services,
        db: &mut PgConnection,
        paper: PaperId,
        sitting: SittingId,
    ) -> Result<InvigilatedSitting> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<SittingAccess>" from sitting_access($1, $2, $3)"#,
            sitting.0,
            self.person().0,
            since(services),
        );
        let admitted = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0.admit()?;
        if admitted.paper() == paper { Ok(admitted) } else { Err(Error::NotFound) }
    }
}
