//! News of the Zone: for who is signed in, their own applications, and for a lead, who waits for them; for the members of an area, that somebody
//! has left it.

use std::future::Future;

use domain::{kit::live::Topic, zone::AreaId};
use leptos::prelude::*;

use crate::kit::{
    api::{ApiError, PageState},
    live::{ConnectionState, Refresh, keep_current},
};

/// Asks again whenever there is news for the reader. A visitor has none.
pub fn keep_zone_current<T, F>(
    ask: impl Fn() -> F + 'static,
    take: impl Fn(T) + 'static,
) -> Option<RwSignal<ConnectionState>>
where
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let reader = PageState::get().signed_in?.person;
    Some(keep_current(Refresh::Of(Topic::Zone(reader)), ask, take))
}

/// Asks again whenever somebody has left the area.
pub fn keep_area_current<T, F>(
    area: Option<AreaId>,
    ask: impl Fn() -> F + 'static,
    take: impl Fn(T) + 'static,
) -> Option<RwSignal<ConnectionState>>
where
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    area.map(|area| keep_current(Refresh::Of(Topic::Area(area)), ask, take))
}

/// How many people wait for a lead.
pub fn waits(people: u32) -> String {
    if people == 1 { "1 person waits".to_owned() } else { format!("{people} people wait") }
}
