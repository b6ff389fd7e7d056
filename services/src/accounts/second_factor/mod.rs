//! The second factor of signing in: a code of an app, or a recovery code for who has lost the phone.
//!
//! A right password opens a session. If the person has a second factor, it is *half open* until a code is accepted; if
//! they have a role and no second factor, until they have set one up, unless the server only offers it. A half open
//! session is not an [`Actor`], so no page, function, file or stream knows its person: [`known_by`](super::known_by) is
//! the one place that decides this.

mod codes;
mod ending;
mod entering;
mod setting_up;
#[cfg(test)]
mod tests;
mod totp;

pub(crate) use ending::end_factor;
pub use ending::turn_off_second_factor;
pub use entering::{Entered, enter_code};
pub(super) use setting_up::forget_shown;
pub use setting_up::{
    confirm_second_factor, keep_recovery_codes, new_recovery_codes, second_factor_page, start_second_factor,
};

use chrono::Duration;
use domain::accounts::{PersonId, SessionId};
use sqlx::PgConnection;

use super::Actor;
use crate::{Result, Services};

/// Whether people with a role must have a second factor before they see anything. Everybody else may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecondFactor {
    #[default]
    Required,
    Offered,
}

/// Whom a session belongs to.
#[derive(Debug, Clone)]
pub enum Known {
    Actor(Actor),
    HalfOpen(HalfOpen),
}

/// How long a half open session lasts, and how long one session shows a key or new recovery codes.
pub(super) const SOON: Duration = Duration::minutes(15);

/// A session after the password and before the second factor. It proves nothing to the services of other areas. Only
/// [`known_by`](super::known_by) makes one.
#[derive(Debug, Clone, Copy)]
pub struct HalfOpen {
    pub(super) person: PersonId,
    pub(super) session: SessionId,
    pub(super) needs: Needs,
    /// Signing in has just opened it, with the password. Otherwise it was open when the person got a role.
    pub(super) fresh: bool,
}

/// What opens a half open session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// A code.
    Code,
    /// A second factor, which the person's role requires.
    SetUp,
}

impl Needs {
    pub(super) fn of(services: &Services, person: PersonNow, passed: bool) -> Option<Self> {
        let PersonNow { has_factor, has_role, sits } = person;
        if has_factor {
            return (!passed).then_some(Self::Code);
        }
        // Who sits a paper finishes it first: a role that is given meanwhile must not cost answers.
        (required(services, has_role) && !sits).then_some(Self::SetUp)
    }

    /// Of a session that is being opened.
    pub(super) async fn of_person(
        services: &Services,
        db: &mut PgConnection,
        person: PersonId,
    ) -> Result<Option<Self>> {
        let found = sqlx::query!(
            r#"select exists (select from second_factors where person_id = $1 and confirmed_at is not null) as "has_factor!",
                (exists (select from follows_cohorts($1)) or exists (select from sets_papers($1))) as "has_role!",
                exists (select from sittings_under_way where person_id = $1) as "sits!""#,
            person.0,
        )
        .fetch_one(db)
        .await?;
        let person = PersonNow { has_factor: found.has_factor, has_role: found.has_role, sits: found.sits };
        Ok(Self::of(services, person, false))
    }
}

/// What decides whether a person's session needs more than the password.
#[derive(Clone, Copy)]
pub(super) struct PersonNow {
    pub(super) has_factor: bool,
    pub(super) has_role: bool,
    /// Sits a paper now.
    pub(super) sits: bool,
}

/// Whether a person with or without a role must have a second factor.
fn required(services: &Services, has_role: bool) -> bool {
    has_role && services.second_factor == SecondFactor::Required
}

impl HalfOpen {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// For a person who has to set up their second factor now.
    pub fn owner(&self) -> Option<FactorOwner> {
        let Self { person, session, needs, fresh } = *self;
        (needs == Needs::SetUp).then_some(FactorOwner { person, session, fresh })
    }
}

/// A person who may set up their own second factor: signed in, or in a half open session that waits for it.
#[derive(Debug, Clone, Copy)]
pub struct FactorOwner {
    person: PersonId,
    session: SessionId,
    /// The password was given just now, and need not be asked for again.
    fresh: bool,
}

impl FactorOwner {
    /// Whether they give their password again to set it up.
    pub fn gives_password(&self) -> bool {
        !self.fresh
    }
}

impl From<&Actor> for FactorOwner {
    fn from(actor: &Actor) -> Self {
        Self { person: actor.person(), session: actor.session(), fresh: false }
    }
}
