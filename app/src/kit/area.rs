//! Files of pages: pages that only some people open are in a file of their own, which the browser fetches when one of
//! them is first opened. Each area of the application has one or more of them.
//!
//! The file may fail to load: the network breaks, or a newer version has replaced it on the server. Then the page is
//! loaded as a document, because the server knows its own files; without a network the page says so, and is loaded when
//! there is one. A page that was loaded as a document stays as the server drew it until its file has arrived: the
//! browser keeps trying, the page says so, and links and forms work without it.

use leptos::prelude::*;

use crate::kit::{
    api::{ApiError, ErrorKind},
    ui::ErrorPage,
};

/// Declares a file of pages: an `enum` of the routes' targets, and the function that is split off.
macro_rules! area {
    ($(#[$about:meta])* $pages:ident in $chunk:ident ($show:ident, $fetch:ident) { $($page:ident => $view:path,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $pages {
            $($page,)+
        }

        #[cfg_attr(
            feature = "hydrate",
            leptos::wasm_split::wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)
        )]
        fn $show(page: $pages) -> Result<leptos::prelude::AnyView, leptos::wasm_split::SplitLoaderError> {
            Ok(match page {
                $($pages::$page => leptos::prelude::IntoAny::into_any($view()),)+
            })
        }

        #[cfg(feature = "hydrate")]
        impl $pages {
            pub fn fetch() -> crate::kit::area::Arriving<()> {
                Box::pin($fetch())
            }

            pub fn show(self) -> crate::kit::area::Arriving<leptos::prelude::AnyView> {
                Box::pin($show(self))
            }
        }

        #[cfg(not(feature = "hydrate"))]
        impl $pages {
            pub const FILE: &str = stringify!($chunk);

            pub fn show(self) -> leptos::prelude::AnyView {
                // The document names the file too, and asks for it at the right moment.
                debug_assert_eq!(
                    Some(Self::FILE),
                    crate::kit::ahead::file_of(&crate::kit::navigation::page_path())
                );
                $show(self).unwrap_or_else(|_| crate::kit::area::missing())
            }
        }
    };
}

pub(crate) use area;

/// What is there when a file has arrived. Boxed, so that what waits for it is compiled once and not for each file.
#[cfg(feature = "hydrate")]
pub type Arriving<T> =
    std::pin::Pin<Box<dyn Future<Output = Result<T, leptos::wasm_split::SplitLoaderError>>>>;

/// Replaces a page whose file cannot be loaded.
pub fn missing() -> AnyView {
    #[cfg(feature = "hydrate")]
    let again = Callback::new(|()| {
        if window().navigator().on_line() {
            crate::kit::navigation::load_asked_for();
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let again = Callback::new(|()| ());
    view! { <ErrorPage error=ApiError::new(ErrorKind::Offline) again /> }.into_any()
}

/// Ends when the file is there, or when there is no network to fetch it; never, if a document is loaded in its place.
#[cfg(feature = "hydrate")]
pub async fn fetched(fetch: fn() -> Arriving<()>) {
    use std::time::Duration;

    use super::navigation;

    /// Twice as long each time.
    const AGAIN: Duration = Duration::from_secs(1);
    const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

    let first_page = navigation::is_first_page();
    let mut documents = None;
    let mut wait = AGAIN;
    while fetch().await.is_err() {
        if !first_page && !window().navigator().on_line() {
            return;
        }
        if !first_page && wait > AGAIN {
            navigation::load_asked_for();
            return std::future::pending().await;
        }
        if first_page {
            documents.get_or_insert_with(|| {
                (navigation::LinksLoadDocuments::begin(), navigation::Incomplete::say())
            });
        }
        navigation::pause(wait).await;
        wait = (wait * 2).min(AT_LEAST_EVERY);
    }
}
