//! Going from page to page: what a browser does by itself when it loads a document, and an application has to do. The old page stays
//! until the new one is there, with a line at the top when that takes a moment; then the focus is on the new heading, which is read
//! out, and whoever came back is where they were.

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
    /// So is what a page of the same kind shows.
    pub loading: RwSignal<bool>,
    /// The address whose page is shown.
    shown: StoredValue<String>,
    /// What had the focus when that page was left, by its id.
    left_from: StoredValue<String>,
    /// How far down somebody was who comes back.
    back_at: StoredValue<Option<f64>>,
    /// The same of whoever came back to the page that is shown. It may have had to be asked for again.
    came_back_to: StoredValue<Option<f64>>,
    /// The first heading is there, as the server drew it.
    begun: StoredValue<bool>,
    /// Counts how often what the page shows was changed by a form of its own.
    pub changed: RwSignal<u32>,
    /// The page is drawn anew because of that.
    anew: StoredValue<bool>,
}

impl Navigation {
    /// Makes it available to every page. Gives what the router says that it is on its way with.
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

    /// The page is about to be drawn anew, and whoever types goes on where they are.
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

/// Follows which page is asked for. Draws nothing; it stands where the router knows.
#[component]
pub fn Following() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::follow();
}

/// A line at the top while the next page is on its way, where that takes longer than a moment.
#[component]
pub fn ProgressLine() -> impl IntoView {
    let late = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::tell_when_late(late);
    view! { <div class="progress-line" aria-hidden="true" hidden=move || !late.get()></div> }
}

/// The heading of a page, which takes the focus when the page was come to within the application. Every page has one.
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

/// Loads the page at the address as a document: for what only the server knows.
#[cfg(feature = "hydrate")]
pub fn load_document() {
    // The router writes the address first; otherwise there would be two of them in the history.
    set_timeout(
        || {
            let _ = window().location().reload();
        },
        std::time::Duration::ZERO,
    );
}

/// Loads the page in the bar where the document is that of another: somebody went back to it while the scripts were on their way, and
/// the browser loads no document for that. Says whether it does.
#[cfg(feature = "hydrate")]
pub fn loads_another_page() -> bool {
    let another = browser::is_another_page();
    if another {
        let _ = window().location().reload();
    }
    another
}

/// Loads what was asked for as a document, although the application has not come there.
#[cfg(feature = "hydrate")]
pub fn load_asked_for() {
    let _ = window().location().assign(&browser::asked_for());
}

/// Stands in the place of a page that leads to another document. The server has sent the browser there with its answer; what was asked
/// for from within the application goes on by itself.
#[component]
pub fn SentOn(to: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let _ = window().location().replace(&to);
    #[cfg(not(feature = "hydrate"))]
    drop(to);
}

/// Tries again when the network is back, and after a while, as long as the part of the page is there that says what is missing.
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

/// To the page to sign in, and from there back to the page that was asked for. Who is signed in changes the whole page.
#[cfg(feature = "hydrate")]
pub fn sign_in_first() {
    use leptos_router::location::Url;

    let next = Url::escape(&browser::asked_for());
    let _ = window().location().assign(&format!("/sign-in?next={next}"));
}
