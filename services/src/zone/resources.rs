//! The library of an area: links and files.
//!
//! | what | where |
//! |---|---|
//! | the list, and the page of one resource | `list.rs`, `page.rs` |
//! | what a form says of a resource | `facts.rs` |
//! | a web address, and a file by its content | `link.rs`, `content.rs`, `captions.rs` |
//! | what a video loses before it is kept | `video.rs` |
//! | a resource or a version of it is added or suggested | `adding.rs`, the file is kept by `keeping.rs` |
//! | a lead changes, accepts, declines, retires, brings back; it is removed for good | `deciding.rs` |
//! | leads are told of suggestions | `digest.rs` |
//! | a file is read again | `reading.rs` |

mod adding;
mod captions;
mod content;
mod deciding;
mod digest;
mod facts;
mod keeping;
mod link;
mod list;
mod page;
mod reading;
mod video;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use domain::{
    Problem,
    zone::{
        AreaId,
        resources::{Day, ResourceId},
    },
};
use serde_json::json;
use sqlx::PgConnection;

pub(crate) use self::digest::tell as tell_suggestions;
pub use self::{
    adding::{Added, NewVersion, add, add_version, may_add, too_large, too_many_at_once},
    deciding::{change, decide, remove_for_good},
    facts::Said,
    list::resources_page,
    page::resource_page,
    reading::{Part, Reading, file},
};
pub(super) use self::{
    facts::{Problems, member_called, purpose},
    link::{link, web_link},
};
use crate::{Result, Services, accounts::Actor, kit::audit};

pub(super) fn in_words(words: impl Into<String>) -> Problem {
    Problem::InWords { words: words.into() }
}

/// Today in London.
fn today(services: &Services) -> NaiveDate {
    in_london(services.clock.now())
}

fn in_london(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&London).date_naive()
}

fn day(day: NaiveDate) -> Day {
    Day { iso: day.format("%Y-%m-%d").to_string(), words: day.format("%-d %B %Y").to_string() }
}

/// An event about a resource.
async fn note(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    area: AreaId,
    resource: ResourceId,
    action: &str,
) -> Result<()> {
    let event = audit::Event { at: services.clock.now(), actor: Some(actor.person()), subject: None, action };
    audit::record_with(db, event, json!({ "area": area, "resource": resource })).await
}
