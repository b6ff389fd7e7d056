//! The screens: the document, the table of routes, and an area a folder.
//!
//! Pages are made on the server. What has to run in the browser (a check's form, the exam room) is an *island*: a component
//! marked `#[island]`, drawn by the server like the rest and taken over in the browser. So the crate is compiled twice, with
//! `ssr` and with `hydrate`, and only the islands are sent as WebAssembly. What only has to show how things are now (the wheel,
//! the ticks, a tutor's table) is no island: see [`live`]. What a page shows comes from
//! one server function of its area; what it may show was decided below, in `services`.

pub mod accounts;
pub mod api;
pub mod assessment;
pub mod cohorts;
#[cfg(feature = "hydrate")]
mod device;
pub mod learning;
pub mod live;
pub mod ui;

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use accounts::{AccountRoutes, pages::home::Home};
use api::PageState;
use assessment::{AssessmentRoutes, VerifyRoute};
use cohorts::CohortRoutes;
use learning::LearningRoutes;
use ui::{NotFound, SiteFooter, SiteHeader, SkipLink};

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
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    PageState::provide();
    view! {
        <Router>
            <SkipLink />
            <SiteHeader />
            <main id="main" tabindex="-1">
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=Home ssr=SsrMode::Async />
                    <AccountRoutes />
                    <LearningRoutes />
                    <CohortRoutes />
                    <AssessmentRoutes />
                    <VerifyRoute />
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

/// Says on the document that the islands are alive: browser tests wait for it, as nothing else on every page shows it.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-hydrated", "");
    }
}
