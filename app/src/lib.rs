//! The screens: one single-page application, with an area a folder.
//!
//! The same components draw the first page on the server and every later one in the browser, so the crate is compiled
//! twice, with `ssr` and with `hydrate`. The server sends each page whole, and it works without scripts; in the browser
//! the application takes over the elements that it finds (it *hydrates* them), and from then on a link changes the page
//! without loading a document. The data of a page comes from one server function of its area; permission is decided
//! below, in `services`.

pub mod accounts;
pub mod assessment;
pub mod cohorts;
pub mod kit;
pub mod learning;
pub mod organisations;
pub mod support;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode::Async,
    components::{Route, Router, Routes},
    path,
};

use accounts::{AccountPages, ActivationPages, pages::home::Home};
use assessment::{CandidatePages, PapersPages, RoomPages, RunningPages, SettingPages};
use cohorts::CohortPages;
use kit::api::PageState;
#[cfg(feature = "ssr")]
pub use kit::document::shell;
use kit::navigation::{Navigation, ProgressLine};
use kit::ui::{Elsewhere, PageTitle, SiteFooter, SiteHeader, SkipLink, provide_title};
#[cfg(feature = "hydrate")]
pub use kit::{
    as_drawn::leave_as_drawn,
    navigation::{loads_another_page, stand_at_page_address},
};
use learning::{
    CheckPages,
    pages::{course::Course, courses::Courses, module::Module, reading::Reading},
};
use organisations::OrganisationPages;
use support::SupportPages;

#[component]
pub fn App() -> impl IntoView {
    // First of all: the browser finds travelling values by their number.
    PageState::provide();
    provide_meta_context();
    provide_title();
    kit::live::provide();
    let routing = Navigation::provide();
    view! {
        <PageTitle />
        <Router set_is_routing=routing>
            <kit::navigation::Following />
            <SkipLink />
            <ProgressLine />
            <SiteHeader />
            <main id="main" tabindex="-1">
                // Flat, because the router does not wait for nested routes: the old page would disappear before the new
                // one is there.
                <Routes fallback=Elsewhere>
                    <Route path=path!("/") view=Home ssr=Async />

                    <Route path=path!("/sign-in") view=AccountPages::SignIn ssr=Async />
                    <Route path=path!("/sign-in/code") view=AccountPages::EnterCode ssr=Async />
                    <Route path=path!("/forgotten-password") view=AccountPages::Forgotten ssr=Async />
                    <Route path=path!("/forgotten-password/sent") view=AccountPages::LinkSent ssr=Async />
                    <Route path=path!("/choose-password/done") view=AccountPages::PasswordChosen ssr=Async />
                    <Route path=path!("/choose-password/:token") view=AccountPages::ChoosePassword ssr=Async />
                    <Route path=path!("/account") view=AccountPages::Account ssr=Async />
                    <Route path=path!("/account/second-factor") view=AccountPages::SecondFactor ssr=Async />

                    <Route path=path!("/activate/new") view=ActivationPages::ActivateAgain ssr=Async />
                    <Route path=path!("/activate/done") view=ActivationPages::Activated ssr=Async />
                    <Route path=path!("/activate/:token") view=ActivationPages::Activate ssr=Async />
                    <Route path=path!("/stop-reminders/done") view=ActivationPages::RemindersStopped ssr=Async />
                    <Route path=path!("/stop-reminders/:token") view=ActivationPages::StopReminders ssr=Async />
                    <Route path=path!("/register") view=ActivationPages::Register ssr=Async />
                    <Route path=path!("/register/sent") view=ActivationPages::RegistrationSent ssr=Async />
                    <Route path=path!("/register/done") view=ActivationPages::Registered ssr=Async />
                    <Route path=path!("/register/:token") view=ActivationPages::ConfirmRegistration ssr=Async />
                    <Route path=path!("/account/withdraw") view=ActivationPages::Withdraw ssr=Async />
                    <Route path=path!("/consent-withdrawn") view=ActivationPages::ConsentWithdrawn ssr=Async />

                    <Route path=path!("/learn") view=Courses ssr=Async />
                    <Route path=path!("/learn/:course") view=Course ssr=Async />
                    <Route path=path!("/learn/:course/end") view=CheckPages::End ssr=Async />
                    <Route path=path!("/learn/:course/:module") view=Module ssr=Async />
                    <Route path=path!("/learn/:course/:module/check") view=CheckPages::Check ssr=Async />
                    <Route path=path!("/learn/:course/:module/:page") view=Reading ssr=Async />

                    <Route path=path!("/cohorts") view=CohortPages::Cohorts ssr=Async />
                    <Route path=path!("/cohorts/:cohort") view=CohortPages::Cohort ssr=Async />

                    <Route path=path!("/organisation/:slug") view=OrganisationPages::Overview ssr=Async />
                    <Route path=path!("/organisation/:slug/people") view=OrganisationPages::People ssr=Async />
                    <Route path=path!("/organisation/:slug/people/new") view=OrganisationPages::NewPerson ssr=Async />
                    <Route path=path!("/organisation/:slug/sponsored") view=OrganisationPages::Sponsored ssr=Async />
                    <Route path=path!("/organisation/:slug/cohorts") view=OrganisationPages::Cohorts ssr=Async />
                    <Route path=path!("/organisation/:slug/cohorts/:cohort") view=OrganisationPages::Cohort ssr=Async />
                    <Route path=path!("/organisation/:slug/courses") view=OrganisationPages::Courses ssr=Async />
                    <Route path=path!("/organisation/:slug/reports") view=OrganisationPages::Reports ssr=Async />
                    <Route path=path!("/organisation/:slug/uploads") view=OrganisationPages::Uploads ssr=Async />
                    <Route path=path!("/organisation/:slug/uploads/:upload") view=OrganisationPages::Upload ssr=Async />
                    <Route path=path!("/organisation/:slug/feedback") view=OrganisationPages::Feedback ssr=Async />

                    <Route path=path!("/support") view=SupportPages::Find ssr=Async />
                    <Route path=path!("/support/log") view=SupportPages::Log ssr=Async />
                    <Route path=path!("/support/feedback") view=SupportPages::Feedback ssr=Async />
                    <Route path=path!("/support/people/:person") view=SupportPages::Person ssr=Async />

                    <Route path=path!("/assessments") view=CandidatePages::Home ssr=Async />
                    <Route path=path!("/assessments/start/:paper") view=CandidatePages::Start ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting") view=RoomPages::Room ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting/receipt") view=CandidatePages::Receipt ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting/result") view=CandidatePages::Result ssr=Async />
                    <Route path=path!("/assessments/practice") view=CandidatePages::Practice ssr=Async />
                    <Route path=path!("/assessments/practice/:question") view=CandidatePages::PracticeQuestion ssr=Async />
                    <Route path=path!("/verify/:code") view=CandidatePages::Verify ssr=Async />

                    <Route path=path!("/assessments/papers") view=PapersPages::Papers ssr=Async />
                    <Route path=path!("/assessments/organisations") view=PapersPages::Organisations ssr=Async />
                    <Route path=path!("/assessments/papers/:paper") view=RunningPages::Paper ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/settings") view=SettingPages::Settings ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/questions") view=SettingPages::Sections ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/candidates") view=PapersPages::Candidates ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/change") view=SettingPages::Change ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/preview") view=SettingPages::Preview ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/publish") view=SettingPages::Publish ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/results") view=RunningPages::Results ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/items") view=RunningPages::Items ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/sittings/:sitting") view=RunningPages::SittingPage ssr=Async />
                    <Route path=path!("/assessments/questions/:organisation") view=SettingPages::Questions ssr=Async />
                    <Route path=path!("/assessments/questions/:organisation/:draft") view=SettingPages::BankDraft ssr=Async />
                    <Route path=path!("/assessments/adjustments/:organisation") view=SettingPages::Adjustments ssr=Async />
                </Routes>
            </main>
            <SiteFooter />
        </Router>
    }
}

/// Whether the page at this path is only for people who are signed in. Every page is, except those listed here.
pub fn needs_sign_in(path: &str) -> bool {
    let open = [
        "/",
        "/sign-in",
        "/forgotten-password",
        "/forgotten-password/sent",
        "/choose-password/done",
        "/register",
        "/consent-withdrawn",
    ];
    let below = ["/choose-password/", "/activate/", "/stop-reminders/", "/register/", "/verify/"];
    !(open.contains(&path) || below.iter().any(|below| path.starts_with(below)))
}
