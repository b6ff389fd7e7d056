use domain::cohorts::CohortId;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{Error, Result, accounts::Actor};

/// Proof that the actor is a tutor of this cohort, or an administrator of the university or employer that it belongs
/// to. Only [`Actor::tutor_of`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct CohortTutor {
    cohort: CohortId,
}

impl CohortTutor {
    pub fn cohort(self) -> CohortId {
        self.cohort
    }
}

/// The column `proof` of the database function `cohort_access`.
#[derive(Deserialize)]
struct CohortAccess {
    cohort: CohortId,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all other people, whether the cohort exists or not.
    pub async fn tutor_of(&self, db: &mut PgConnection, cohort: CohortId) -> Result<CohortTutor> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<CohortAccess>" from cohort_access($1, $2)"#,
            cohort.0,
            self.person().0,
        );
        let CohortAccess { cohort } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(CohortTutor { cohort })
    }
}
