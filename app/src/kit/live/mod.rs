//! News: keeps the shown data equal to the server's.
//!
//! A tab has one stream of events for the topics of its page; an event says only that a topic has changed. A live part
//! of a page is drawn from a signal, and [`keep_current`] calls its server function again when there is news, for as
//! long as the page is there. Without scripts the page stays as it was when it was loaded.

#[cfg(feature = "hydrate")]
mod asker;
mod keep;
#[cfg(feature = "hydrate")]
mod stream;

pub use keep::{ConnectionState, Refresh, StillCurrent, keep_current};

/// Makes the tab's stream available to every page.
pub fn provide() {
    #[cfg(feature = "hydrate")]
    stream::provide();
}

/// Tells the parts of the tab, whichever page is shown then, of a change for which the server sends no news. Get it
/// inside an owner, and call it later.
#[cfg(feature = "hydrate")]
pub fn tell_changed() -> impl Fn() + Copy {
    stream::tell_changed()
}

/// Another page is requested: it may not contain news from here on.
pub fn page_asked_for() {
    #[cfg(feature = "hydrate")]
    stream::with(stream::Stream::page_asked_for);
}
