//! People: how their accounts are opened, signing in and out, the devices they are signed in on, and their passwords.

mod account;
mod activation;
mod actor;
mod devices;
mod followed;
mod guard;
mod hasher;
mod helping;
mod passwords;
mod second_factor;
mod sessions;
mod signing_out;
#[cfg(test)]
mod tests;
mod turns;

pub use account::account_page;
pub use activation::{
    Registered, Registration, account_states, activate, activation_page, confirm_registration, invite,
    invite_all, register, registration_page, remind_invited, remove_pending, resend, resend_all,
    stop_reminders, withdraw_consent,
};
pub(crate) use activation::{invite_staff, send_registration, take_back_invitations};
pub use actor::Actor;
pub use devices::{KNOWN_FOR, forget_old_devices};
pub use guard::{Visitor, forget_old_addresses};
pub use hasher::Hasher;
pub(crate) use helping::{end_sessions, send_link, unlock};
pub(crate) use passwords::send_link_asked_for;
pub use passwords::{change_password, choose_password, link_works, request_link};
pub(crate) use second_factor::end_factor;
pub use second_factor::{
    Entered, FactorOwner, HalfOpen, Known, Needs, SecondFactor, confirm_second_factor, enter_code,
    just_opened, keep_recovery_codes, move_second_factor, new_recovery_codes, second_factor_page,
    start_second_factor, turn_off_second_factor,
};
pub use sessions::{Opened, Renewed, SignIn, actor_for, known_by, sign_in};
pub(crate) use sessions::{Sessions, session_is_open};
pub use signing_out::{end_other_sessions, end_session, forget_ended_sessions, sign_out, sign_out_half_open};
pub(crate) use turns::Turns;

use domain::{
    access::Role,
    accounts::{EmailAddress, PersonId},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{self, NewGrant},
};

/// A person to make an account for.
pub struct NewPerson<'a> {
    pub email: &'a EmailAddress,
    pub name: &'a str,
    /// In PHC form, from [`Hasher::hash`]; `None` until the person chooses one.
    pub password_hash: Option<&'a str>,
    pub demo: bool,
}

/// Makes the account, open at once, or finds the one with that address and leaves it unchanged, also a pending one. Like every `ensure_…` function it is
/// for setting up, and checks no permission: no page may call it.
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
            insert into people (id, email, full_name, password_hash, demo, created_at, activated_at)
            values ($1, $2, $3, $4, $5, $6, $6) on conflict (email) do nothing returning id
        )
        select id as \"id!\" from made union all select id from people where email = $2 limit 1",
        Uuid::now_v7(),
        new.email.as_str(),
        new.name,
        new.password_hash,
        new.demo,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(PersonId(id))
}

/// Until the transaction ends, others that ask for the same person wait: simultaneous requests are counted one after
/// the other.
///
/// # Errors
/// [`Error::NotFound`] when the person is not there any more: an upload may have been undone meanwhile.
pub(crate) async fn one_at_a_time(db: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!("select id from people where id = $1 for no key update", person.0)
        .fetch_optional(db)
        .await?
        .map(drop)
        .ok_or(Error::NotFound)
}

/// Finds a person by the address, or records one who opens the account from the mail of [`invite`]: nobody has an account
/// without having agreed to it.
pub(crate) async fn ensure_pending(
    services: &Services,
    db: &mut PgConnection,
    email: &EmailAddress,
    name: &str,
) -> Result<PersonId> {
    let id = sqlx::query_scalar!(
        "with made as (
            insert into people (id, email, full_name, demo, created_at)
            values ($1, $2, $3, false, $4) on conflict (email) do nothing returning id
        )
        select id as \"id!\" from made union all select id from people where email = $2 limit 1",
        Uuid::now_v7(),
        email.as_str(),
        name,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(PersonId(id))
}

/// Makes a person a member of the co-operative's staff. A person who has no account gets a mail to open it, in which they agree: nobody signs in
/// before, and the role goes with the record of who does not answer. A person who already has an account keeps it. `reason` says why they
/// are staff.
///
/// # Errors
/// [`domain::Problem::ReasonMissing`] on `reason`. When the database fails. Nothing has changed then.
pub async fn create_admin(
    services: &Services,
    email: &EmailAddress,
    name: &str,
    reason: &str,
) -> Result<PersonId> {
    let mut db = services.begin().await?;
    let person = ensure_pending(services, &mut db, email, name).await?;
    invite_staff(services, &mut db, person).await?;
    access::grant(services, &mut db, NewGrant { person, role: Role::Support, by: None, reason }).await?;
    db.commit().await?;
    Ok(person)
}
