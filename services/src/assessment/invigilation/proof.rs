//! Proof that somebody may run a sitting.

use domain::assessment::{PaperId, delivery::SittingId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{PaperSetter, support::since},
};

/// Proof of a [`PaperSetter`], with a sitting of that paper: what is done to a sitting takes its ids out of here. Made only by
/// [`Actor::invigilates`], and by [`InvigilatedSitting::admitted`] where a page asks in the statement that reads what it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct InvigilatedSitting {
    setter: PaperSetter,
    sitting: SittingId,
}

impl InvigilatedSitting {
    /// What one row says of a sitting, its paper and the database's function `paper_access`.
    ///
    /// # Errors
    /// [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub fn admitted(paper: PaperId, sitting: SittingId, organisation: Uuid, allowed: bool) -> Result<Self> {
        Ok(Self { setter: PaperSetter::admitted(paper, organisation, allowed)?, sitting })
    }

    pub fn paper(self) -> PaperId {
        self.setter.paper()
    }

    pub fn sitting(self) -> SittingId {
        self.sitting
    }
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for whoever may not run the paper of this sitting, whether there is one or not; [`Error::ReasonNeeded`] for
    /// support that has given no reason in the last hour.
    pub(super) async fn invigilates(
        &self,
        services: &Services,
        db: &mut PgConnection,
        sitting: SittingId,
    ) -> Result<InvigilatedSitting> {
        let row = sqlx::query!(
            r#"select s.paper_id, a.organisation_id as "organisation!", a.allowed as "allowed!"
        from sittings s cross join lateral paper_access(s.paper_id, $2, $3) a where s.id = $1"#,
            sitting.0,
            self.person().0,
            since(services),
        )
        .fetch_optional(db)
        .await?
        .ok_or(Error::NotFound)?;
        InvigilatedSitting::admitted(PaperId(row.paper_id), sitting, row.organisation, row.allowed)
    }
}
