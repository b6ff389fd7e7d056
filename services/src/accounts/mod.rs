//! People: signing in and out, the devices they are signed in on, and their passwords.

mod actor;
mod devices;
mod guard;
mod hasher;
mod passwords;
mod sessions;
#[cfg(test)]
mod tests;
mod turns;

pub use actor::Actor;
pub use devices::{KNOWN_FOR, forget_old_devices};
pub use guard::{Visitor, forget_old_addresses};
pub use hasher::Hasher;
pub(crate) use passwords::send_link_asked_for;
pub use passwords::{change_password, choose_password, link_works, request_link};
pub(crate) use sessions::Sessions;
pub use sessions::{
    Opened, Renewed, SignIn, account_page, actor_for, end_session, forget_ended_sessions, sign_in, sign_out,
};
pub(crate) use turns::Turns;

use domain::accounts::{EmailAddress, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Result, Services};

/// A person to make an account for.
pub struct NewPerson<'a> {
    pub email: &'a EmailAddress,
    pub name: &'a str,
    /// In PHC form, from [`Hasher::hash`]; `None` until the person chooses one.
    pub password_hash: Option<&'a str>,
    pub support: bool,
    pub demo: bool,
}

/// Makes the account, or finds the one with that address and leaves it as it is. Like everything that is called `ensure_…` it is for
/// setting up, and asks nobody for permission: no page may call it.
///
/// # Errors
/// When the database fails.
pub async fn ensure_person(
    services: &Services,
    db: &mut PgConnection,
    new: NewPerson<'_>,
) -> Result<PersonId> {
    let id = sqlx::query_scalar!(
        "with made as (
            insert into people (id, email, full_name, password_hash, support, demo, created_at)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing returning id
        )
        select id as \"id!\" from made union all select id from people where email = $2 limit 1",
        Uuid::now_v7(),
        new.email.as_str(),
        new.name,
        new.password_hash,
        new.support,
        new.demo,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(PersonId(id))
}

/// Makes somebody a member of the co-operative's staff, with an account if they have none, and queues a mail to them with a link to
/// choose a password.
///
/// # Errors
/// When the database fails. Nothing was done then.
pub async fn create_admin(services: &Services, email: &EmailAddress, name: &str) -> Result<PersonId> {
    let mut db = services.begin().await?;
    let new = NewPerson { email, name, password_hash: None, support: true, demo: false };
    let id = ensure_person(services, &mut db, new).await?;
    // Somebody who has an account already keeps it, and becomes staff.
    sqlx::query!("update people set support = true where id = $1", id.0).execute(&mut *db).await?;
    let event = crate::kit::audit::Event {
        at: services.clock.now(),
        actor: None,
        subject: Some(id),
        action: "accounts.admin_created",
    };
    crate::kit::audit::record(&mut db, event).await?;
    passwords::make_link(services, &mut db, email).await?;
    db.commit().await?;
    Ok(id)
}
