//! An organisation that pays for a learner who has an account of their own.

use serde::{Deserialize, Serialize};

use super::{OrganisationHead, OrganisationId};
use crate::{
    Moment, Problem,
    accounts::{Consent, PersonId},
    kit::list::{Choice, Filter, ListQuery, Page, Sort},
};

/// The version of the text by which a learner consents to an organisation seeing their progress: `app` has the text, in
/// `app/src/accounts/parts/sponsors.rs`. Another text is another version.
pub const SPONSOR_CONSENT: &str = "2026-12-01";

/// Consent to an organisation seeing one's progress, by the text of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SponsorConsent(());

impl SponsorConsent {
    /// From the box of the form, and the version that the form has shown.
    ///
    /// # Errors
    /// A problem in words for a box that is not ticked, and for what a page of another version has shown.
    pub fn parse(ticked: bool, shown: &str) -> Result<Self, Problem> {
        let words = match (ticked, shown == SPONSOR_CONSENT) {
            (true, true) => return Ok(Self(())),
            (false, _) => "Tick the box if you agree. Without your consent the organisation sees nothing",
            (true, false) => {
                "Load the page again: what the organisation sees has changed, and this page does not show it yet"
            }
        };
        Err(Problem::InWords { words: words.to_owned() })
    }

    /// What they have consented to.
    pub fn version(self) -> &'static str {
        SPONSOR_CONSENT
    }
}

/// The code by which learners name an organisation: ten letters and digits that are not taken for one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SponsorCode(String);

impl SponsorCode {
    pub const LENGTH: usize = 10;
    const ALPHABET: &'static [u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// One from random bytes.
    pub fn from_random(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte % 32)])).collect())
    }

    /// As people type it: in any case, with spaces or a hyphen between. `None` for what can be no code.
    pub fn parse(typed: &str) -> Option<Self> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>()
            .to_ascii_uppercase();
        let known = code.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        (known && code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// The same for a field that may be left empty. It does not say whether there is such a code.
    ///
    /// # Errors
    /// A problem in words.
    pub fn parse_if_typed(typed: &str) -> Result<Option<Self>, Problem> {
        if crate::visible(typed).is_empty() {
            return Ok(None);
        }
        let words = "Enter the ten letters and digits of the code as the organisation gave it to you, or leave this empty";
        Self::parse(typed).map(Some).ok_or_else(|| Problem::InWords { words: words.to_owned() })
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at(Self::LENGTH / 2);
        format!("{first}-{second}")
    }
}

/// How far it is between a learner and the organisation that they have named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SponsorState {
    /// The learner has named it, and not consented yet: it is told nothing.
    Named,
    /// The learner has consented, and the organisation has not said yet whether it pays.
    Asked,
    /// Both have said so: it sees their progress.
    Confirmed,
    /// The organisation has said that it does not pay, or no longer.
    Ended,
}

/// An organisation that a learner has named, in their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sponsor {
    pub organisation: OrganisationId,
    pub name: String,
    pub state: SponsorState,
    /// While it holds.
    pub consent: Option<Consent>,
    /// When the organisation confirmed or ended it.
    pub answered: Option<Moment>,
}

/// `/organisation/{slug}/sponsored`: the learners who have named the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sponsored {
    pub head: OrganisationHead,
    /// The code that it gives out, and where that leads.
    pub code: Option<CodeGiven>,
    /// Whether the person who looks sees progress. Support does not.
    #[serde(default)]
    pub follows: bool,
    pub learners: Page<SponsoredRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGiven {
    pub code: String,
    /// For people without an account.
    pub register: String,
    /// For people who have one.
    pub account: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SponsoredRow {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    /// When they consented.
    pub asked: Moment,
    pub confirmed: Option<Moment>,
    /// What the organisation may see.
    pub progress: Vec<CourseProgress>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseProgress {
    pub course: String,
    pub completed: u32,
    pub modules: u32,
}

/// The columns that sort the learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SponsoredSort {
    #[default]
    Name,
    Asked,
}

impl Choice for SponsoredSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Asked];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Asked => "asked",
        }
    }
}

impl Sort for SponsoredSort {
    fn falls(self) -> bool {
        self == Self::Asked
    }
}

/// The filter of the learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SponsoredShown {
    #[default]
    All,
    Waiting,
    Confirmed,
}

impl Choice for SponsoredShown {
    const ALL: &'static [Self] = &[Self::All, Self::Waiting, Self::Confirmed];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Filter for SponsoredShown {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Waiting => "Waiting for your answer",
            Self::Confirmed => "Paid for",
        }
    }
}

/// An administrator's query for the learners that the organisation pays for.
pub type SponsoredQuery = ListQuery<SponsoredSort, SponsoredShown>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = SponsorCode::from_random([0, 31, 32, 255, 7, 8, 9, 100, 200, 13]);
        assert_eq!(SponsorCode::parse(&code.shown()), Some(code.clone()));
        let typed = format!(" {} ", code.shown().to_lowercase().replace('-', " "));
        assert_eq!(SponsorCode::parse(&typed), Some(code));
        for wrong in
            ["", "ABCDE", "ABCDE-FGHJKL", "ABCDE-FGHJ0", "ABCDE-FGHJI", "ABCDE-FGHJÉ", "'; drop table"]
        {
            assert_eq!(SponsorCode::parse(wrong), None, "{wrong}");
            assert_eq!(SponsorCode::parse_if_typed(wrong).is_ok(), wrong.is_empty(), "{wrong}");
        }
    }

    #[test]
    fn consent_is_a_ticked_box_under_the_text_of_today() {
        assert!(SponsorConsent::parse(false, SPONSOR_CONSENT).is_err());
        for other in ["", "2018-05-25"] {
            assert!(SponsorConsent::parse(true, other).is_err());
        }
        let given = SponsorConsent::parse(true, SPONSOR_CONSENT).map(SponsorConsent::version);
        assert_eq!(given, Ok(SPONSOR_CONSENT));
    }
}
