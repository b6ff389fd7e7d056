//! What members say of themselves, and their pictures.

mod typed;
mod work_area;

use serde::{Deserialize, Serialize};

pub use typed::{Line, Passage, ProfileEntries, ProfileTyped, YearsQualified};
pub use work_area::{OTHER_WORK_AREA, WORK_AREAS};

use super::{AreaHead, AreaId, MemberId, messages::Writing};
use crate::FormToken;

crate::id!(
    /// A picture of a member: another picture has another id.
    PictureId
);

/// A member as the others of the area see them: what is not filled in, or not shown, is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberProfile {
    pub member: MemberId,
    pub name: String,
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default)]
    pub work_area: Option<String>,
    #[serde(default)]
    pub place: Option<String>,
    /// Several lines.
    #[serde(default)]
    pub about: Option<String>,
    /// Several lines.
    #[serde(default)]
    pub interests: Option<String>,
    #[serde(default)]
    pub years_qualified: Option<u8>,
    #[serde(default)]
    pub picture: Option<PictureId>,
    /// Only if they show it.
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub telephone: Option<String>,
    #[serde(default)]
    pub takes_messages: bool,
    /// "These views are my own."
    #[serde(default)]
    pub own_views: bool,
}

/// `/zone/{area}/members/{member}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPage {
    pub head: AreaHead,
    /// By which there is news of who leaves the area.
    #[serde(default)]
    pub id: Option<AreaId>,
    pub profile: MemberProfile,
    /// It is the reader's own.
    #[serde(default)]
    pub own: bool,
    pub writing: Writing,
}

/// `/zone/{area}/profile`: the reader's own profile, as others see it and to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePage {
    pub head: AreaHead,
    pub seen: MemberProfile,
    /// The address of the account, shown to others or not.
    pub email: String,
    /// The form says which version it shows.
    pub version: u32,
    /// Of the form for a picture.
    pub form: FormToken,
}
