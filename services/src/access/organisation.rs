use domain::organisations::OrganisationId;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::support::{LookedAt, since};
use crate::{Error, Result, Services, accounts::Actor};

/// Proof that the actor may set papers inside this organisation: an educator or manager who was granted the role there,
/// an administrator of the organisation, or support. Only [`Actor::sets_papers_in`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct OrganisationSetter {
    organisation: OrganisationId,
    /// The actor is here as support, and gives a reason before looking at people.
    support: bool,
    /// Support has given a reason in the last hour; no other role needs one.
    reason: bool,
}

impl OrganisationSetter {
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }

    /// Records that they looked.
    pub fn is_support(self) -> bool {
        self.support
    }
}

/// The column `proof` of the database function `organisation_access`.
#[derive(Deserialize)]
struct OrganisationAccess {
    organisation: OrganisationId,
    support: bool,
    reason: bool,
}

/// Proof of an [`OrganisationSetter`] who may see and change the organisation's extra time. That may reveal something
/// about a person's health, so support first gives a reason. Only [`Actor::gives_time_in`] makes one.
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
    /// [`Error::NotFound`] for all other people, whether the organisation exists or not.
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
