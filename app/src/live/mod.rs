//! News: how an open page stays equal to what the server would answer now.
//!
//! The server draws every page, and draws it again for whoever asks. So what lives on a page is no second program in the
//! browser that knows how a tick or a table looks: it is an element with an id and the attribute `data-live`, and one
//! [`KeepCurrent`] on the page, which fetches the page anew when there is news and puts what has changed into those elements.
//! Without scripts the same page is as it was when it was loaded.

mod keep;
#[cfg(feature = "hydrate")]
mod listen;
#[cfg(feature = "hydrate")]
mod morph;

pub use keep::KeepCurrent;
#[cfg(feature = "hydrate")]
pub use listen::{Found, News, listen};
