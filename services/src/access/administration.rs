use domain::{learning::Slug, organisations::OrganisationId};
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::support::{LookedAt, since};
use crate::{Error, Result, Services, accounts::Actor};

/// Proof that the actor is an administrator of this organisation, or support that has given a reason for looking at its people.
/// Only [`Actor::administers`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct OrganisationAdministrator {
    organisation: OrganisationId,
    support: bool,
}

impl OrganisationAdministrator {
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }

    /// Whether it is support, and no administrator of the organisation.
    pub fn is_support(self) -> bool {
        self.support
    }

    /// What the audit keeps of an act for the organisation: whose it was, and whether it was support, which it then names. `detail` is an object
    /// with the rest.
    pub(crate) fn noted(self, mut detail: serde_json::Value) -> serde_json::Value {
        detail["organisation"] = self.organisation.0.to_string().into();
        detail["support"] = self.support.into();
        detail
    }
}

/// The column `proof` of the database function `organisation_administration`.
#[derive(Deserialize)]
struct Administration {
    organisation: OrganisationId,
    allowed: bool,
    support: bool,
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] for all other people, whether the organisation exists or not; [`Error::ReasonNeeded`] for support that has
    /// given no reason in the last hour.
    pub async fn administers(
        &self,
        services: &Services,
        db: &mut PgConnection,
        organisation: &Slug,
    ) -> Result<OrganisationAdministrator> {
        let proof = sqlx::query_scalar!(
            r#"select proof as "proof!: Json<Administration>" from organisation_administration($1, $2, $3)"#,
            organisation.as_str(),
            self.person().0,
            since(services),
        );
        let Administration { organisation, allowed, support } =
            proof.fetch_optional(db).await?.ok_or(Error::NotFound)?.0;
        if allowed {
            Ok(OrganisationAdministrator { organisation, support })
        } else {
            Err(Error::ReasonNeeded(LookedAt::Members(organisation)))
        }
    }
}
