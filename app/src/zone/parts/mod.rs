//! Pieces of the pages of an area.

mod contact;
mod head;
mod message;

pub use contact::{BlockForm, CONTACT_FORMS, ReportForm, UnblockForm, contact_done};
pub use head::{Head, use_area};
pub use message::MessageForm;
