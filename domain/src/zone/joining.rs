//! How somebody becomes a member of an area, leads it, and leaves.

use serde::{Deserialize, Serialize};

use super::{AreaHead, MemberId};
use crate::{Moment, Problem, accounts::EmailAddress};

/// The version of the code of conduct that people accept before they apply. It changes with what `CodeOfConduct` in `app` says.
pub const CODE_OF_CONDUCT: &str = "2026-12-02";

/// No area has one of these names in its address: pages about the whole Zone have them.
pub const NO_AREA: [&str; 2] = ["leave", "left"];

/// The code of conduct of today, accepted. Without it nobody applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedCode(());

impl AcceptedCode {
    /// From the box of the form, and the version that the form has shown.
    ///
    /// # Errors
    /// A problem in words for a box that is not ticked, and for what a page of another version has shown.
    pub fn parse(ticked: bool, shown: &str) -> Result<Self, Problem> {
        let words = match (ticked, shown == CODE_OF_CONDUCT) {
            (true, true) => return Ok(Self(())),
            (false, _) => "Tick the box if you accept the code of conduct. Without that nobody joins",
            (true, false) => {
                "Load the page again: the code of conduct has changed, and this page does not show it yet"
            }
        };
        Err(Problem::InWords { words: words.to_owned() })
    }

    /// What they have accepted.
    pub fn version(self) -> &'static str {
        CODE_OF_CONDUCT
    }
}

/// A domain of e-mail addresses whose people an area admits without a decision: in lower case, as it stands after the `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedDomain(String);

impl AdmittedDomain {
    /// With or without the `@`.
    ///
    /// # Errors
    /// A problem in words for what can stand in no address.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let typed = crate::visible(typed);
        let domain = typed.strip_prefix('@').unwrap_or(&typed);
        let address = EmailAddress::parse(&format!("a@{domain}"));
        let read = address.as_ref().ok().and_then(|address| address.as_str().split_once('@'));
        match read {
            Some((_, domain)) => Ok(Self(domain.to_owned())),
            None => {
                let words = "Enter the part of the address after the @, like northfield.ac.uk";
                Err(Problem::InWords { words: words.to_owned() })
            }
        }
    }

    /// For a domain to admit, which belongs to some organisation.
    ///
    /// # Errors
    /// A problem in words, also for a domain of which anybody has an address: the area would be open.
    pub fn parse_new(typed: &str) -> Result<Self, Problem> {
        let read = Self::parse(typed)?;
        if OF_ANYBODY.contains(&read.as_str()) {
            let words = format!(
                "Enter the domain of an organisation: anybody can have an address of {}, and would be a member at once",
                read.as_str()
            );
            return Err(Problem::InWords { words });
        }
        Ok(read)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Domains of which anybody has an address. Not all of them: those that somebody types without thinking.
const OF_ANYBODY: [&str; 34] = [
    "aol.co.uk",
    "aol.com",
    "btinternet.com",
    "email.com",
    "gmail.com",
    "gmx.co.uk",
    "gmx.com",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "icloud.com",
    "live.co.uk",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "ntlworld.com",
    "o2.co.uk",
    "outlook.co.uk",
    "outlook.com",
    "plusnet.com",
    "proton.me",
    "protonmail.com",
    "rocketmail.com",
    "sky.com",
    "talktalk.net",
    "tiscali.co.uk",
    "virginmedia.com",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.ie",
    "ymail.com",
    "zoho.com",
];

/// How somebody stands to an area. Who has not applied, or has left, stands in no way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// A lead has not decided yet.
    Waiting,
    Member,
    Refused,
    /// A lead has ended the membership.
    Removed,
}

impl Standing {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Member => "member",
            Self::Refused => "refused",
            Self::Removed => "removed",
        }
    }

    /// As the database says it. An unknown word is nobody's.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Member, Self::Refused, Self::Removed]
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }

    /// Whether they may apply: who waits has, and a member is in.
    #[must_use]
    pub fn may_apply(self) -> bool {
        matches!(self, Self::Refused | Self::Removed)
    }
}

/// How the reader stands to an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStanding {
    pub standing: Standing,
    /// When they applied, or when it was decided.
    pub since: Moment,
    /// What a lead wrote who refused or removed them.
    #[serde(default)]
    pub reason: Option<String>,
    #[serde(default)]
    pub leads: bool,
}

/// What everybody may know of an area, and how the reader stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaCard {
    pub slug: String,
    pub name: String,
    pub aim: String,
    /// Nothing for a visitor, and for who has not applied.
    #[serde(default)]
    pub own: Option<OwnStanding>,
    /// Nobody leads the area, so nobody decides about applications until support has appointed somebody.
    #[serde(default)]
    pub leaderless: bool,
}

/// `/zone`: all areas, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Areas {
    pub areas: Vec<AreaCard>,
    #[serde(default)]
    pub signed_in: bool,
}

/// `/zone/{area}/join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinArea {
    pub area: AreaCard,
    /// A visitor registers on this page.
    #[serde(default)]
    pub signed_in: bool,
}

/// `/zone/{area}`, for its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaHome {
    pub head: AreaHead,
    pub aim: String,
    pub members: u32,
    /// Who came last, newest first.
    pub newest: Vec<NewMember>,
    /// How many have applied and wait. 0 for who does not lead the area.
    #[serde(default)]
    pub waiting: u32,
    /// For a lead: how many suggestions for the library wait.
    #[serde(default)]
    pub suggestions: u32,
    /// For a lead: how many reports are open.
    #[serde(default)]
    pub reports: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    pub member: MemberId,
    pub name: String,
    pub joined: Moment,
}

/// `/zone/{area}/applications`, for its leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applications {
    pub head: AreaHead,
    /// The first who applied come first.
    pub waiting: Vec<Applicant>,
    /// How many there are in all: a late one may not be among those.
    pub all_waiting: u32,
    /// The domains whose people are admitted without a decision.
    pub domains: Vec<String>,
    /// Whose membership the page offers to end, as its address asks.
    #[serde(default)]
    pub ending: Option<Ending>,
}

/// As much as it takes to know who applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub member: MemberId,
    pub name: String,
    /// The part of the e-mail address after the `@`. The rest is theirs.
    pub domain: String,
    pub since: Moment,
    /// What a lead of the area has decided about them before.
    #[serde(default)]
    pub before: Option<DecidedBefore>,
}

/// A refusal, or the end of a membership, of somebody who applies again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedBefore {
    pub standing: Standing,
    pub at: Moment,
    /// What the person was told.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub member: MemberId,
    pub name: String,
}

/// `/zone/{area}/leave`, for its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingArea {
    pub head: AreaHead,
    /// The reader leads the area, and nobody else does.
    #[serde(default)]
    pub leads_alone: bool,
}

/// `/zone/leave`: the areas that the reader would leave, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveZone {
    pub member_of: Vec<String>,
    pub applied_to: Vec<String>,
    /// Areas that refused or removed the reader, which stays.
    #[serde(default)]
    pub decided_against: bool,
    /// Areas that nobody leads but the reader.
    #[serde(default)]
    pub leads_alone: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_applies_has_accepted_the_code_of_conduct_of_today() {
        assert!(AcceptedCode::parse(false, CODE_OF_CONDUCT).is_err());
        for other in ["", "2018-05-25"] {
            assert!(AcceptedCode::parse(true, other).is_err(), "{other}");
        }
        let accepted = AcceptedCode::parse(true, CODE_OF_CONDUCT).map(AcceptedCode::version);
        assert_eq!(accepted, Ok(CODE_OF_CONDUCT));
    }

    #[test]
    fn a_domain_of_which_anybody_has_an_address_is_not_admitted_and_can_be_dropped() {
        for typed in ["northfield.ac.uk", "nhs.net", "mail.northfield.ac.uk", "notgmail.com"] {
            assert!(AdmittedDomain::parse_new(typed).is_ok(), "{typed}");
        }
        for typed in ["gmail.com", "@Hotmail.co.uk ", "outlook.com"] {
            let words = AdmittedDomain::parse_new(typed).unwrap_err().message().into_owned();
            assert!(words.contains("anybody can have an address"), "{words}");
            assert!(AdmittedDomain::parse(typed).is_ok());
        }
        assert!(AdmittedDomain::parse_new("not a domain").is_err());
    }

    #[test]
    fn a_domain_is_read_in_lower_case_with_or_without_the_sign_before_it() {
        for (typed, read) in [
            ("northfield.ac.uk", Some("northfield.ac.uk")),
            (" @Northfield.AC.uk ", Some("northfield.ac.uk")),
            ("sam@northfield.ac.uk", None),
            ("@@northfield.ac.uk", None),
            ("northfield", None),
            ("north field.ac.uk", None),
            ("*.ac.uk", None),
            ("", None),
        ] {
            let domain = AdmittedDomain::parse(typed);
            assert_eq!(domain.ok().as_ref().map(AdmittedDomain::as_str), read, "{typed:?}");
        }
    }

    #[test]
    fn only_who_was_refused_or_removed_applies_again() {
        let all = [Standing::Waiting, Standing::Member, Standing::Refused, Standing::Removed];
        assert_eq!(all.map(Standing::may_apply), [false, false, true, true]);
        for standing in all {
            assert_eq!(Standing::read(standing.as_str()), Some(standing));
        }
        assert_eq!(Standing::read("left"), None);
    }
}
