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
pub mod zone;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode::Async,
    components::{Route, Router, Routes},
};

use accounts::{AccountPages, ActivationPages, pages::home::Home};
use assessment::{CandidatePages, PapersPages, RoomPages, RunningPages, SettingPages};
use cohorts::CohortPages;
use kit::address::Address;
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
use zone::ZonePages;

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
                    <Route path=Address("/") view=Home ssr=Async />

                    <Route path=Address("/sign-in") view=AccountPages::SignIn ssr=Async />
                    <Route path=Address("/sign-in/code") view=AccountPages::EnterCode ssr=Async />
                    <Route path=Address("/forgotten-password") view=AccountPages::Forgotten ssr=Async />
                    <Route path=Address("/forgotten-password/sent") view=AccountPages::LinkSent ssr=Async />
                    <Route path=Address("/choose-password/done") view=AccountPages::PasswordChosen ssr=Async />
                    <Route path=Address("/choose-password/:token") view=AccountPages::ChoosePassword ssr=Async />
                    <Route path=Address("/account") view=AccountPages::Account ssr=Async />
                    <Route path=Address("/account/second-factor") view=AccountPages::SecondFactor ssr=Async />

                    <Route path=Address("/activate/new") view=ActivationPages::ActivateAgain ssr=Async />
                    <Route path=Address("/activate/done") view=ActivationPages::Activated ssr=Async />
                    <Route path=Address("/activate/:token") view=ActivationPages::Activate ssr=Async />
                    <Route path=Address("/stop-reminders/done") view=ActivationPages::RemindersStopped ssr=Async />
                    <Route path=Address("/stop-reminders/:token") view=ActivationPages::StopReminders ssr=Async />
                    <Route path=Address("/register") view=ActivationPages::Register ssr=Async />
                    <Route path=Address("/register/sent") view=ActivationPages::RegistrationSent ssr=Async />
                    <Route path=Address("/register/done") view=ActivationPages::Registered ssr=Async />
                    <Route path=Address("/register/:token") view=ActivationPages::ConfirmRegistration ssr=Async />
                    <Route path=Address("/account/withdraw") view=ActivationPages::Withdraw ssr=Async />
                    <Route path=Address("/consent-withdrawn") view=ActivationPages::ConsentWithdrawn ssr=Async />

                    <Route path=Address("/learn") view=Courses ssr=Async />
                    <Route path=Address("/learn/:course") view=Course ssr=Async />
                    <Route path=Address("/learn/:course/end") view=CheckPages::End ssr=Async />
                    <Route path=Address("/learn/:course/:module") view=Module ssr=Async />
                    <Route path=Address("/learn/:course/:module/check") view=CheckPages::Check ssr=Async />
                    <Route path=Address("/learn/:course/:module/:page") view=Reading ssr=Async />

                    <Route path=Address("/cohorts") view=CohortPages::Cohorts ssr=Async />
                    <Route path=Address("/cohorts/:cohort") view=CohortPages::Cohort ssr=Async />

                    <Route path=Address("/organisation/:slug") view=OrganisationPages::Overview ssr=Async />
                    <Route path=Address("/organisation/:slug/people") view=OrganisationPages::People ssr=Async />
                    <Route path=Address("/organisation/:slug/people/new") view=OrganisationPages::NewPerson ssr=Async />
                    <Route path=Address("/organisation/:slug/sponsored") view=OrganisationPages::Sponsored ssr=Async />
                    <Route path=Address("/organisation/:slug/cohorts") view=OrganisationPages::Cohorts ssr=Async />
                    <Route path=Address("/organisation/:slug/cohorts/:cohort") view=OrganisationPages::Cohort ssr=Async />
                    <Route path=Address("/organisation/:slug/courses") view=OrganisationPages::Courses ssr=Async />
                    <Route path=Address("/organisation/:slug/reports") view=OrganisationPages::Reports ssr=Async />
                    <Route path=Address("/organisation/:slug/uploads") view=OrganisationPages::Uploads ssr=Async />
                    <Route path=Address("/organisation/:slug/uploads/:upload") view=OrganisationPages::Upload ssr=Async />
                    <Route path=Address("/organisation/:slug/feedback") view=OrganisationPages::Feedback ssr=Async />

                    <Route path=Address("/support") view=SupportPages::Find ssr=Async />
                    <Route path=Address("/support/log") view=SupportPages::Log ssr=Async />
                    <Route path=Address("/support/feedback") view=SupportPages::Feedback ssr=Async />
                    <Route path=Address("/support/people/:person") view=SupportPages::Person ssr=Async />

                    <Route path=Address("/zone") view=ZonePages::Areas ssr=Async />
                    <Route path=Address("/zone/leave") view=ZonePages::LeaveAll ssr=Async />
                    <Route path=Address("/zone/left") view=ZonePages::Left ssr=Async />
                    <Route path=Address("/zone/:area/join") view=ZonePages::Join ssr=Async />
                    <Route path=Address("/zone/:area") view=ZonePages::AreaHome ssr=Async />
                    <Route path=Address("/zone/:area/directory") view=ZonePages::Directory ssr=Async />
                    <Route path=Address("/zone/:area/members/:member") view=ZonePages::Member ssr=Async />
                    <Route path=Address("/zone/:area/profile") view=ZonePages::Profile ssr=Async />
                    <Route path=Address("/zone/:area/contacts") view=ZonePages::Contacts ssr=Async />
                    <Route path=Address("/zone/:area/resources") view=ZonePages::Resources ssr=Async />
                    <Route path=Address("/zone/:area/resources/:resource") view=ZonePages::Resource ssr=Async />
                    <Route path=Address("/zone/:area/messages") view=ZonePages::Messages ssr=Async />
                    <Route path=Address("/zone/:area/applications") view=ZonePages::Applications ssr=Async />
                    <Route path=Address("/zone/:area/reports") view=ZonePages::Reports ssr=Async />
                    <Route path=Address("/zone/:area/leave") view=ZonePages::Leave ssr=Async />
                    <Route path=Address("/stop-messages/done") view=ZonePages::MessagesStopped ssr=Async />
                    <Route path=Address("/stop-messages/:token") view=ZonePages::StopMessages ssr=Async />

                    <Route path=Address("/assessments") view=CandidatePages::Home ssr=Async />
                    <Route path=Address("/assessments/start/:paper") view=CandidatePages::Start ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting") view=RoomPages::Room ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting/receipt") view=CandidatePages::Receipt ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting/result") view=CandidatePages::Result ssr=Async />
                    <Route path=Address("/assessments/practice") view=CandidatePages::Practice ssr=Async />
                    <Route path=Address("/assessments/practice/:question") view=CandidatePages::PracticeQuestion ssr=Async />
                    <Route path=Address("/verify/:code") view=CandidatePages::Verify ssr=Async />

                    <Route path=Address("/assessments/papers") view=PapersPages::Papers ssr=Async />
                    <Route path=Address("/assessments/organisations") view=PapersPages::Organisations ssr=Async />
                    <Route path=Address("/assessments/papers/:paper") view=RunningPages::Paper ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/settings") view=SettingPages::Settings ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/questions") view=SettingPages::Sections ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/candidates") view=PapersPages::Candidates ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/change") view=SettingPages::Change ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/preview") view=SettingPages::Preview ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/publish") view=SettingPages::Publish ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/results") view=RunningPages::Results ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/items") view=RunningPages::Items ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/sittings/:sitting") view=RunningPages::SittingPage ssr=Async />
                    <Route path=Address("/assessments/questions/:organisation") view=SettingPages::Questions ssr=Async />
                    <Route path=Address("/assessments/questions/:organisation/:draft") view=SettingPages::BankDraft ssr=Async />
                    <Route path=Address("/assessments/adjustments/:organisation") view=SettingPages::Adjustments ssr=Async />
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
    let below =
        ["/choose-password/", "/activate/", "/stop-reminders/", "/stop-messages/", "/register/", "/verify/"];
    // What visitors see of NMP Zone: its areas, and the form to join one.
    let zone = path == "/zone" || path.strip_prefix("/zone/").is_some_and(|area| area.ends_with("/join"));
    !(zone || open.contains(&path) || below.iter().any(|below| path.starts_with(below)))
}
