//! Pieces of the pages on which papers are written.

mod checked;
mod corrected;
mod create;
mod head;
mod lists;
mod moving;
mod named;
mod rule_form;
mod rules;
#[cfg(all(test, feature = "ssr"))]
pub mod sample;
mod section;
mod summary;
mod tabs;
pub mod tasks;

use leptos::prelude::*;

pub use checked::Checked;
pub use corrected::{CloseForm, CodeForm, WordingForm};
pub use create::CreateForm;
pub use head::{
    OrganisationHead, PaperHead, Position, of_paper, paper_head, use_organisation, use_paper, with_label,
};
pub use lists::{CandidateList, StateTag};
pub use moving::{Draggable, MovedLine, Moving};
pub use named::Named;
pub use rule_form::Sources;
pub use rules::{RulesTable, Totals, level};
pub use section::PaperSection;
pub use summary::SettingsSummary;
pub use tabs::{PaperTab, paper_tabs};

/// The notice above a list when some of its rows are faulty; `what` is a "paper", for example.
pub fn not_shown(number: u32, thing: &str) -> Option<impl IntoView + use<>> {
    let text = match number {
        0 => return None,
        1 => format!(
            "One {thing} cannot be shown just now: something is wrong with it. We have been told, and will put it right."
        ),
        many => format!(
            "{many} {thing}s cannot be shown just now: something is wrong with them. We have been told, and will put them right."
        ),
    };
    Some(view! { <p class="notice">{text}</p> })
}
