//! The contacts and the library of an area.

mod contacts;
mod files;
mod languages;
mod list;

use serde::{Deserialize, Serialize};

pub use contacts::{Contact, ContactAct, Contacts, MOST_CONTACTS};
pub use files::{FileType, MOST_BYTES, MOST_CAPTION_BYTES, MOST_VIDEO_BYTES, megabytes, size};
pub use languages::CaptionLanguage;
pub use list::{KindShown, OfMembers, ResourceSort, ResourcesQuery, StateShown};

use super::{AreaHead, MemberId};
use crate::{FormToken, Moment, kit::list::Page};

crate::id!(ContactId);
crate::id!(
    /// A link or a file of the library, with all its versions.
    ResourceId
);
crate::id!(VersionId);

/// A web address that may be shown: https, with a real host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebLink {
    pub address: String,
    /// What people read beside the link, so that they know where it leads.
    pub host: String,
}

/// A day as a page shows it, and as a form sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// "2026-11-22".
    pub iso: String,
    /// "22 November 2026".
    pub words: String,
}

/// A member by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: MemberId,
    pub name: String,
}

/// What a resource is: that of its newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    Link,
    Document,
    Image,
    Video,
}

impl ResourceKind {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Document => "document",
            Self::Image => "image",
            Self::Video => "video",
        }
    }
}

/// Where a resource stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceState {
    /// A member has suggested it, and waits for a lead.
    Suggested,
    Current,
    Retired,
    Declined,
}

impl ResourceState {
    pub const ALL: [Self; 4] = [Self::Suggested, Self::Current, Self::Retired, Self::Declined];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suggested => "suggested",
            Self::Current => "current",
            Self::Retired => "retired",
            Self::Declined => "declined",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Suggested => "Suggested",
            Self::Current => "In use",
            Self::Retired => "Retired",
            Self::Declined => "Declined",
        }
    }
}

/// What a version is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Thing {
    Link(WebLink),
    File {
        kind: FileType,
        bytes: u32,
        /// What an image shows.
        alt: Option<String>,
    },
}

impl Thing {
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        match self {
            Self::Link(_) => ResourceKind::Link,
            Self::File { kind, .. } => kind.kind(),
        }
    }

    /// "Link to nice.org.uk", "PDF, 1.4 MB".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Link(link) => format!("Link to {}", link.host),
            Self::File { kind, bytes, .. } => format!("{}, {}", kind.label(), size(*bytes)),
        }
    }
}

/// What the list and the page of a resource say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceCard {
    pub id: ResourceId,
    pub title: String,
    pub purpose: String,
    pub state: ResourceState,
    /// The newest version.
    pub thing: Thing,
    /// Nobody when they have left.
    pub owner: Option<Named>,
    pub added: Day,
    pub review: Day,
    /// That day has come.
    pub due: bool,
    /// Of a suggested version: the resource of which it shall be one. `purpose` says what is different.
    #[serde(default)]
    pub version_of: Option<ResourceId>,
}

/// A suggestion of the reader's own that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSuggestion {
    pub id: ResourceId,
    pub title: String,
    pub state: ResourceState,
    /// Why it was declined.
    pub reason: Option<String>,
    /// A new version of what is in the library.
    #[serde(default)]
    pub new_version: bool,
}

/// `/zone/{area}/resources`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    pub head: AreaHead,
    pub resources: Page<ResourceCard>,
    pub own: Vec<OwnSuggestion>,
    /// For a lead: how many suggestions wait.
    pub waiting: u32,
    pub form: FormToken,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub id: VersionId,
    pub number: u32,
    pub made: Moment,
    /// Nobody when they have left.
    pub by: Option<Named>,
    /// What is different from the version before.
    pub change: Option<String>,
    pub thing: Thing,
    /// Of a video's captions.
    #[serde(default)]
    pub captions: CaptionLanguage,
}

/// `/zone/{area}/resources/{resource}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePage {
    pub head: AreaHead,
    pub card: ResourceCard,
    /// Why it is retired or declined.
    pub reason: Option<String>,
    /// Who added or suggested it. Nobody when they have left.
    pub added_by: Option<Named>,
    /// The reader did, so a suggestion is theirs to take back.
    pub own: bool,
    /// The newest first, and never none.
    pub versions: Vec<Version>,
    /// Versions of it that are suggested and wait for a lead, first come first: for a lead all, for others their own.
    #[serde(default)]
    pub waiting: Vec<ResourceId>,
    pub form: FormToken,
}

/// What a lead decides on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceAct {
    Accept,
    Decline,
    Retire,
    BringBack,
}

impl ResourceAct {
    pub const ALL: [Self; 4] = [Self::Accept, Self::Decline, Self::Retire, Self::BringBack];

    /// As a button sends it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Retire => "retire",
            Self::BringBack => "bring-back",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// The state that it leads from, and the one to which it leads.
    #[must_use]
    pub fn turns(self) -> (ResourceState, ResourceState) {
        match self {
            Self::Accept => (ResourceState::Suggested, ResourceState::Current),
            Self::Decline => (ResourceState::Suggested, ResourceState::Declined),
            Self::Retire => (ResourceState::Current, ResourceState::Retired),
            Self::BringBack => (ResourceState::Retired, ResourceState::Current),
        }
    }

    /// The id of the field for the reason, where one is asked for.
    #[must_use]
    pub fn reason_field(self) -> Option<&'static str> {
        match self {
            Self::Decline => Some("decline_reason"),
            Self::Retire => Some("retire_reason"),
            Self::Accept | Self::BringBack => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_act_is_read_as_it_is_written() {
        for state in ResourceState::ALL {
            assert_eq!(ResourceState::parse(state.as_str()), Some(state));
        }
        for act in ResourceAct::ALL {
            assert_eq!(ResourceAct::parse(act.as_str()), Some(act));
            // Who loses something by it reads why.
            let takes_away = matches!(act.turns().1, ResourceState::Declined | ResourceState::Retired);
            assert_eq!(act.reason_field().is_some(), takes_away);
        }
        assert_eq!((ResourceState::parse(""), ResourceAct::parse("Accept")), (None, None));
    }

    #[test]
    fn a_link_says_where_it_leads_and_a_file_how_large_it_is() {
        let link = WebLink { address: "https://nice.org.uk/a".into(), host: "nice.org.uk".into() };
        assert_eq!(Thing::Link(link).words(), "Link to nice.org.uk");
        let file = |kind, bytes| Thing::File { kind, bytes, alt: None };
        assert_eq!(file(FileType::Pdf, 1_400_000).words(), "PDF, 1.4 MB");
        assert_eq!(file(FileType::Mp4, 1_400_000).kind(), ResourceKind::Video);
    }
}
