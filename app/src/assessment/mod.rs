//! Numeracy and literacy: what candidates sit and practise, and what those who set papers see.

pub mod api;
mod pages;
mod parts;

pub use parts::ask_reason::AskReason;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route},
    path,
};

use pages::{
    adjustments::Adjustments, bank_draft::BankDraft, candidates::Candidates, change::Change, desk::Desk,
    home::Home, items::Items, paper::Paper, papers::Papers, practice::Practice,
    practice_question::PracticeQuestion, preview::Preview, publish::Publish, questions::Questions,
    receipt::ReceiptPage, result::ResultPage, results::Results, room::RoomPage, sections::Sections,
    settings::Settings, start::Start, verify::Verify,
};

#[component(transparent)]
pub fn AssessmentRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/assessments") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=Home />
            <Route path=path!("/start/:paper") view=Start />
            <Route path=path!("/sittings/:sitting") view=RoomPage />
            <Route path=path!("/sittings/:sitting/receipt") view=ReceiptPage />
            <Route path=path!("/sittings/:sitting/result") view=ResultPage />
            <Route path=path!("/practice") view=Practice />
            <Route path=path!("/practice/:question") view=PracticeQuestion />
            <SettingRoutes />
        </ParentRoute>
    }
    .into_inner()
}

/// For whoever sets papers.
#[component(transparent)]
fn SettingRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/papers") view=Papers />
            <Route path=path!("/papers/:paper") view=Paper />
            <Route path=path!("/papers/:paper/settings") view=Settings />
            <Route path=path!("/papers/:paper/questions") view=Sections />
            <Route path=path!("/papers/:paper/candidates") view=Candidates />
            <Route path=path!("/papers/:paper/change") view=Change />
            <Route path=path!("/papers/:paper/preview") view=Preview />
            <Route path=path!("/papers/:paper/publish") view=Publish />
            <Route path=path!("/papers/:paper/results") view=Results />
            <Route path=path!("/papers/:paper/items") view=Items />
            <Route path=path!("/papers/:paper/sittings/:sitting") view=Desk />
            <Route path=path!("/questions/:organisation") view=Questions />
            <Route path=path!("/questions/:organisation/:draft") view=BankDraft />
            <Route path=path!("/adjustments/:organisation") view=Adjustments />
        </ParentRoute>
    }
    .into_inner()
}

/// `/verify/{code}`, for anybody.
#[component(transparent)]
pub fn VerifyRoute() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("/verify/:code") view=Verify ssr=SsrMode::Async /> }.into_inner()
}
