//! News: how what is shown stays equal to what the server would answer now.
//!
//! A tab has one stream of events, which tell of the topics that its page shows, and carry nothing but that one has changed. A part of
//! a page that shows how things are now is drawn from a signal, and [`keep_current`] asks its server function again when there is news,
//! for as long as the page is there. Without scripts the same page is as it was when it was loaded.

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

/// Tells the parts of the tab, whatever page is shown then, that something was changed from it of which the server tells no news. To be
/// had where an owner is, and to be called later.
#[cfg(feature = "hydrate")]
pub fn tell_changed() -> impl Fn() + Copy {
    stream::tell_changed()
}

/// Another page is asked for: what is news from here on, that page may not show.
pub fn page_asked_for() {
    #[cfg(feature = "hydrate")]
    stream::with(stream::Stream::page_asked_for);
}
