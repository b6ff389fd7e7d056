//! What support sees and does, and the audit.

mod log;
mod reason;

use serde::{Deserialize, Serialize};

pub use log::{AuditLog, AuditRow, LogPeriod, LogQuery, LogShown, LogSort};
pub use reason::SupportReason;

use crate::{
    Moment,
    accounts::{AccountState, MailState, PersonId},
    kit::list::{Choice, ListQuery, Page, Sort},
};

/// How many people a search shows. Who finds more narrows the search.
pub const MOST_FOUND: u32 = 20;

/// `/support`: the people whom a search has found, and nobody before one searches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindPeople {
    pub people: Page<FoundPerson>,
    /// The areas of NMP Zone that nobody leads, by name.
    #[serde(default)]
    pub without_lead: Vec<String>,
}

/// As much as it takes to know whether it is they: all else wants a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPerson {
    pub person: PersonId,
    pub name: String,
    pub email: String,
}

/// The columns that sort the people that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FoundSort {
    #[default]
    Name,
    Email,
}

impl Choice for FoundSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Email];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
        }
    }
}

impl Sort for FoundSort {}

pub type FindQuery = ListQuery<FoundSort>;

/// The fewest characters that are searched for in names, and in addresses before their `@`: a domain alone would list a university. The
/// database counts again without accents, which it does not search for.
pub const LEAST_SEARCHED: usize = 3;

/// What has to be in a name or an address for a search to find the person: each word by itself, so that "Ngata, Aroha" finds Aroha Ngata,
/// and an address whole. Empty when it is too short to be searched for.
pub fn words_to_find(search: &str) -> Vec<String> {
    let is_long = |text: &str| text.chars().count() >= LEAST_SEARCHED;
    if let Some((before, _)) = search.split_once('@') {
        return if is_long(before.trim()) { vec![search.trim().to_owned()] } else { Vec::new() };
    }
    let words = search.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    if words.iter().any(|word| is_long(word)) {
        return words;
    }
    // Short words are in many names: "Ng Li" is searched for as it is.
    Some(words.join(" ")).filter(|whole| is_long(whole)).into_iter().collect()
}

/// Where a link to support leads: `contact` is an e-mail address, or a web address.
pub fn contact_address(contact: &str) -> String {
    if contact.contains("://") { contact.to_owned() } else { format!("mailto:{contact}") }
}

/// `/support/people/{person}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedPerson {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub state: AccountState,
    pub made: Moment,
    pub opened: Option<Moment>,
    pub withdrawn: Option<Moment>,
    /// Until when a password has to wait somewhere, if one has to now.
    pub waits_until: Option<Moment>,
    /// The same for a code of the second factor.
    #[serde(default)]
    pub codes_wait_until: Option<Moment>,
    /// With a second factor, how many recovery codes are left.
    #[serde(default)]
    pub recovery_codes: Option<u32>,
    /// Support looks at their own account. Somebody else of support ends their second factor.
    #[serde(default)]
    pub own: bool,
    /// Newest first, without what they say.
    pub mails: Vec<MailSeen>,
    /// How many there are in all: an old one may not be among those.
    #[serde(default)]
    pub all_mails: u32,
    pub devices: Vec<DeviceSeen>,
    pub memberships: Vec<MembershipSeen>,
    pub roles: Vec<RoleSeen>,
    /// Id and name of every area of NMP Zone, whether they belong to it or not.
    #[serde(default)]
    pub areas: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSeen {
    pub what: String,
    pub state: MailState,
    pub at: Moment,
}

/// A device in words. No network address is here or anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSeen {
    pub name: String,
    pub signed_in: Moment,
    pub last_used: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipSeen {
    pub organisation: String,
    pub student_number: Option<String>,
    pub team: Option<String>,
    pub area: Option<String>,
    pub since: Moment,
    /// The upload that brought them: its file and when.
    pub upload: Option<UploadSeen>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadSeen {
    /// Nothing for one person by hand.
    pub file: Option<String>,
    pub at: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSeen {
    /// As the form that takes it back sends it: the role and its scope.
    pub key: String,
    pub role: String,
    /// The name of the organisation or cohort; nothing for the whole service.
    pub of: Option<String>,
    pub since: Moment,
    pub by: Option<String>,
    pub reason: String,
}

/// Support looked at what concerns a person, or did something for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportLook {
    /// Nobody when that account is gone.
    pub by: Option<String>,
    pub at: Moment,
    pub what: String,
    /// Nothing for a look at many people: the reason may tell of one of them.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_is_reached_by_mail_or_at_a_page() {
        assert_eq!(contact_address("help@coop.example"), "mailto:help@coop.example");
        assert_eq!(contact_address("https://coop.example/help"), "https://coop.example/help");
    }

    #[test]
    fn a_search_is_for_each_word_an_address_whole_and_nothing_short() {
        for (search, words) in [
            ("Ngata, Aroha", &["Ngata", "Aroha"][..]),
            (" O Connor ", &["O", "Connor"]),
            ("Ng Li", &["Ng Li"]),
            ("sam@north.example", &["sam@north.example"]),
            ("sa", &[]),
            (", ,", &[]),
            ("d1@north.example", &[]),
            ("", &[]),
        ] {
            assert_eq!(words_to_find(search), words, "{search}");
        }
    }
}
