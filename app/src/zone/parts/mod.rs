//! Pieces of the pages of an area.

mod code;
mod head;
mod leaving;
mod member;

pub use code::CodeOfConduct;
pub use head::{Head, use_area};
pub use leaving::WhatGoes;
pub use member::MemberDetails;
