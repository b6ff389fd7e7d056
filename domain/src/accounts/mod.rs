//! People, how they sign in, and the devices that they are signed in on.

mod activation;
mod address_list;
mod email;
mod name;
mod password;
mod second_factor;

pub use activation::{
    AccountState, ActivationPage, Consent, GivenConsent, MailState, PRIVACY_POLICY, RegistrationPage,
};
pub use address_list::{AddressFault, AddressList};
pub use email::EmailAddress;
pub use name::PersonName;
pub use password::{NewPassword, Password};
pub use second_factor::{FactorCode, FactorOn, FactorState, NewFactor, SecondFactorPage};

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    organisations::{OrganisationId, Sponsor},
    support::SupportLook,
};

crate::id!(
    /// A person with an account.
    PersonId
);
crate::id!(
    /// One device's sign-in. It does not contain the secret of its cookie.
    SessionId
);

/// The person who is looking at the page: what the header shows and which links make sense for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The person whose news the page hears.
    pub person: PersonId,
    pub name: String,
    /// Signed up as administrator of at least one cohort.
    pub follows_cohorts: bool,
    /// Staff who help people.
    #[serde(default)]
    pub support: bool,
}

/// The page "Your account".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    pub name: String,
    pub email: String,
    /// Newest first; the device that asks is marked `current`.
    pub devices: Vec<Device>,
    /// None for an account that was opened before consent was asked for.
    #[serde(default)]
    pub consent: Option<Consent>,
    /// Organisations that name this person, and wait for the answer or got a no.
    #[serde(default)]
    pub asked: Vec<MembershipAsked>,
    /// The organisations to which the person belongs: they see the progress in the courses that they give.
    #[serde(default)]
    pub memberships: Vec<Membership>,
    /// Organisations that the person has named as paying for them.
    #[serde(default)]
    pub sponsors: Vec<Sponsor>,
    /// When support looked at what concerns this person, newest first.
    #[serde(default)]
    pub looks: Vec<SupportLook>,
    /// How many there are in all: an old one may not be among those.
    #[serde(default)]
    pub all_looks: u32,
    /// Whether they take no reminders from tutors.
    #[serde(default)]
    pub reminders_stopped: bool,
}

/// An organisation to which a person belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub organisation: OrganisationId,
    pub name: String,
    /// It sees nobody's progress.
    #[serde(default)]
    pub funder: bool,
}

/// An organisation asks whether a person belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipAsked {
    pub organisation: OrganisationId,
    pub name: String,
    /// The person has said no, and may still say yes.
    #[serde(default)]
    pub declined: bool,
    /// It would see nobody's progress.
    #[serde(default)]
    pub funder: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: SessionId,
    /// "Chrome on Windows", as far as the browser reveals it.
    pub name: String,
    pub signed_in: Moment,
    pub last_used: Moment,
    pub ends: Moment,
    pub current: bool,
}

/// Puts a browser's `User-Agent` into words that people recognise: "Firefox on Android".
///
/// Only the few families that people have names for; the rest is "A browser". The order matters, as every browser
/// claims to be several others (Edge says Chrome and Safari, Chrome says Safari).
pub fn device_name(user_agent: &str) -> String {
    let first = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ])
    .unwrap_or_else(|| "A browser".to_owned());
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ]);
    match system {
        Some(system) => format!("{browser} on {system}"),
        None => browser,
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn devices_get_the_names_that_people_use() {
        for (agent, name) in [
            ("", "A browser"),
            ("curl/8.0", "A browser"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ] {
            assert_eq!(device_name(agent), name, "{agent}");
        }
    }
}
