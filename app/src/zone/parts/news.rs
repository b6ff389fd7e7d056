//! News of the Zone for who is signed in: their own applications, and for a lead, who waits for them.

use std::future::Future;

use domain::kit::live::Topic;
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

/// How many people wait for a lead.
pub fn waits(people: u32) -> String {
    if people == 1 { "1 person waits".to_owned() } else { format!("{people} people wait") }
}
