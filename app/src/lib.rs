//! The screens: one single-page application, with an area a folder.
//!
//! The same components draw the first page on the server and every later one in the browser, so the crate is compiled twice, with
//! `ssr` and with `hydrate`. The server sends each page whole, and it works without scripts; in the browser the application takes
//! over what it finds (it *hydrates* it), and from then on a link changes the page without loading a document. What a page shows
//! comes from one server function of its area; what it may show was decided below, in `services`.

pub mod accounts;
pub mod api;
pub mod assessment;
pub mod cohorts;
#[cfg(feature = "hydrate")]
mod device;
pub mod learning;
pub mod live;
mod navigation;
pub mod ui;
#[cfg(feature = "hydrate")]
mod while_shown;

use std::sync::OnceLock;

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode::Async,
    components::{Route, Router, Routes},
    path,
};

use accounts::pages::{
    account::Account,
    choose_password::{ChoosePassword, PasswordChosen},
    forgotten::{Forgotten, LinkSent},
    home::Home,
    sign_in::SignIn,
};
use api::PageState;
use assessment::pages as papers;
use cohorts::pages::{cohort::Cohort, cohorts::Cohorts};
use learning::pages::{check::Check, course::Course, courses::Courses, module::Module, reading::Reading};
use navigation::{Navigation, ProgressLine};
use ui::{Elsewhere, PageTitle, SiteFooter, SiteHeader, SkipLink, provide_title};

/// The HTML document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en-GB">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="theme-color" content="#0b3c5d" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="styles" />
                {splitter(&options).map(|href| view! { <link rel="modulepreload" href=href /> })}
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The script that fetches the areas' files, which the application imports: named here, it comes at the same time. Its name has a hash,
/// which the build writes beside the binary.
fn splitter(options: &LeptosOptions) -> Option<String> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let name = NAME.get_or_init(|| {
        let hashes = std::env::current_exe().ok()?.with_file_name(options.hash_file.as_ref());
        let hashes = std::fs::read_to_string(hashes).ok()?;
        let hash = hashes.lines().find_map(|line| line.trim().strip_prefix("split:"))?;
        Some(format!("__wasm_split.{}.js", hash.trim()))
    });
    name.as_ref().map(|name| format!("/{}/{name}", options.site_pkg_dir))
}

#[component]
pub fn App() -> impl IntoView {
    // First of all: what travels to the browser is found there by its number.
    PageState::provide();
    provide_meta_context();
    provide_title();
    live::provide();
    let routing = Navigation::provide();
    view! {
        <PageTitle />
        <Router set_is_routing=routing>
            <navigation::Following />
            <SkipLink />
            <ProgressLine />
            <SiteHeader />
            <main id="main" tabindex="-1">
                // Flat, because what is below a page of pages is not waited for: the old page would go before the new one is there.
                <Routes fallback=Elsewhere>
                    <Route path=path!("/") view=Home ssr=Async />

                    <Route path=path!("/sign-in") view=SignIn ssr=Async />
                    <Route path=path!("/forgotten-password") view=Forgotten ssr=Async />
                    <Route path=path!("/forgotten-password/sent") view=LinkSent ssr=Async />
                    <Route path=path!("/choose-password/done") view=PasswordChosen ssr=Async />
                    <Route path=path!("/choose-password/:token") view=ChoosePassword ssr=Async />
                    <Route path=path!("/account") view=Account ssr=Async />

                    <Route path=path!("/learn") view=Courses ssr=Async />
                    <Route path=path!("/learn/:course") view=Course ssr=Async />
                    <Route path=path!("/learn/:course/:module") view=Module ssr=Async />
                    <Route path=path!("/learn/:course/:module/check") view=Check ssr=Async />
                    <Route path=path!("/learn/:course/:module/:page") view=Reading ssr=Async />

                    <Route path=path!("/cohorts") view=Cohorts ssr=Async />
                    <Route path=path!("/cohorts/:cohort") view=Cohort ssr=Async />

                    <Route path=path!("/assessments") view=papers::home::Home ssr=Async />
                    <Route path=path!("/assessments/start/:paper") view=papers::start::Start ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting") view=papers::room::RoomPage ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting/receipt") view=papers::receipt::ReceiptPage ssr=Async />
                    <Route path=path!("/assessments/sittings/:sitting/result") view=papers::result::ResultPage ssr=Async />
                    <Route path=path!("/assessments/practice") view=papers::practice::Practice ssr=Async />
                    <Route path=path!("/assessments/practice/:question") view=papers::practice_question::PracticeQuestion ssr=Async />
                    <Route path=path!("/verify/:code") view=papers::verify::Verify ssr=Async />

                    <Route path=path!("/assessments/papers") view=papers::papers::Papers ssr=Async />
                    <Route path=path!("/assessments/papers/:paper") view=papers::paper::Paper ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/settings") view=papers::settings::Settings ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/questions") view=papers::sections::Sections ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/candidates") view=papers::candidates::Candidates ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/change") view=papers::change::Change ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/preview") view=papers::preview::Preview ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/publish") view=papers::publish::Publish ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/results") view=papers::results::Results ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/items") view=papers::items::Items ssr=Async />
                    <Route path=path!("/assessments/papers/:paper/sittings/:sitting") view=papers::desk::Desk ssr=Async />
                    <Route path=path!("/assessments/questions/:organisation") view=papers::questions::Questions ssr=Async />
                    <Route path=path!("/assessments/questions/:organisation/:draft") view=papers::bank_draft::BankDraft ssr=Async />
                    <Route path=path!("/assessments/adjustments/:organisation") view=papers::adjustments::Adjustments ssr=Async />
                </Routes>
            </main>
            <SiteFooter />
        </Router>
    }
}

/// Whether the page at this path is only for people who are signed in. Everything is, but what is listed here.
pub fn needs_sign_in(path: &str) -> bool {
    let open = ["/", "/sign-in", "/forgotten-password", "/forgotten-password/sent", "/choose-password/done"];
    !(open.contains(&path) || path.starts_with("/choose-password/") || path.starts_with("/verify/"))
}
