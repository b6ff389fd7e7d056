//! NMP Zone: closed communities of prescribers, by area.
//!
//! Two walls stand around an area. The first is the proof [`AreaMember`](crate::access::AreaMember), whose area every statement takes. The second is row-level security
//! (`migrations/20261202100000_zone_create.sql`): the database shows the rows of an area only to a transaction in which `zone_access` has
//! found the actor to be its member. So every use case begins a transaction, asks for the proof in it, and reads and writes in it.

pub mod contacts;
pub mod directory;
pub mod home;
pub mod joining;
pub mod leading;
pub mod leaving;
pub mod messages;
pub mod pictures;
pub mod profile;
pub mod resources;
mod telling;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use domain::{learning::Slug, zone::AreaId};
use sqlx::PgConnection;

use crate::{Error, Result, Services};

/// For a row that points to members. One of them may leave at the moment in which it is written, also who writes it: then the database does not
/// take it, by its keys or by its policies.
fn unless_left(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(refused)
            if refused.is_foreign_key_violation() || refused.code().as_deref() == Some("42501") =>
        {
            Error::NotFound
        }
        other => other.into(),
    }
}

/// An area to make. What stands in it is public.
#[derive(Debug, Clone, Copy)]
pub struct NewArea<'a> {
    pub slug: &'a Slug,
    pub name: &'a str,
    pub aim: &'a str,
}

/// The area of this name in the address, made if there is none: the command line and the demo make areas.
///
/// # Errors
/// Those of the database.
pub async fn ensure_area(services: &Services, db: &mut PgConnection, new: NewArea<'_>) -> Result<AreaId> {
    sqlx::query!(
        "insert into zone_areas (id, slug, name, aim, made_at) values ($1, $2, $3, $4, $5) on conflict (slug) do nothing",
        uuid::Uuid::now_v7(),
        new.slug.as_str(),
        new.name,
        new.aim,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    let id = sqlx::query_scalar!("select id from zone_areas where slug = $1", new.slug.as_str());
    Ok(AreaId(id.fetch_one(db).await?))
}
