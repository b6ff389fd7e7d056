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
    ChooseView,
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
                    <Route path=Address("/") view=Target::Home ssr=Async />

                    <Route path=Address("/sign-in") view=to(AccountPages::SignIn) ssr=Async />
                    <Route path=Address("/sign-in/code") view=to(AccountPages::EnterCode) ssr=Async />
                    <Route path=Address("/forgotten-password") view=to(AccountPages::Forgotten) ssr=Async />
                    <Route path=Address("/forgotten-password/sent") view=to(AccountPages::LinkSent) ssr=Async />
                    <Route path=Address("/choose-password/done") view=to(AccountPages::PasswordChosen) ssr=Async />
                    <Route path=Address("/choose-password/:token") view=to(AccountPages::ChoosePassword) ssr=Async />
                    <Route path=Address("/account") view=to(AccountPages::Account) ssr=Async />
                    <Route path=Address("/account/second-factor") view=to(AccountPages::SecondFactor) ssr=Async />

                    <Route path=Address("/activate/new") view=to(ActivationPages::ActivateAgain) ssr=Async />
                    <Route path=Address("/activate/done") view=to(ActivationPages::Activated) ssr=Async />
                    <Route path=Address("/activate/:token") view=to(ActivationPages::Activate) ssr=Async />
                    <Route path=Address("/stop-reminders/done") view=to(ActivationPages::RemindersStopped) ssr=Async />
                    <Route path=Address("/stop-reminders/:token") view=to(ActivationPages::StopReminders) ssr=Async />
                    <Route path=Address("/register") view=to(ActivationPages::Register) ssr=Async />
                    <Route path=Address("/register/sent") view=to(ActivationPages::RegistrationSent) ssr=Async />
                    <Route path=Address("/register/done") view=to(ActivationPages::Registered) ssr=Async />
                    <Route path=Address("/register/:token") view=to(ActivationPages::ConfirmRegistration) ssr=Async />
                    <Route path=Address("/account/withdraw") view=to(ActivationPages::Withdraw) ssr=Async />
                    <Route path=Address("/consent-withdrawn") view=to(ActivationPages::ConsentWithdrawn) ssr=Async />

                    <Route path=Address("/learn") view=Target::Courses ssr=Async />
                    <Route path=Address("/learn/:course") view=Target::Course ssr=Async />
                    <Route path=Address("/learn/:course/end") view=to(CheckPages::End) ssr=Async />
                    <Route path=Address("/learn/:course/:module") view=Target::Module ssr=Async />
                    <Route path=Address("/learn/:course/:module/check") view=to(CheckPages::Check) ssr=Async />
                    <Route path=Address("/learn/:course/:module/:page") view=Target::Reading ssr=Async />

                    <Route path=Address("/cohorts") view=to(CohortPages::Cohorts) ssr=Async />
                    <Route path=Address("/cohorts/:cohort") view=to(CohortPages::Cohort) ssr=Async />

                    <Route path=Address("/organisation/:slug") view=to(OrganisationPages::Overview) ssr=Async />
                    <Route path=Address("/organisation/:slug/people") view=to(OrganisationPages::People) ssr=Async />
                    <Route path=Address("/organisation/:slug/people/new") view=to(OrganisationPages::NewPerson) ssr=Async />
                    <Route path=Address("/organisation/:slug/sponsored") view=to(OrganisationPages::Sponsored) ssr=Async />
                    <Route path=Address("/organisation/:slug/cohorts") view=to(OrganisationPages::Cohorts) ssr=Async />
                    <Route path=Address("/organisation/:slug/cohorts/:cohort") view=to(OrganisationPages::Cohort) ssr=Async />
                    <Route path=Address("/organisation/:slug/courses") view=to(OrganisationPages::Courses) ssr=Async />
                    <Route path=Address("/organisation/:slug/reports") view=to(OrganisationPages::Reports) ssr=Async />
                    <Route path=Address("/organisation/:slug/uploads") view=to(OrganisationPages::Uploads) ssr=Async />
                    <Route path=Address("/organisation/:slug/uploads/:upload") view=to(OrganisationPages::Upload) ssr=Async />
                    <Route path=Address("/organisation/:slug/feedback") view=to(OrganisationPages::Feedback) ssr=Async />

                    <Route path=Address("/support") view=to(SupportPages::Find) ssr=Async />
                    <Route path=Address("/support/log") view=to(SupportPages::Log) ssr=Async />
                    <Route path=Address("/support/feedback") view=to(SupportPages::Feedback) ssr=Async />
                    <Route path=Address("/support/people/:person") view=to(SupportPages::Person) ssr=Async />

                    <Route path=Address("/zone") view=to(ZonePages::Areas) ssr=Async />
                    <Route path=Address("/zone/leave") view=to(ZonePages::LeaveAll) ssr=Async />
                    <Route path=Address("/zone/left") view=to(ZonePages::Left) ssr=Async />
                    <Route path=Address("/zone/:area/join") view=to(ZonePages::Join) ssr=Async />
                    <Route path=Address("/zone/:area") view=to(ZonePages::AreaHome) ssr=Async />
                    <Route path=Address("/zone/:area/directory") view=to(ZonePages::Directory) ssr=Async />
                    <Route path=Address("/zone/:area/members/:member") view=to(ZonePages::Member) ssr=Async />
                    <Route path=Address("/zone/:area/profile") view=to(ZonePages::Profile) ssr=Async />
                    <Route path=Address("/zone/:area/contacts") view=to(ZonePages::Contacts) ssr=Async />
                    <Route path=Address("/zone/:area/resources") view=to(ZonePages::Resources) ssr=Async />
                    <Route path=Address("/zone/:area/resources/:resource") view=to(ZonePages::Resource) ssr=Async />
                    <Route path=Address("/zone/:area/applications") view=to(ZonePages::Applications) ssr=Async />
                    <Route path=Address("/zone/:area/reports") view=to(ZonePages::Reports) ssr=Async />
                    <Route path=Address("/zone/:area/leave") view=to(ZonePages::Leave) ssr=Async />
                    <Route path=Address("/zone/:area/messages") view=to(ZonePages::Messages) ssr=Async />
                    <Route path=Address("/stop-messages/done") view=to(ZonePages::MessagesStopped) ssr=Async />
                    <Route path=Address("/stop-messages/:token") view=to(ZonePages::StopMessages) ssr=Async />

                    <Route path=Address("/assessments") view=to(CandidatePages::Home) ssr=Async />
                    <Route path=Address("/assessments/start/:paper") view=to(CandidatePages::Start) ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting") view=to(RoomPages::Room) ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting/receipt") view=to(CandidatePages::Receipt) ssr=Async />
                    <Route path=Address("/assessments/sittings/:sitting/result") view=to(CandidatePages::Result) ssr=Async />
                    <Route path=Address("/assessments/practice") view=to(CandidatePages::Practice) ssr=Async />
                    <Route path=Address("/assessments/practice/:question") view=to(CandidatePages::PracticeQuestion) ssr=Async />
                    <Route path=Address("/verify/:code") view=to(CandidatePages::Verify) ssr=Async />

                    <Route path=Address("/assessments/papers") view=to(PapersPages::Papers) ssr=Async />
                    <Route path=Address("/assessments/organisations") view=to(PapersPages::Organisations) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper") view=to(RunningPages::Paper) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/settings") view=to(SettingPages::Settings) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/questions") view=to(SettingPages::Sections) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/candidates") view=to(PapersPages::Candidates) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/change") view=to(SettingPages::Change) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/preview") view=to(SettingPages::Preview) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/publish") view=to(SettingPages::Publish) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/results") view=to(RunningPages::Results) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/items") view=to(RunningPages::Items) ssr=Async />
                    <Route path=Address("/assessments/papers/:paper/sittings/:sitting") view=to(RunningPages::SittingPage) ssr=Async />
                    <Route path=Address("/assessments/questions/:organisation") view=to(SettingPages::Questions) ssr=Async />
                    <Route path=Address("/assessments/questions/:organisation/:draft") view=to(SettingPages::BankDraft) ssr=Async />
                    <Route path=Address("/assessments/adjustments/:organisation") view=to(SettingPages::Adjustments) ssr=Async />
                </Routes>
            </main>
            <SiteFooter />
        </Router>
    }
}

/// Declares where routes lead: pages that are in what every browser loads first, and files of pages. One type for all of them, because the
/// router's code is compiled once for each type of target.
macro_rules! targets {
    ($($page:ident,)+; $($file:ident,)+) => {
        #[derive(Debug, Clone, Copy)]
        enum Target {
            $($page,)+
            $($file($file),)+
        }

        $(impl From<$file> for Target {
            fn from(page: $file) -> Self {
                Self::$file(page)
            }
        })+

        impl ChooseView for Target {
            async fn choose(self) -> AnyView {
                match self {
                    $(Self::$page => $page().into_any(),)+
                    $(Self::$file(page) => page.choose().await,)+
                }
            }

            async fn preload(&self) {
                match self {
                    $(Self::$page => (),)+
                    $(Self::$file(page) => page.preload().await,)+
                }
            }
        }
    };
}

targets! {
    Home, Courses, Course, Module, Reading,
    ;
    AccountPages, ActivationPages, CheckPages, CohortPages, OrganisationPages, SupportPages, ZonePages, CandidatePages, RoomPages, PapersPages, RunningPages, SettingPages,
}

fn to(page: impl Into<Target>) -> Target {
    page.into()
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
