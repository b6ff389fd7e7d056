use domain::{FieldProblem, accounts::SignedIn};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, ErrorKind, wire::WireEncoding};

/// What the server knows before a page is made: who is signed in, and what became of a form that was sent as a plain POST. It
/// travels inside the page, so it is the same in the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageState {
    pub signed_in: Option<SignedIn>,
    /// Belongs to the page that was loaded, and to no later one.
    pub flash: Option<Flash>,
    /// Where to go after signing in, as the address of the page says it.
    pub next: String,
}

/// The error of a form that was sent as a plain POST; the page that it came from shows it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path of the server function.
    pub path: String,
    pub error: ApiError,
}

impl PageState {
    /// Makes the state available to every component. It takes a number in the page, by which the browser finds it: so it is called
    /// in the same place on both sides.
    pub fn provide() {
        let state = SharedValue::<_, WireEncoding>::new_with_encoding(|| {
            #[cfg(feature = "ssr")]
            return super::request::page_state();
            #[cfg(not(feature = "ssr"))]
            Self::default()
        });
        provide_context(RwSignal::new(state.into_inner()));
    }

    pub fn get() -> Self {
        use_context::<RwSignal<Self>>().map(|state| state.get_untracked()).unwrap_or_default()
    }

    /// Another page is shown: what came back with the form of the one before is said no more.
    pub fn forget_flash() {
        if let Some(state) = use_context::<RwSignal<Self>>() {
            state.update(|state| state.flash = None);
        }
    }

    /// The error that the form of this server function came back with.
    pub fn error_of(path: &str) -> Option<ApiError> {
        Self::get().flash.filter(|flash| flash.path == path).map(|flash| flash.error)
    }

    /// The problems of this form, for its summary and its fields.
    pub fn problems_of(path: &str) -> Vec<FieldProblem> {
        Self::error_of(path)
            .filter(|error| error.kind == ErrorKind::Invalid)
            .map(|error| error.fields)
            .unwrap_or_default()
    }
}
