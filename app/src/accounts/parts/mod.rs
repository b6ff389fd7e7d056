mod leave;
mod link;
mod sponsors;
mod what_we_keep;

pub use link::{LinkGone, OpenAccount, by_link};
pub use sponsors::WhoSeesProgress;
pub use what_we_keep::WhatWeKeep;
