//! Going from page to page: the work that a browser does when it loads a document. The old page stays until the new one
//! is there, with a line at the top when that takes a moment; then the focus moves to the new heading, which screen
//! readers announce, and Back restores the old scroll position.

#[cfg(feature = "hydrate")]
mod arrival;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod documents;

use leptos::{html, prelude::*};

#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part uses it"))]
pub struct Navigation {
    /// A page of another kind is on its way.
    routing: RwSignal<bool>,
    /// Data for a page of the same kind is on its way.
    pub loading: RwSignal<bool>,
    /// The address of the shown page.
    shown: StoredValue<String>,
    /// The id of the element that had the focus when the page was left.
    left_from: StoredValue<String>,
    /// The scroll position to restore after Back.
    back_at: StoredValue<Option<f64>>,
    /// The same for the shown page after Back. The page may have had to be fetched again.
    came_back_to: StoredValue<Option<f64>>,
    /// The first heading is there, as the server drew it.
    begun: StoredValue<bool>,
    /// Counts the changes of the page by its own forms.
    pub changed: RwSignal<u32>,
    /// The page is being redrawn because of that.
    anew: StoredValue<bool>,
}

impl Navigation {
    /// Makes it available to every page. Returns the router's signal that a page is on its way.
    pub fn provide() -> RwSignal<bool> {
        let navigation = Self {
            routing: RwSignal::new(false),
            loading: RwSignal::new(false),
            shown: StoredValue::new(first_address()),
            left_from: StoredValue::default(),
            back_at: StoredValue::default(),
            came_back_to: StoredValue::default(),
            begun: StoredValue::default(),
            changed: RwSignal::default(),
            anew: StoredValue::default(),
        };
        provide_context(navigation);
        navigation.routing
    }

    /// Whether the page that is drawn takes the place of the same page with another query, and not because of a form.
    #[cfg(feature = "hydrate")]
    pub fn shows_this_page(self) -> bool {
        let path = |address: &str| browser::path_of(address).to_owned();
        !self.anew.get_value() && path(&browser::asked_for()) == path(&self.shown.get_value())
    }

    /// The page is about to be redrawn, and a person who is typing keeps their place.
    #[cfg(feature = "hydrate")]
    pub fn stays_at(self, id: &str) {
        self.left_from.set_value(id.to_owned());
    }
}

#[cfg(feature = "hydrate")]
fn first_address() -> String {
    browser::in_the_bar()
}

#[cfg(not(feature = "hydrate"))]
fn first_address() -> String {
    String::new()
}

/// Follows which page is requested. It draws nothing; it is inside the router.
#[component]
pub fn Following() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::follow();
}

/// A line at the top while the next page is on its way, if that takes longer than a moment.
#[component]
pub fn ProgressLine() -> impl IntoView {
    let late = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::tell_when_late(late);
    view! { <div class="progress-line" aria-hidden="true" hidden=move || !late.get()></div> }
}

/// The heading of a page, which takes the focus after a navigation within the application. Every page has one.
#[component]
pub fn Heading(
    #[prop(optional)] class: Option<&'static str>,
    #[prop(optional)] id: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    #[cfg(feature = "hydrate")]
    arrival::arrive_at(heading);
    view! { <h1 id=id class=class tabindex=id.map(|_| "-1") node_ref=heading>{children()}</h1> }
}

/// Loads the page at the address as a document: for pages that only the server knows.
#[cfg(feature = "hydrate")]
pub fn load_document() {
    // The router writes the address first; otherwise the history would contain it twice.
    set_timeout(
        || {
            let _ = window().location().reload();
        },
        std::time::Duration::ZERO,
    );
}

/// Loads the page in the address bar if the document is another page's: the person went back while the scripts were
/// loading, and the browser loads no document for that. Returns whether it does.
#[cfg(feature = "hydrate")]
pub fn loads_another_page() -> bool {
    let another = browser::is_another_page();
    if another {
        let _ = window().location().reload();
    }
    another
}

/// Loads the requested page as a document, although the application has not reached it.
#[cfg(feature = "hydrate")]
pub fn load_asked_for() {
    let _ = window().location().assign(&browser::asked_for());
}

/// Replaces a page that redirects to another document. The server's reply redirects the browser; a navigation within
/// the application goes on from here.
#[component]
pub fn SentOn(to: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let _ = window().location().replace(&to);
    #[cfg(not(feature = "hydrate"))]
    drop(to);
}

/// Tries again when the network is back, and after a while, as long as the notice of the missing part is shown.
#[cfg(feature = "hydrate")]
pub fn try_again(again: Callback<()>) {
    use std::time::Duration;

    /// Not all pages at the same moment.
    const SOON: Duration = Duration::from_secs(4);

    let wait = SOON.mul_f64(1.0 + web_sys::js_sys::Math::random());
    crate::kit::while_shown::hear(leptos::ev::online, move |_| again.run(()));
    crate::kit::while_shown::every(wait, move || {
        if !document().hidden() {
            again.run(());
        }
    });
}

/// Waits.
#[cfg(feature = "hydrate")]
pub async fn pause(time: std::time::Duration) {
    let over = web_sys::js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                let _ = resolve.call0(&wasm_bindgen::JsValue::NULL);
            },
            time,
        );
    });
    let _ = wasm_bindgen_futures::JsFuture::from(over).await;
}

#[cfg(feature = "hydrate")]
pub use browser::{is_first_page, page_address, stand_at_page_address, where_form_leads};
#[cfg(feature = "hydrate")]
pub use documents::{Incomplete, LinksLoadDocuments, heard_of_build, links_load_documents};

/// The address of the page, with its query.
#[cfg(not(feature = "hydrate"))]
pub fn page_address() -> String {
    #[cfg(feature = "ssr")]
    return crate::kit::api::asked_address();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// The same without its query.
#[cfg(feature = "ssr")]
pub fn page_path() -> String {
    let address = page_address();
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Leads to the sign-in page, and from there back to the requested page. It is a page load, because every page depends
/// on the signed-in person.
#[cfg(feature = "hydrate")]
pub fn sign_in_first() {
    use leptos_router::location::Url;

    let next = Url::escape(&browser::asked_for());
    let _ = window().location().assign(&format!("/sign-in?next={next}"));
}
