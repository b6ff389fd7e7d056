//! NMP Zone: closed communities of prescribers.

pub mod api;
pub mod pages;
mod parts;

/// Takes the picture of a profile: see `server/src/web/pictures.rs`.
pub const PICTURE_PATH: &str = "/pictures";

use pages::{
    applications, area, areas, contacts, directory, join, leave, leave_all, left, member, messages, profile,
    reports, resource, resources, stop_messages,
};

/// Where the forms of the library are sent. It is no server function: a browser sends files in another way than forms.
pub const RESOURCE_PATH: &str = "/zone-resources";

crate::kit::area::area! {
    /// Messages between members.
    MessagePages in messages (show_messages, fetch_messages) {
        Messages => messages::Messages,
        StopMessages => stop_messages::StopMessages,
        MessagesStopped => stop_messages::MessagesStopped,
    }
}

crate::kit::area::area! {
    ZonePages in zone (show_zone, fetch_zone) {
        Areas => areas::Areas,
        LeaveAll => leave_all::LeaveAll,
        Left => left::Left,
        Join => join::Join,
        AreaHome => area::AreaHome,
        Directory => directory::Directory,
        Member => member::Member,
        Profile => profile::Profile,
        Leave => leave::Leave,
    }
}

crate::kit::area::area! {
    /// What the area keeps for its members, and what its leads decide.
    ZoneKeepingPages in zone_keeping (show_zone_keeping, fetch_zone_keeping) {
        Contacts => contacts::Contacts,
        Resources => resources::Resources,
        Resource => resource::Resource,
        Applications => applications::Applications,
        Reports => reports::Reports,
    }
}
