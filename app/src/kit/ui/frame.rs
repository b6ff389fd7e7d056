use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{sign_out::SignOutForm, whenever};
use crate::kit::api::PageState;

#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a class="skip-link" href="#main" rel="external">"Skip to the content"</a> }
}

#[component]
pub fn SiteHeader() -> impl IntoView {
    let signed_in = PageState::get().signed_in;
    let shown = use_location().pathname;
    let link = move |href: &'static str, label: &'static str| {
        let current = move || match shown.read().strip_prefix(href) {
            Some("") => Some("page"),
            Some(rest) if rest.starts_with('/') => Some("true"),
            _ => None,
        };
        view! { <li><a href=href aria-current=current>{label}</a></li> }
    };
    view! {
        <header class="site-header">
            <div class="width">
                <a class="site-name" href="/">
                    <Mark />
                    <span>"Health and Education "<span class="nowrap">"Co-operative"</span></span>
                </a>
                {signed_in
                    .map(|person| {
                        view! {
                            <details class="site-menu"><summary>"Menu"</summary></details>
                            <nav aria-label="Site">
                                <ul>
                                    {link("/learn", "My courses")}
                                    {link("/assessments", "Assessments")}
                                    {link("/zone", "NMP Zone")}
                                    {person.follows_cohorts.then(|| link("/cohorts", "Cohorts"))}
                                    {person.support.then(|| link("/support", "Support"))}
                                    {link("/account", "Account")}
                                    <li>
                                        <SignOutForm />
                                    </li>
                                </ul>
                            </nav>
                        }
                    })}
            </div>
        </header>
    }
}

/// The mark: an open book whose pages are two people side by side.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 40 32" width="40" height="32" aria-hidden="true" focusable="false">
            <path fill="currentColor" d="M20 30C15 25 9 24 2 25V11c7-1 13 0 18 5 5-5 11-6 18-5v14c-7-1-13 0-18 5z" />
            <circle fill="currentColor" cx="11" cy="5" r="4" />
            <circle fill="currentColor" cx="29" cy="5" r="4" />
        </svg>
    }
}

/// The end of every page, and so the last part that the application takes over. It then marks the document as hydrated:
/// browser tests wait for that mark, because nothing else on every page shows it.
#[component]
pub fn SiteFooter() -> impl IntoView {
    let footer = NodeRef::<leptos::html::Footer>::new();
    whenever(move || {
        if let (Some(_), Some(html)) = (footer.get(), document().document_element()) {
            let _ = html.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <footer class="site-footer" node_ref=footer>
            <div class="width">
                <p>"Health and Education Co-operative: learning for people who look after people."</p>
            </div>
        </footer>
    }
}
