//! Pieces of the pages of an area.

mod code;
mod contact;
mod found;
mod head;
mod leaving;
mod library;
mod member;
mod message;
mod news;
mod reach;
mod search_form;
#[cfg(feature = "hydrate")]
mod typing;

pub use code::CodeOfConduct;
pub use contact::{BlockForm, CONTACT_FORMS, ReportForm, UnblockForm, contact_done};
pub use found::{found, no_numbers, so_many};
pub use head::{Head, use_area};
pub use leaving::WhatGoes;
pub use library::{FactFields, ThingFields, member, out, suggestions_wait, tags};
pub use member::MemberDetails;
pub use message::MessageForm;
pub use news::{keep_area_current, keep_zone_current, waits};
pub use reach::{by_mail, by_telephone};
pub use search_form::search_form;
