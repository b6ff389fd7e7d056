use std::sync::Arc;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::tachys::html::InertElement;
#[cfg(not(feature = "ssr"))]
use leptos::tachys::reactive_graph::OwnedView;
use serde::{Serialize, de::DeserializeOwned};

use super::ErrorPage;
use crate::kit::api::{ApiError, Found, FoundCodec, PageData};

/// Shows a page when its data is there, or the page that says why it is not. In the browser the previous page stays
/// until then.
///
/// A page is created once for each address. Its changing state is in signals, which only parts of it read.
#[component]
pub fn Loaded<T, F, V>(resource: PageData<T>, page: F) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + Send + 'static,
{
    let data = resource.resource;
    #[cfg(feature = "hydrate")]
    when_changed(data);
    until_there(resource, move |found| match found {
        Ok(found) => page(found).into_any(),
        Err(error) => refused(error, data),
    })
}

/// Waits for the data of a page, and shows the result. `show` is an `Arc`, so that the waiting code is compiled once,
/// and not for each page.
pub fn until_there<T>(
    data: PageData<T>,
    show: impl Fn(Result<T, ApiError>) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    waited_for(data.resource, Arc::new(move |found| show(PageData::<T>::read(found))))
}

type Data = Resource<Found, FoundCodec>;

fn refused(error: ApiError, data: Data) -> AnyView {
    #[cfg(feature = "hydrate")]
    if error.kind == crate::kit::api::ErrorKind::SignedOut {
        crate::kit::navigation::sign_in_first();
        return ().into_any();
    }
    // The tab is older than the server: a page loaded as a document is as new as the server.
    #[cfg(feature = "hydrate")]
    if error.kind == crate::kit::api::ErrorKind::Unreadable && !crate::kit::navigation::is_first_page() {
        crate::kit::navigation::load_asked_for();
        return ().into_any();
    }
    let again = Callback::new(move |()| data.refetch());
    view! { <ErrorPage error again /> }.into_any()
}

/// Fetches again when a form of the page has changed its data.
#[cfg(feature = "hydrate")]
fn when_changed(data: Data) {
    let changed = expect_context::<crate::kit::navigation::Navigation>().changed;
    let seen = std::cell::Cell::new(changed.get_untracked());
    super::whenever(move || {
        let now = changed.get();
        if seen.replace(now) != now {
            data.refetch();
        }
    });
}

type Show = Arc<dyn Fn(&Found) -> AnyView + Send + Sync>;

fn drawn(data: Data, show: Show) -> impl Fn() -> Suspend<AnyView> + Send + 'static {
    move || {
        let show = Arc::clone(&show);
        Suspend::new(async move {
            let found = data.await;
            made_anew(move || show(&found))
        })
    }
}

/// The server writes the page at once: with its data it has everything that it waits for. As a nested view each part
/// would be passed on again, as something that may be pending.
#[cfg(feature = "ssr")]
fn made_anew(page: impl Fn() -> AnyView) -> AnyView {
    InertElement::new(page().to_html()).into_any()
}

/// The contents of a closure replace the old contents, and are not patched element by element: so the controls of a
/// page show no input from those of another.
///
/// When a page is left, Leptos disposes of its signals a moment before the effects that draw it. An effect that was
/// notified just before that, for example by a field that loses the focus because it is removed, then reads a disposed
/// signal, and panics. So the effects are paused first: owners are cleaned up in the order of their creation, and
/// `end`, which pauses `shown`, is created before it.
#[cfg(not(feature = "ssr"))]
fn made_anew(page: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let anew = move || {
        let (end, shown) = (Owner::new(), Owner::new());
        let rests = shown.downgrade();
        end.with(|| {
            on_cleanup(move || {
                if let Some(shown) = rests.upgrade() {
                    shown.pause();
                }
            });
        });
        let page = OwnedView::new_with_owner(shown.with(|| untrack(&page)), shown.clone());
        on_cleanup(move || drop((end, shown)));
        page
    };
    anew.into_any()
}

#[cfg(feature = "ssr")]
fn waited_for(data: Data, show: Show) -> AnyView {
    let drawn = drawn(data, show)();
    view! { <Transition fallback=Loading>{drawn}</Transition> }.into_any()
}

/// Another address of the same page has other data, so it is fetched again.
#[cfg(not(feature = "ssr"))]
fn waited_for(data: Data, show: Show) -> AnyView {
    let loading = expect_context::<crate::kit::navigation::Navigation>().loading;
    on_cleanup(move || loading.set(false));
    let drawn = drawn(data, show);
    view! { <Transition fallback=Loading set_pending=loading>{drawn}</Transition> }.into_any()
}

#[component]
fn Loading() -> impl IntoView {
    view! { <p class="loading" role="status">"Loading…"</p> }
}
