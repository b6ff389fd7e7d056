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
pub mod home;
pub mod kit;
pub mod learning;
pub mod organisations;
pub mod support;
pub mod zone;

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::provide_meta_context;
use leptos_router::{
    ChooseView, NestedRoute, PossibleRouteMatch,
    SsrMode::Async,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{Router, Routes},
};

use accounts::{AccountPages, VisitorPages};
use assessment::{
    BankPages, CandidatePages, PapersPages, ResultsPages, RoomPages, RunningPages, SectionsPages,
    SettingPages, TrialPages,
};
use cohorts::CohortPages;
use home::HomePages;
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
    CheckPages, StudyPages,
    pages::{course::Course, module::Module, reading::Reading},
};
use organisations::{OrganisationPages, UploadPages};
use support::SupportPages;
use zone::{MessagePages, ZoneKeepingPages, ZonePages};

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
                <Routes fallback=Elsewhere children=ToChildren::to_children(routes) />
            </main>
            <SiteFooter />
        </Router>
    }
}

/// Declares where routes lead: pages that are in what every browser loads first, and files of pages. One type for all of them, because the
/// router's code is compiled once for each type of target.
macro_rules! targets {
    ($($page:ident,)+; $($file:ident,)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Target {
            $($page,)+
            $($file($file),)+
        }

        impl ChooseView for Target {
            #[cfg(feature = "hydrate")]
            async fn choose(self) -> AnyView {
                let arriving = match self {
                    $(Self::$page => return $page().into_any(),)+
                    $(Self::$file(page) => page.show(),)+
                };
                arriving.await.unwrap_or_else(|_| kit::area::missing())
            }

            #[cfg(not(feature = "hydrate"))]
            async fn choose(self) -> AnyView {
                match self {
                    $(Self::$page => $page().into_any(),)+
                    $(Self::$file(page) => page.show(),)+
                }
            }

            #[cfg(feature = "hydrate")]
            async fn preload(&self) {
                if let Some(fetch) = self.fetch() {
                    kit::area::fetched(fetch).await;
                }
            }

            #[cfg(not(feature = "hydrate"))]
            async fn preload(&self) {}
        }

        impl Target {
            /// What fetches its file. Nothing for a page that everybody loads first.
            #[cfg(feature = "hydrate")]
            fn fetch(self) -> Option<fn() -> kit::area::Arriving<()>> {
                match self {
                    $(Self::$page => None,)+
                    $(Self::$file(_) => Some($file::fetch),)+
                }
            }

            /// The name of its file.
            #[cfg(feature = "ssr")]
            fn file(self) -> Option<&'static str> {
                match self {
                    $(Self::$page => None,)+
                    $(Self::$file(_) => Some($file::FILE),)+
                }
            }
        }
    };
}

targets! {
    Course, Module, Reading,
    ;
    HomePages, VisitorPages, AccountPages, CheckPages, StudyPages, CohortPages, OrganisationPages, UploadPages, SupportPages, ZonePages, ZoneKeepingPages, MessagePages, CandidatePages, RoomPages, PapersPages, RunningPages, ResultsPages, SettingPages, SectionsPages, BankPages, TrialPages,
}

/// The address of each page, and where it leads. Of two that match an address the first counts.
const PAGES: &[(&str, Target)] = &[
    ("/", Target::HomePages(HomePages::Home)),
    ("/sign-in", Target::VisitorPages(VisitorPages::SignIn)),
    ("/sign-in/code", Target::VisitorPages(VisitorPages::EnterCode)),
    ("/forgotten-password", Target::VisitorPages(VisitorPages::Forgotten)),
    ("/forgotten-password/sent", Target::VisitorPages(VisitorPages::LinkSent)),
    ("/choose-password/done", Target::VisitorPages(VisitorPages::PasswordChosen)),
    ("/choose-password/:token", Target::VisitorPages(VisitorPages::ChoosePassword)),
    ("/account", Target::AccountPages(AccountPages::Account)),
    ("/account/second-factor", Target::AccountPages(AccountPages::SecondFactor)),
    ("/display", Target::VisitorPages(VisitorPages::Display)),
    ("/account/reminders", Target::StudyPages(StudyPages::Reminders)),
    ("/activate/new", Target::VisitorPages(VisitorPages::ActivateAgain)),
    ("/activate/done", Target::VisitorPages(VisitorPages::Activated)),
    ("/activate/:token", Target::VisitorPages(VisitorPages::Activate)),
    ("/stop-reminders/done", Target::VisitorPages(VisitorPages::RemindersStopped)),
    ("/stop-reminders/:token", Target::VisitorPages(VisitorPages::StopReminders)),
    ("/register", Target::VisitorPages(VisitorPages::Register)),
    ("/register/sent", Target::VisitorPages(VisitorPages::RegistrationSent)),
    ("/register/done", Target::VisitorPages(VisitorPages::Registered)),
    ("/register/:token", Target::VisitorPages(VisitorPages::ConfirmRegistration)),
    ("/account/withdraw", Target::VisitorPages(VisitorPages::Withdraw)),
    ("/consent-withdrawn", Target::VisitorPages(VisitorPages::ConsentWithdrawn)),
    ("/offline", Target::StudyPages(StudyPages::Offline)),
    ("/help", Target::VisitorPages(VisitorPages::Help)),
    ("/accessibility", Target::VisitorPages(VisitorPages::Accessibility)),
    ("/privacy", Target::VisitorPages(VisitorPages::Privacy)),
    ("/learn", Target::HomePages(HomePages::Courses)),
    ("/learn/record", Target::StudyPages(StudyPages::Record)),
    ("/learn/record/:course/:module", Target::StudyPages(StudyPages::Reflect)),
    ("/learn/:course", Target::Course),
    ("/learn/:course/end", Target::CheckPages(CheckPages::End)),
    ("/learn/:course/search", Target::StudyPages(StudyPages::Search)),
    ("/learn/:course/glossary", Target::StudyPages(StudyPages::Glossary)),
    ("/learn/:course/notes", Target::StudyPages(StudyPages::Notes)),
    ("/learn/:course/:module", Target::Module),
    ("/learn/:course/:module/check", Target::CheckPages(CheckPages::Check)),
    ("/learn/:course/:module/print", Target::StudyPages(StudyPages::Print)),
    ("/learn/:course/:module/:page", Target::Reading),
    ("/learn/:course/:module/:page/note", Target::StudyPages(StudyPages::Note)),
    ("/cohorts", Target::CohortPages(CohortPages::Cohorts)),
    ("/cohorts/:cohort", Target::CohortPages(CohortPages::Cohort)),
    ("/cohorts/:cohort/progress", Target::CohortPages(CohortPages::Progress)),
    ("/cohorts/:cohort/dates", Target::CohortPages(CohortPages::Dates)),
    ("/cohorts/:cohort/remind", Target::CohortPages(CohortPages::Remind)),
    ("/cohorts/:cohort/reminders/:reminder", Target::CohortPages(CohortPages::Reminder)),
    ("/cohorts/:cohort/students/:person", Target::CohortPages(CohortPages::Student)),
    ("/stop-cohort-reminders/done", Target::CohortPages(CohortPages::RemindersStopped)),
    ("/stop-cohort-reminders/:token", Target::CohortPages(CohortPages::StopReminders)),
    ("/stop-own-reminders/done", Target::StudyPages(StudyPages::RemindersStopped)),
    ("/stop-own-reminders/:token", Target::StudyPages(StudyPages::StopReminders)),
    ("/organisation/:slug", Target::OrganisationPages(OrganisationPages::Overview)),
    ("/organisation/:slug/people", Target::OrganisationPages(OrganisationPages::People)),
    ("/organisation/:slug/people/new", Target::OrganisationPages(OrganisationPages::NewPerson)),
    ("/organisation/:slug/sponsored", Target::OrganisationPages(OrganisationPages::Sponsored)),
    ("/organisation/:slug/cohorts", Target::OrganisationPages(OrganisationPages::Cohorts)),
    ("/organisation/:slug/cohorts/:cohort", Target::OrganisationPages(OrganisationPages::Cohort)),
    ("/organisation/:slug/courses", Target::OrganisationPages(OrganisationPages::Courses)),
    ("/organisation/:slug/reports", Target::OrganisationPages(OrganisationPages::Reports)),
    ("/organisation/:slug/uploads", Target::UploadPages(UploadPages::Uploads)),
    ("/organisation/:slug/uploads/:upload", Target::UploadPages(UploadPages::Upload)),
    ("/organisation/:slug/feedback", Target::OrganisationPages(OrganisationPages::Feedback)),
    ("/support", Target::SupportPages(SupportPages::Find)),
    ("/support/log", Target::SupportPages(SupportPages::Log)),
    ("/support/feedback", Target::SupportPages(SupportPages::Feedback)),
    ("/support/people/:person", Target::SupportPages(SupportPages::Person)),
    ("/zone", Target::ZonePages(ZonePages::Areas)),
    ("/zone/leave", Target::ZonePages(ZonePages::LeaveAll)),
    ("/zone/left", Target::ZonePages(ZonePages::Left)),
    ("/zone/:area/join", Target::ZonePages(ZonePages::Join)),
    ("/zone/:area", Target::ZonePages(ZonePages::AreaHome)),
    ("/zone/:area/directory", Target::ZonePages(ZonePages::Directory)),
    ("/zone/:area/members/:member", Target::ZonePages(ZonePages::Member)),
    ("/zone/:area/profile", Target::ZonePages(ZonePages::Profile)),
    ("/zone/:area/contacts", Target::ZoneKeepingPages(ZoneKeepingPages::Contacts)),
    ("/zone/:area/resources", Target::ZoneKeepingPages(ZoneKeepingPages::Resources)),
    ("/zone/:area/resources/:resource", Target::ZoneKeepingPages(ZoneKeepingPages::Resource)),
    ("/zone/:area/applications", Target::ZoneKeepingPages(ZoneKeepingPages::Applications)),
    ("/zone/:area/reports", Target::ZoneKeepingPages(ZoneKeepingPages::Reports)),
    ("/zone/:area/leave", Target::ZonePages(ZonePages::Leave)),
    ("/zone/:area/messages", Target::MessagePages(MessagePages::Messages)),
    ("/stop-messages/done", Target::MessagePages(MessagePages::MessagesStopped)),
    ("/stop-messages/:token", Target::MessagePages(MessagePages::StopMessages)),
    ("/assessments", Target::CandidatePages(CandidatePages::Home)),
    ("/assessments/start/:paper", Target::CandidatePages(CandidatePages::Start)),
    ("/assessments/sittings/:sitting", Target::RoomPages(RoomPages::Room)),
    ("/assessments/sittings/:sitting/receipt", Target::CandidatePages(CandidatePages::Receipt)),
    ("/assessments/sittings/:sitting/result", Target::CandidatePages(CandidatePages::Result)),
    ("/assessments/practice", Target::CandidatePages(CandidatePages::Practice)),
    ("/assessments/practice/:question", Target::CandidatePages(CandidatePages::PracticeQuestion)),
    ("/verify/:code", Target::CandidatePages(CandidatePages::Verify)),
    ("/assessments/papers", Target::PapersPages(PapersPages::Papers)),
    ("/assessments/organisations", Target::PapersPages(PapersPages::Organisations)),
    ("/assessments/papers/:paper", Target::RunningPages(RunningPages::Paper)),
    ("/assessments/papers/:paper/settings", Target::SettingPages(SettingPages::Settings)),
    ("/assessments/papers/:paper/questions", Target::SectionsPages(SectionsPages::Sections)),
    ("/assessments/papers/:paper/candidates", Target::SettingPages(SettingPages::Candidates)),
    ("/assessments/papers/:paper/change", Target::SettingPages(SettingPages::Change)),
    ("/assessments/papers/:paper/preview", Target::SectionsPages(SectionsPages::Preview)),
    ("/assessments/papers/:paper/try", Target::TrialPages(TrialPages::Try)),
    ("/assessments/papers/:paper/publish", Target::SettingPages(SettingPages::Publish)),
    ("/assessments/papers/:paper/results", Target::ResultsPages(ResultsPages::Results)),
    ("/assessments/papers/:paper/items", Target::ResultsPages(ResultsPages::Items)),
    ("/assessments/papers/:paper/sittings/:sitting", Target::ResultsPages(ResultsPages::SittingPage)),
    ("/assessments/questions/:organisation", Target::BankPages(BankPages::Questions)),
    ("/assessments/questions/:organisation/write", Target::BankPages(BankPages::Write)),
    ("/assessments/questions/:organisation/:draft", Target::BankPages(BankPages::BankDraft)),
    ("/questions", Target::BankPages(BankPages::Browse)),
    ("/questions/:template", Target::BankPages(BankPages::Example)),
    ("/assessments/adjustments/:organisation", Target::SettingPages(SettingPages::Adjustments)),
];

/// A table in place of a `<Route>` for each page: what every browser loads first is smaller by what each of them costs.
fn routes() -> StaticVec<AnyNestedRoute> {
    let route = |(address, target): &(&'static str, Target)| {
        NestedRoute::new(Address(address), *target).ssr_mode(Async).into_any_nested_route()
    };
    PAGES.iter().map(route).collect::<Vec<_>>().into()
}

/// Where the address leads, and its parameters in their order.
fn target_of(path: &str) -> Option<(Target, Vec<String>)> {
    PAGES.iter().find_map(|(address, target)| {
        let found = Address(address).test(path).filter(|found| matches!(found.remaining(), "" | "/"))?;
        Some((*target, found.params().into_iter().map(|(_, value)| value).collect()))
    })
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
        "/display",
        "/help",
        "/accessibility",
        "/privacy",
    ];
    let below = [
        "/choose-password/",
        "/activate/",
        "/stop-reminders/",
        "/stop-messages/",
        "/stop-cohort-reminders/",
        "/stop-own-reminders/",
        "/register/",
        "/verify/",
    ];
    // What visitors see of NMP Zone: its areas, and the form to join one.
    let zone = path == "/zone" || path.strip_prefix("/zone/").is_some_and(|area| area.ends_with("/join"));
    !(zone || open.contains(&path) || below.iter().any(|below| path.starts_with(below)))
}
