use domain::{learning::Slug, organisations::OrganisationId};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use crate::{Error, Result, accounts::Actor};

/// Proof that the actor is an administrator of this organisation, and so sees what its people have completed. Support is not: it sees who
/// belongs to an organisation, and nothing of what they do. Only [`Actor::follows_progress_in`] and [`Actor::follows_progress_of`] make one.
///
/// Whose progress the organisation sees is decided by the view `progress_followed`.
#[derive(Debug, Clone, Copy)]
pub struct ProgressFollower {
    organisation: OrganisationId,
}

impl ProgressFollower {
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }
}

/// The column `proof` of the database function `progress_access`.
#[derive(Deserialize)]
struct ProgressAccess {
    organisation: OrganisationId,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all other people, whether the organisation exists or not.
    pub async fn follows_progress_in(
        &self,
        db: &mut PgConnection,
        organisation: &Slug,
    ) -> Result<ProgressFollower> {
        let proof = sqlx::query_scalar!(
            r#"select a.proof as "proof!: Json<ProgressAccess>"
            from organisations_named o cross join lateral progress_access(o.id, $2) a where o.slug = $1"#,
            organisation.as_str(),
            self.person().0,
        );
        let ProgressAccess { organisation } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(ProgressFollower { organisation })
    }

    /// The same, by the id.
    ///
    /// # Errors
    /// As [`Actor::follows_progress_in`].
    pub async fn follows_progress_of(
        &self,
        db: &mut PgConnection,
        organisation: OrganisationId,
    ) -> Result<ProgressFollower> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<ProgressAccess>" from progress_access($1, $2)"#,
            organisation.0,
            self.person().0,
        );
        let ProgressAccess { organisation } = proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(ProgressFollower { organisation })
    }
}
