use std::sync::Arc;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::ErrorPage;
use crate::api::{ApiError, Found, FoundCodec, PageData};

/// Shows a page when its data is there, or the page that says why it is not. In the browser the page before stays until then.
///
/// A page is made once for each address. What changes on it while it is shown is in signals, which only parts of it read.
#[component]
pub fn Loaded<T, F, V>(resource: PageData<T>, page: F) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + Send + 'static,
{
    until_there(resource, move |found| match found {
        Ok(data) => page(data).into_any(),
        Err(error) => refused(error),
    })
}

/// Waits for the data of a page, and shows what comes of it. What waiting needs is there once, and not once for each page: so `show`
/// goes into a box.
pub fn until_there<T>(
    data: PageData<T>,
    show: impl Fn(Result<T, ApiError>) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    waited_for(data.resource, Arc::new(move |found| show(PageData::<T>::read(found))))
}

fn refused(error: ApiError) -> AnyView {
    #[cfg(feature = "hydrate")]
    if error.kind == crate::api::ErrorKind::SignedOut {
        crate::navigation::sign_in_first();
        return ().into_any();
    }
    view! { <ErrorPage error /> }.into_any()
}

type Show = Arc<dyn Fn(&Found) -> AnyView + Send + Sync>;

fn drawn(
    resource: Resource<Found, FoundCodec>,
    show: Show,
) -> impl Fn() -> Suspend<AnyView> + Send + 'static {
    move || {
        let show = Arc::clone(&show);
        Suspend::new(async move {
            let found = resource.await;
            made_anew(move || show(&found))
        })
    }
}

/// The server makes the page once. In a closure Leptos would make it twice there, once to look for more to wait for.
#[cfg(feature = "ssr")]
fn made_anew(page: impl Fn() -> AnyView) -> AnyView {
    page()
}

/// What stands in a closure is put in the place of what stood there before, and not made equal to it element by element: the controls
/// of a page show nothing of what was done to those of another.
#[cfg(not(feature = "ssr"))]
fn made_anew(page: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    (move || untrack(&page)).into_any()
}

#[cfg(feature = "ssr")]
fn waited_for(resource: Resource<Found, FoundCodec>, show: Show) -> AnyView {
    let drawn = drawn(resource, show)();
    view! { <Transition fallback=Loading>{drawn}</Transition> }.into_any()
}

/// For another address of the same page there is something else to show, so it is asked again.
#[cfg(not(feature = "ssr"))]
fn waited_for(resource: Resource<Found, FoundCodec>, show: Show) -> AnyView {
    let loading = expect_context::<crate::navigation::Navigation>().loading;
    on_cleanup(move || loading.set(false));
    let drawn = drawn(resource, show);
    view! { <Transition fallback=Loading set_pending=loading>{drawn}</Transition> }.into_any()
}

#[component]
fn Loading() -> impl IntoView {
    view! { <p class="loading" role="status">"Loading…"</p> }
}
