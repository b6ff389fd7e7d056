//! The screens: the document, the table of routes, and an area a folder.
//!
//! Everything here is compiled twice, with `ssr` for the server and with `hydrate` for the browser. What a page shows comes
//! from one server function of its area; what it may show was decided below, in `services`.

pub mod accounts;
pub mod api;
pub mod cohorts;
pub mod learning;
pub mod ui;

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    hooks::use_location,
    path,
};

use accounts::{AccountRoutes, pages::home::Home};
use api::PageState;
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
                <HydrationScripts options />
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
    // Says that the scripts have taken over: browser tests wait for it, as nothing else on a page shows it.
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Title formatter=|title: String| match title.as_str() {
            "" => ui::SITE.to_owned(),
            title => format!("{title} – {}", ui::SITE),
        } />
        <Router>
            <SkipLink />
            <SiteHeader />
            <Main />
            <SiteFooter />
        </Router>
    }
}

/// The routes. Which of them need somebody signed in stands in [`needs_sign_in`], which the server asks before it renders.
#[component]
fn Main() -> impl IntoView {
    let main = NodeRef::<leptos::html::Main>::new();
    let location = use_location();
    // After a click the browser would leave the focus where the link was: people who listen would not hear of the new page.
    Effect::new(move |before: Option<String>| {
        let here = location.pathname.get();
        if before.is_some_and(|before| before != here)
            && let Some(main) = main.get()
        {
            PageState::forget_flash();
            let _ = main.focus();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        location.pathname.get()
    });
    view! {
        <main id="main" tabindex="-1" node_ref=main>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Home ssr=SsrMode::Async />
                <AccountRoutes />
                <LearningRoutes />
                <CohortRoutes />
            </Routes>
        </main>
    }
}

/// Whether the page at this path is only for people who are signed in. Everything is, but what is listed here.
pub fn needs_sign_in(path: &str) -> bool {
    let open = ["/", "/sign-in", "/forgotten-password", "/forgotten-password/sent", "/choose-password/done"];
    !(open.contains(&path) || path.starts_with("/choose-password/"))
}
