//! How an account is opened: with consent.

use serde::{Deserialize, Serialize};

use crate::{Moment, Problem};

/// The version of the privacy policy that people consent to. It changes with what `WhatWeKeep` in `app` says; who
/// consented to another version is known by it.
pub const PRIVACY_POLICY: &str = "2026-12-06";

/// Consent to the policy of today. Without it no account is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenConsent(());

impl GivenConsent {
    /// From the box of the form, and the version that the form has shown.
    ///
    /// # Errors
    /// [`Problem::ConsentMissing`], or [`Problem::PolicyChanged`] for what a page of another version has shown.
    pub fn parse(ticked: bool, shown: &str) -> Result<Self, Problem> {
        match (ticked, shown == PRIVACY_POLICY) {
            (false, _) => Err(Problem::ConsentMissing),
            (true, false) => Err(Problem::PolicyChanged),
            (true, true) => Ok(Self(())),
        }
    }

    /// What they have consented to.
    pub fn version(self) -> &'static str {
        PRIVACY_POLICY
    }
}

/// The page on which an invited person opens their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationPage {
    pub name: String,
    pub email: String,
    /// Who invites; nobody, if it is not an organisation.
    pub organisation: Option<String>,
}

/// The page on which a person who registered confirms their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationPage {
    pub email: String,
    /// The area of NMP Zone to which they apply then.
    #[serde(default)]
    pub area: Option<String>,
}

/// A consent that was given and holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub policy: String,
    pub given: Moment,
}

/// What an organisation is told about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// Invited, and not consented yet.
    Pending,
    Active,
    /// The person has withdrawn their consent.
    Withdrawn,
}

impl AccountState {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// As the database says it. An unknown word is nobody's state.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "withdrawn" => Self::Withdrawn,
            _ => return None,
        })
    }
}

/// How the last mail of an activation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailState {
    Queued,
    /// The mail server has it.
    Sent,
    /// The mail server says that there is no such mailbox.
    Bounced,
    /// It could not be sent, and nobody knows whether the address is right.
    Failed,
}

impl MailState {
    /// As the outbox says it.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "queued" => Self::Queued,
            "sent" => Self::Sent,
            "bounced" => Self::Bounced,
            "failed" => Self::Failed,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_is_a_ticked_box_under_the_policy_of_today() {
        assert_eq!(GivenConsent::parse(false, PRIVACY_POLICY), Err(Problem::ConsentMissing));
        assert_eq!(GivenConsent::parse(false, ""), Err(Problem::ConsentMissing));
        for other in ["", "2018-05-25"] {
            assert_eq!(GivenConsent::parse(true, other), Err(Problem::PolicyChanged));
        }
        let given = GivenConsent::parse(true, PRIVACY_POLICY).map(GivenConsent::version);
        assert_eq!(given, Ok(PRIVACY_POLICY));
    }
}
