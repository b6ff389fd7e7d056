//! Numeracy and literacy: what candidates sit and practise, and what those who set papers see.

pub mod api;
pub mod pages;
mod parts;

pub use parts::ask_reason::AskReason;

use pages::{
    adjustments, bank_draft, candidates, change, desk, home, items, paper, papers, practice,
    practice_question, preview, publish, questions, receipt, result, results, room, sections, settings,
    start, verify,
};

crate::area::area! {
    /// What candidates see before and after a sitting, and what they practise.
    CandidatePages in candidate (show_candidate, fetch_candidate) {
        Home => home::Home,
        Start => start::Start,
        Receipt => receipt::ReceiptPage,
        Result => result::ResultPage,
        Practice => practice::Practice,
        PracticeQuestion => practice_question::PracticeQuestion,
        Verify => verify::Verify,
    }
}

crate::area::area! {
    RoomPages in room (show_room, fetch_room) {
        Room => room::RoomPage,
    }
}

crate::area::area! {
    /// Where those who set papers begin: by itself, so that it is there soon.
    PapersPages in papers (show_papers, fetch_papers) {
        Papers => papers::Papers,
    }
}

crate::area::area! {
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
        Adjustments => adjustments::Adjustments,
    }
}

crate::area::area! {
    /// For whoever runs papers, and looks back at them.
    RunningPages in running (show_running, fetch_running) {
        Paper => paper::Paper,
        Results => results::Results,
        Items => items::Items,
        Desk => desk::Desk,
    }
}
