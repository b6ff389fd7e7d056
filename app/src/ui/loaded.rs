use std::fmt::Debug;

use codee::{Decoder, Encoder};
use leptos::prelude::*;
#[cfg(not(feature = "ssr"))]
use leptos::tachys::reactive_graph::OwnedView;

use super::ErrorPage;
use crate::api::ApiError;

/// Shows a page when its data is there, or the page that says why it is not. In the browser the page before stays until then.
///
/// A page is made once for each address. What changes on it while it is shown is in signals, which only parts of it read.
#[component]
pub fn Loaded<T, S, F, V>(resource: Resource<Result<T, ApiError>, S>, page: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    S: Send + Sync + 'static,
    Resource<Result<T, ApiError>, S>: AskedAgain,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + Send + 'static,
{
    #[cfg(feature = "hydrate")]
    when_changed(move || resource.ask_again());
    let drawn = move || {
        let page = page.clone();
        Suspend::new(async move {
            let found = resource.await;
            made_anew(move || match found.clone() {
                Ok(data) => page(data).into_any(),
                #[cfg(feature = "hydrate")]
                Err(error) if error.kind == crate::api::ErrorKind::SignedOut => {
                    crate::navigation::sign_in_first();
                    ().into_any()
                }
                Err(error) => {
                    let again = Callback::new(move |()| resource.ask_again());
                    view! { <ErrorPage error again /> }.into_any()
                }
            })
        })
    };
    until_there(drawn)
}

/// Asks again when a form of the page has changed what it shows.
#[cfg(feature = "hydrate")]
fn when_changed(ask_again: impl Fn() + 'static) {
    let changed = expect_context::<crate::navigation::Navigation>().changed;
    Effect::new(move |before: Option<u32>| {
        let now = changed.get();
        if before.is_some_and(|before| before != now) {
            ask_again();
        }
        now
    });
}

/// What can be asked for once more. Every resource can, but the type says so only with all that it asks of its codec.
pub trait AskedAgain {
    fn ask_again(&self);
}

impl<T, S> AskedAgain for Resource<T, S>
where
    T: Send + Sync + 'static,
    S: Encoder<T> + Decoder<T>,
    <S as Encoder<T>>::Error: Debug,
    <S as Decoder<T>>::Error: Debug,
    <<S as Decoder<T>>::Encoded as FromEncodedStr>::DecodingError: Debug,
    <S as Encoder<T>>::Encoded: IntoEncodedString,
    <S as Decoder<T>>::Encoded: FromEncodedStr,
{
    fn ask_again(&self) {
        self.refetch();
    }
}

/// The server makes the page once. In a closure Leptos would make it twice there, once to look for more to wait for.
#[cfg(feature = "ssr")]
fn made_anew(page: impl Fn() -> AnyView) -> AnyView {
    page()
}

/// What stands in a closure is put in the place of what stood there before, and not made equal to it element by element: the controls
/// of a page show nothing of what was done to those of another.
///
/// Leptos ends the signals of a page that is left a moment before the effects that draw it, and one of those that were called just
/// before, by a field that loses the focus because it goes say, would ask for a signal that is not there. So the effects come to rest
/// first: owners are cleaned up in the order in which they were made.
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

/// Shows what the `Suspend` comes to.
#[cfg(feature = "ssr")]
pub fn until_there(drawn: impl Fn() -> Suspend<AnyView> + Send + 'static) -> impl IntoView {
    let drawn = drawn();
    view! { <Transition fallback=Loading>{drawn}</Transition> }
}

/// Shows what the `Suspend` comes to. For another address of the same page it comes to something else, so it is asked again.
#[cfg(not(feature = "ssr"))]
pub fn until_there(drawn: impl Fn() -> Suspend<AnyView> + Send + 'static) -> impl IntoView {
    let loading = expect_context::<crate::navigation::Navigation>().loading;
    on_cleanup(move || loading.set(false));
    view! { <Transition fallback=Loading set_pending=loading>{drawn}</Transition> }
}

#[component]
fn Loading() -> impl IntoView {
    view! { <p class="loading" role="status">"Loading…"</p> }
}
