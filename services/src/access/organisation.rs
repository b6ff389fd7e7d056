use domain::organisations::OrganisationId;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::support::{LookedAt, since};
use crate::{Error, Result, Services, accounts::Actor};

/// Proof that somebody may set papers inside this organisation: an educator or manager who was given the role there, an
/// administrator of the organisation, or support. Made only by [`Actor::sets_papers_in`].
#[derive(Debug, Clone, Copy)]
pub struct OrganisationSetter {
    organisation: OrganisationId,
    /// Is here as support, and says why before looking at people.
    support: bool,
    /// Support has said why in the last hour; nobody else has to.
    reason: bool,
}

impl OrganisationSetter {
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }

    /// That they looked is written down.
    pub fn is_support(self) -> bool {
        self.support
    }
}

/// The column `proof` of the database's function `organisation_access`.
#[derive(Deserialize)]
struct OrganisationAccess {
    organisation: OrganisationId,
    support: bool,
    reason: bool,
}

/// Proof of an [`OrganisationSetter`] who may see and change whom the organisation gives extra time. That may tell of somebody's health:
/// support says first why it looks. Made only by [`Actor::gives_time_in`].
#[derive(Debug, Clone, Copy)]
pub struct ExtraTimeGiver {
    organisation: OrganisationId,
}

impl ExtraTimeGiver {
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for everybody else, whether the organisation exists or not.
    pub async fn sets_papers_in(
        &self,
        services: &Services,
        db: &mut PgConnection,
        organisation: OrganisationId,
    ) -> Result<OrganisationSetter> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<OrganisationAccess>" from organisation_access($1, $2, $3)"#,
            organisation.0,
            self.person().0,
            since(services),
        );
        let OrganisationAccess { organisation, support, reason } =
            proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        Ok(OrganisationSetter { organisation, support, reason })
    }

    /// # Errors
    /// [`Error::NotFound`] as for [`Actor::sets_papers_in`]; [`Error::ReasonNeeded`] for support that has given no reason in the last hour.
    pub async fn gives_time_in(
        &self,
        services: &Services,
        db: &mut PgConnection,
        organisation: OrganisationId,
    ) -> Result<ExtraTimeGiver> {
        let OrganisationSetter { organisation, reason, .. } =
            self.sets_papers_in(services, db, organisation).await?;
        if reason {
            Ok(ExtraTimeGiver { organisation })
        } else {
            Err(Error::ReasonNeeded(LookedAt::Adjustments(organisation)))
        }
    }
}
