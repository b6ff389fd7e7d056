//! Numeracy and literacy: what candidates sit and practise, and what those who set papers see. `domain` and `services` have the
//! same parts; in each are its server functions (`api`), its `pages`, and `parts` of pages.

pub mod adjustments;
pub mod authoring;
pub mod bank;
pub mod delivery;
mod form;
pub mod invigilation;
#[cfg(feature = "ssr")]
mod parse;
pub mod practice;
pub mod question;
pub mod results;
pub mod support;

pub use support::ask_reason::AskReason;

use authoring::pages::{candidates, change, paper, papers, preview, publish, sections, settings};
use bank::pages::{bank_draft, questions};
use delivery::pages::{home, receipt, room, start};
use invigilation::pages::sitting;
use results::pages::{items, result, verify};

crate::kit::area::area! {
    /// What candidates see before and after a sitting, and what they practise.
    CandidatePages in candidate (show_candidate, fetch_candidate) {
        Home => home::Home,
        Start => start::Start,
        Receipt => receipt::ReceiptPage,
        Result => result::ResultPage,
        Practice => practice::pages::practice::Practice,
        PracticeQuestion => practice::pages::practice_question::PracticeQuestion,
        Verify => verify::Verify,
    }
}

crate::kit::area::area! {
    RoomPages in room (show_room, fetch_room) {
        Room => room::RoomPage,
    }
}

crate::kit::area::area! {
    /// Where those who set papers begin: by itself, so that it is there soon.
    PapersPages in papers (show_papers, fetch_papers) {
        Papers => papers::Papers,
    }
}

crate::kit::area::area! {
    /// For whoever sets papers, before they are published.
    SettingPages in setting (show_setting, fetch_setting) {
        Settings => settings::Settings,
        Sections => sections::Sections,
        Candidates => candidates::Candidates,
        Change => change::Change,
        Preview => preview::Preview,
        Publish => publish::Publish,
        Questions => questions::Questions,
        BankDraft => bank_draft::BankDraft,
        Adjustments => adjustments::pages::adjustments::Adjustments,
    }
}

crate::kit::area::area! {
    /// For whoever runs papers, and looks back at them.
    RunningPages in running (show_running, fetch_running) {
        Paper => paper::Paper,
        Results => results::pages::results::Results,
        Items => items::Items,
        SittingPage => sitting::SittingPage,
    }
}
