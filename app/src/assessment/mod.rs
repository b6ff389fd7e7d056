//! Numeracy and literacy: the pages of candidates, practice and setters. `domain` and `services` have the same parts;
//! each has its server functions (`api`), its `pages`, and `parts` of pages.

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

use authoring::pages::{
    candidates, change, organisations, paper, papers, preview, publish, sections, settings, trial,
};
use bank::pages::{bank_draft, browse, example, questions, write};
use delivery::pages::{home, receipt, room, start};
use invigilation::pages::sitting;
use results::pages::{items, result, verify};

crate::kit::area::area! {
    /// A candidate's pages before and after a sitting, and practice.
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
    /// The first page of setters: separate, so that it loads quickly.
    PapersPages in papers (show_papers, fetch_papers) {
        Papers => papers::Papers,
        Organisations => organisations::Organisations,
    }
}

crate::kit::area::area! {
    /// For setters, before their papers are published.
    SettingPages in setting (show_setting, fetch_setting) {
        Settings => settings::Settings,
        Candidates => candidates::Candidates,
        Change => change::Change,
        Publish => publish::Publish,
        Adjustments => adjustments::pages::adjustments::Adjustments,
    }
}

crate::kit::area::area! {
    /// The questions of a paper.
    SectionsPages in sections (show_sections, fetch_sections) {
        Sections => sections::Sections,
        Preview => preview::Preview,
    }
}

crate::kit::area::area! {
    /// The room of the candidates, for the setter who tries a paper.
    TrialPages in trial (show_trial, fetch_trial) {
        Try => trial::Try,
    }
}

crate::kit::area::area! {
    /// The questions that setters may set, an organisation's own, and the form in which they are written.
    BankPages in bank (show_bank, fetch_bank) {
        Browse => browse::Browse,
        Example => example::Example,
        Questions => questions::Questions,
        BankDraft => bank_draft::BankDraft,
        Write => write::Write,
    }
}

crate::kit::area::area! {
    /// For setters and invigilators, while a paper runs.
    RunningPages in running (show_running, fetch_running) {
        Paper => paper::Paper,
    }
}

crate::kit::area::area! {
    /// For setters, to review papers.
    ResultsPages in results (show_results, fetch_results) {
        Results => results::pages::results::Results,
        Items => items::Items,
        SittingPage => sitting::SittingPage,
    }
}
