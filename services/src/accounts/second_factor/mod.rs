//! The second factor of signing in: a code of an app, or a recovery code for who has lost the phone.
//!
//! A right password opens a session. If the person has a second factor, it is *half open* until a code is accepted; if
//! they have a role and no second factor, until they have set one up, unless the server only offers it. A half open
//! session is not an [`Actor`], so no page, function, file or stream knows its person: [`known_by`](super::known_by) is
//! the one place that decides this. Who sits a paper when they are given a role goes on with it: the exam room, its stream
//! and the receipt know the [candidate](Known::Sits), and nothing else does.

mod codes;
mod ending;
mod entering;
mod setting_up;
#[cfg(test)]
mod tests;
mod totp;

pub(crate) use ending::end_factor;
pub use ending::turn_off_second_factor;
pub use entering::{Entered, enter_code, just_opened};
pub(super) use setting_up::forget_shown;
pub use setting_up::{
    confirm_second_factor, keep_recovery_codes, move_second_factor, new_recovery_codes, second_factor_page,
    start_second_factor,
};

use chrono::Duration;
use domain::{
    accounts::{PersonId, SessionId},
    assessment::delivery::SittingId,
};
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
    /// Half open, of a person who sits a paper, or has just submitted it: the actor is for that, and without any role.
    Sits(Actor, HalfOpen),
}

/// How long a half open session lasts, and how long one session shows a key or new recovery codes.
pub(super) const SOON: Duration = Duration::minutes(15);
/// How long it lasts at most, counted from the password, however often the set-up is begun.
pub(super) const AT_MOST: Duration = Duration::minutes(30);

/// A session after the password and before the second factor. It proves nothing to the services of other areas. Only
/// [`known_by`](super::known_by) makes one.
#[derive(Debug, Clone, Copy)]
pub struct HalfOpen {
    pub(super) person: PersonId,
    pub(super) session: SessionId,
    pub(super) needs: Needs,
    /// Signing in has just opened it, with the password. Otherwise it was open when the person got a role.
    pub(super) fresh: bool,
    /// The paper that the person sits, or has just submitted.
    pub(super) sits: Option<SittingId>,
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
        let PersonNow { has_factor, has_role } = person;
        if has_factor {
            return (!passed).then_some(Self::Code);
        }
        required(services, has_role).then_some(Self::SetUp)
    }

    /// Of a session that is being opened; and the paper that the person sits meanwhile, if a second factor is to be set up.
    pub(super) async fn of_person(
        services: &Services,
        db: &mut PgConnection,
        person: PersonId,
    ) -> Result<(Option<Self>, Option<SittingId>)> {
        let found = sqlx::query!(
            r#"select exists (select from second_factors_on where person_id = $1) as "has_factor!",
                r.has_role as "has_role!",
                (select u.sitting_id from sittings_under_way u where u.person_id = $1 order by u.sitting_id desc limit 1) as "sits?"
            from roles_of($1) r"#,
            person.0,
        )
        .fetch_one(db)
        .await?;
        let person = PersonNow { has_factor: found.has_factor, has_role: found.has_role };
        let needs = Self::of(services, person, false);
        let sits = found.sits.filter(|_| needs == Some(Self::SetUp)).map(SittingId);
        Ok((needs, sits))
    }
}

/// What decides whether a person's session needs more than the password.
#[derive(Clone, Copy)]
pub(super) struct PersonNow {
    pub(super) has_factor: bool,
    pub(super) has_role: bool,
}

/// Whether a person with or without a role must have a second factor.
pub(super) fn required(services: &Services, has_role: bool) -> bool {
    has_role && services.second_factor == SecondFactor::Required
}

impl HalfOpen {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The paper that the person sits, or has just submitted.
    pub fn sits(&self) -> Option<SittingId> {
        self.sits
    }

    /// For a person who has to set up their second factor now.
    pub fn owner(&self) -> Option<FactorOwner> {
        let Self { person, session, needs, fresh, .. } = *self;
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
