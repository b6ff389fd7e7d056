//! Going from page to page: what a browser does by itself when it loads a document, and an application has to do. The old page stays
//! until the new one is there, with a line at the top when that takes a moment; then the focus is on the new heading, which is read
//! out, and whoever came back is where they were.

use leptos::{html, prelude::*};

#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the browser's part of this file uses it"))]
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
    browser::arrive_at(heading);
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
    crate::while_shown::hear(leptos::ev::online, move |_| again.run(()));
    crate::while_shown::every(wait, move || {
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
pub use browser::{
    Incomplete, LinksLoadDocuments, heard_of_build, is_first_page, links_load_documents, page_address,
    stand_at_page_address, where_form_leads,
};

/// The address of the page, with its query.
#[cfg(not(feature = "hydrate"))]
pub fn page_address() -> String {
    #[cfg(feature = "ssr")]
    return crate::api::asked_address();
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

#[cfg(feature = "hydrate")]
mod browser {
    use std::{
        cell::{Cell, RefCell},
        time::Duration,
    };

    use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
    use leptos_router::{
        NavigateOptions,
        hooks::{use_location, use_navigate},
    };
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Event, FocusOptions, HtmlElement};

    use super::{Navigation, load_asked_for};
    use crate::{api::PageState, ui::whenever};

    /// Nobody is told that a page is on its way which comes sooner.
    const A_MOMENT: Duration = Duration::from_millis(150);
    /// How far down somebody is, is written down so often: browsers take few of such notes.
    const SOON: Duration = Duration::from_millis(300);
    /// A page that is built is in the document after so many frames, or never.
    const FRAMES: u32 = 30;
    /// A page for which nothing is waited any more is there after this, or never.
    const NEVER: Duration = Duration::from_secs(2);

    /// What stands in the bar.
    pub fn in_the_bar() -> String {
        let location = window().location();
        let (path, query) = (location.pathname(), location.search());
        format!("{}{}", path.unwrap_or_default(), query.unwrap_or_default())
    }

    /// What is asked for; in the bar it stands when the page is there.
    fn address() -> impl Fn() -> String + Copy {
        let (path, query) = (use_location().pathname, use_location().search);
        move || {
            let query = query.read();
            format!("{}{}{}", path.read(), if query.is_empty() { "" } else { "?" }, *query)
        }
    }

    fn path_of(address: &str) -> &str {
        address.split(['?', '#']).next().unwrap_or_default()
    }

    pub fn asked_for() -> String {
        untrack(address())
    }

    /// The address of the page, with its query.
    pub fn page_address() -> String {
        asked_for()
    }

    /// Whether the document is that of another page than the one in the bar.
    pub fn is_another_page() -> bool {
        let of_document = || {
            let entry = window().performance()?.get_entries_by_type("navigation").get(0);
            web_sys::js_sys::Reflect::get(&entry, &"name".into()).ok()?.as_string()
        };
        let page = |address: &str| address.split('#').next().map(str::to_owned);
        let in_the_bar = window().location().href().unwrap_or_default();
        // Some browsers have no address there.
        of_document()
            .filter(|address| address.contains(':'))
            .is_some_and(|address| page(&address) != page(&in_the_bar))
    }

    /// The answer to a form that was sent without the application is its page, at the address of the form: the bar gets the page's own.
    pub fn stand_at_page_address() {
        let named = document().query_selector("meta[name=page-address]").ok().flatten();
        if let Some(page) = named.and_then(|named| named.get_attribute("content"))
            && let Ok(history) = window().history()
        {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&page));
        }
    }

    /// What to do when a form has been taken, and the server says which page comes then. The same page again shows what has become of it.
    pub fn where_form_leads() -> impl Fn(&str) + Clone + 'static {
        let (navigation, navigate) = (expect_context::<Navigation>(), use_navigate());
        move |leads_to: &str| {
            let now = asked_for();
            if OLD.get() {
                let _ = window().location().assign(leads_to);
                return;
            }
            let same = path_of(leads_to) == path_of(&now);
            if same {
                navigation.anew.set_value(true);
                let focused = document().active_element();
                navigation.left_from.set_value(focused.map(|focused| focused.id()).unwrap_or_default());
            }
            if leads_to != now {
                navigate(leads_to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
            if same {
                navigation.changed.update(|count| *count += 1);
            }
        }
    }

    impl Navigation {
        /// Waits until what a form leads to is shown, or is known not to come.
        pub async fn come_to_rest(self) {
            /// Time enough for the page to be asked for, or for its part to be drawn.
            const A_LITTLE: Duration = Duration::from_millis(50);
            /// Of a document only its coming is heard.
            const DOCUMENT: Duration = Duration::from_secs(10);

            super::pause(if OLD.get() { DOCUMENT } else { A_LITTLE }).await;
            while self.routing.get_untracked() || self.loading.get_untracked() {
                super::pause(A_LITTLE).await;
            }
        }
    }

    /// Hears every click in the capture phase, before anybody else.
    fn hear_first(heard: impl Fn(Event) + 'static) -> Closure<dyn FnMut(Event)> {
        let heard = Closure::<dyn FnMut(Event)>::new(heard);
        let listener = heard.as_ref().unchecked_ref();
        let _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
        heard
    }

    /// As long as this lives, links do what they do without scripts: the application is not there to follow them.
    pub struct LinksLoadDocuments(Closure<dyn FnMut(Event)>);

    /// Whether one lives.
    pub fn links_load_documents() -> bool {
        ALIVE.get() > 0
    }

    impl LinksLoadDocuments {
        pub fn begin() -> Self {
            ALIVE.set(ALIVE.get() + 1);
            // Stopped at the document while it bubbles: what was pressed has heard the click, and the router, at the window, does not.
            let heard = Closure::<dyn FnMut(Event)>::new(|event: Event| event.stop_propagation());
            let _ = document().add_event_listener_with_callback("click", heard.as_ref().unchecked_ref());
            Self(heard)
        }
    }

    impl Drop for LinksLoadDocuments {
        fn drop(&mut self) {
            ALIVE.set(ALIVE.get() - 1);
            let _ = document().remove_event_listener_with_callback("click", self.0.as_ref().unchecked_ref());
        }
    }

    /// As long as this lives, the page says that a part of it has not come. It stands behind everything that the application takes over.
    pub struct Incomplete(Option<web_sys::Element>);

    impl Incomplete {
        pub fn say() -> Self {
            let said = document().create_element("p").ok().filter(|said| {
                let _ = said.set_attribute("class", "notice incomplete");
                let _ = said.set_attribute("role", "status");
                document().body().is_some_and(|body| body.append_child(said).is_ok())
            });
            if let Some(said) = &said {
                said.set_text_content(Some(
                    "A part of this page did not load. You can use it all the same; we keep trying.",
                ));
            }
            Self(said)
        }
    }

    impl Drop for Incomplete {
        fn drop(&mut self) {
            if let Some(said) = &self.0 {
                said.remove();
            }
        }
    }

    thread_local! {
        /// How many [`LinksLoadDocuments`] there are.
        static ALIVE: Cell<u32> = const { Cell::new(0) };
        /// The server is of another build than this tab.
        static OLD: Cell<bool> = const { Cell::new(false) };
    }

    /// The server has said which build its application is of. A tab that is of another may not understand it much longer: from here on
    /// its links load documents.
    pub fn heard_of_build(build: &str) {
        let own = || {
            let file = document().query_selector("link[rel=modulepreload][href^='/pkg/']").ok()??;
            file.get_attribute("href")?.rsplit('/').nth(1).map(str::to_owned)
        };
        if !build.is_empty() && !OLD.get() && own().is_some_and(|own| own != build) {
            OLD.set(true);
            std::mem::forget(LinksLoadDocuments::begin());
        }
    }

    /// Whether the page was loaded as a document, and nobody has gone anywhere from it.
    pub fn is_first_page() -> bool {
        let navigation = expect_context::<Navigation>();
        navigation.shown.get_value() == asked_for()
    }

    pub fn follow() {
        crate::ahead::follow();
        crate::whose::follow();
        let navigation = expect_context::<Navigation>();
        let address = address();
        let asked_for = RefCell::new(untrack(address));
        whenever(move || {
            let now = address();
            if asked_for.replace(now.clone()) != now {
                let focused = document().active_element();
                navigation.left_from.set_value(focused.map(|focused| focused.id()).unwrap_or_default());
                PageState::forget_returned();
                crate::live::page_asked_for();
            }
        });
        load_what_never_comes(navigation, address);
        // The browser puts whoever comes back where they were, but on the page that is still shown.
        let _ = window_event_listener(ev::popstate, move |event| {
            // Another part of the same page is no other page; nor is the page that is still shown, for whoever turns round on the way.
            let goes = navigation.shown.get_value() != in_the_bar();
            let down = event.state().as_f64().unwrap_or_default();
            navigation.back_at.set_value(goes.then_some(down));
        });
        let note = move || {
            let going = navigation.back_at.get_value().is_some();
            if !going && navigation.shown.get_value() == in_the_bar() {
                let down = window().scroll_y().unwrap_or_default();
                if let Ok(history) = window().history() {
                    let _ = history.replace_state(&JsValue::from_f64(down), "");
                }
            }
        };
        let due = StoredValue::new(false);
        let _ = window_event_listener(ev::scroll, move |_| {
            if !due.get_value() {
                due.set_value(true);
                let noted = move || {
                    due.set_value(false);
                    note();
                };
                set_timeout(noted, SOON);
            }
        });
        // In the capture phase: when the click bubbles to the window, the router may have gone on already.
        hear_first(move |_| note()).forget();
    }

    /// Where nothing is waited for, and the page that is asked for is not there, it is loaded as a document: the router forgets a page
    /// whose file is on its way when another of its kind is asked for meanwhile (leptos-rs/leptos 4784).
    fn load_what_never_comes(navigation: Navigation, address: impl Fn() -> String + Copy + 'static) {
        // With another query the same page may have nothing else to show.
        let is_there = move |asked_for: &str| path_of(asked_for) == path_of(&navigation.shown.get_value());
        wait_anew(move || {
            let (asked_for, waits) = (address(), navigation.routing.get() || navigation.loading.get());
            let comes = waits || is_there(&asked_for);
            let never = move || {
                if !is_there(&untrack(address)) && !document().hidden() {
                    load_asked_for();
                }
            };
            if comes { None } else { set_timeout_with_handle(never, NEVER).ok() }
        });
    }

    /// Whenever what it reads changes, what was waited for is not any more.
    fn wait_anew(wait: impl Fn() -> Option<TimeoutHandle> + 'static) {
        let waiting = Cell::new(None::<TimeoutHandle>);
        whenever(move || {
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            waiting.set(wait());
        });
    }

    pub fn tell_when_late(late: RwSignal<bool>) {
        let Navigation { routing, loading, .. } = expect_context();
        wait_anew(move || {
            if routing.get() || loading.get() {
                return set_timeout_with_handle(move || late.set(true), A_MOMENT).ok();
            }
            late.set(false);
            None
        });
    }

    pub fn arrive_at(heading: NodeRef<html::H1>) {
        let navigation = expect_context::<Navigation>();
        let address = address();
        whenever(move || {
            if let Some(heading) = heading.get() {
                when_in_document(heading.into(), FRAMES, move |heading| {
                    arrived(navigation, heading, &untrack(address))
                });
            }
        });
    }

    /// A page is built, and put into the document a moment later; one that was overtaken by another never is.
    fn when_in_document(heading: HtmlElement, frames: u32, then: impl Fn(&HtmlElement) + 'static) {
        request_animation_frame(move || {
            if heading.is_connected() {
                then(&heading);
            } else if frames > 0 {
                when_in_document(heading, frames - 1, then);
            }
        });
    }

    /// The heading of the page at this address is there.
    fn arrived(navigation: Navigation, heading: &HtmlElement, now: &str) {
        let before = navigation.shown.get_value();
        let anew = navigation.anew.try_update_value(std::mem::take).unwrap_or_default();
        let begun = navigation.begun.try_update_value(|begun| std::mem::replace(begun, true)) == Some(true);
        if now == before && !anew {
            // What had the focus has gone: the page was drawn again, because it came after all, or somebody turned round on the way to
            // another.
            if begun && has_no_focus() {
                focus(heading);
                // What says that the page has not come is too short for it.
                if let Some(down) = navigation.came_back_to.get_value() {
                    window().scroll_to_with_x_and_y(0.0, down);
                    let there = window().scroll_y().is_ok_and(|now| now >= down - 1.0);
                    navigation.came_back_to.set_value((!there).then_some(down));
                }
            }
            return;
        }
        let same_page = path_of(now) == path_of(&before);
        navigation.shown.set_value(now.to_owned());
        stand_at(now);
        let back_at = navigation.back_at.try_update_value(Option::take).flatten();
        navigation.came_back_to.set_value(back_at);
        arrive(heading, same_page, back_at, &navigation.left_from.get_value());
    }

    /// The router leaves the bar as it is where it takes the page for the one that it put there last, although somebody has gone back
    /// and on again since (leptos-rs/leptos 4324).
    fn stand_at(address: &str) {
        if in_the_bar() != address
            && let Ok(history) = window().history()
        {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
        }
    }

    fn has_no_focus() -> bool {
        document().active_element().is_none_or(|focused| focused.tag_name() == "BODY")
    }

    fn arrive(heading: &HtmlElement, same_page: bool, back_at: Option<f64>, left_from: &str) {
        let find = |id: &str| document().get_element_by_id(id)?.dyn_into::<HtmlElement>().ok();
        if let Some(down) = back_at {
            focus(heading);
            window().scroll_to_with_x_and_y(0.0, down);
            return;
        }
        // A part of the page that the address names.
        let hash = window().location().hash().unwrap_or_default();
        if let Some(part) = hash.strip_prefix('#').and_then(find) {
            focus(&part);
            part.scroll_into_view();
            return;
        }
        // The same page of another order, say: what was pressed is there again.
        if let Some(pressed) = find(left_from).filter(|_| same_page && !left_from.is_empty()) {
            let _ = pressed.focus();
            return;
        }
        // What a page is about may stand elsewhere than in its heading.
        let news = document().query_selector("main [autofocus], main .notice.success").ok().flatten();
        let news = news.and_then(|news| news.dyn_into::<HtmlElement>().ok());
        focus(news.as_ref().unwrap_or(heading));
        // The same page in another order, say, is looked at where it was; news are looked at.
        if !same_page || news.is_some() {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        if let Some(news) = news.filter(is_out_of_sight) {
            news.scroll_into_view();
        }
    }

    fn is_out_of_sight(element: &HtmlElement) -> bool {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        element.get_bounding_client_rect().bottom() > height
    }

    /// What is no control takes the focus only when it is told that it can.
    fn focus(element: &HtmlElement) {
        if element.tab_index() < 0 && !element.has_attribute("tabindex") {
            let _ = element.set_attribute("tabindex", "-1");
        }
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}
