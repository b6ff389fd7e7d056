//! The organisations that people belong to: universities, employers and others.

use domain::organisations::OrganisationId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, Services};

/// Finds or makes an organisation by its name. For setting up: it checks no permission.
///
/// # Errors
/// When the database fails, or knows no such kind.
pub async fn ensure_organisation(
    services: &Services,
    db: &mut PgConnection,
    name: &str,
    kind: &str,
) -> Result<OrganisationId> {
    let id = sqlx::query_scalar!(
        "insert into organisations (id, name, kind, created_at) values ($1, $2, $3, $4)
        on conflict (name) do update set kind = excluded.kind returning id",
        Uuid::now_v7(),
        name,
        kind,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(OrganisationId(id))
}

/// Until the transaction ends, others who ask for the same organisation wait.
pub(crate) async fn one_at_a_time(db: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    sqlx::query!("select id from organisations where id = $1 for no key update", organisation.0)
        .fetch_one(db)
        .await?;
    Ok(())
}
