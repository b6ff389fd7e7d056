use domain::{FieldProblem, accounts::SignedIn};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, ErrorKind};

/// What the server knows when it starts a page and the browser needs to draw the same: who is signed in, and what became of
/// a form that was sent without scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageState {
    pub signed_in: Option<SignedIn>,
    pub flash: Option<Flash>,
}

/// The error of a form that was sent as a plain POST; the page that it came from shows it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path of the server function.
    pub path: String,
    pub error: ApiError,
}

impl PageState {
    /// Makes the state available to every component: the server's on the server, the same one again in the browser.
    pub fn provide() {
        let state = SharedValue::new(|| {
            #[cfg(feature = "ssr")]
            {
                super::request::page_state()
            }
            #[cfg(not(feature = "ssr"))]
            {
                Self::default()
            }
        });
        provide_context(StoredValue::new(state.into_inner()));
    }

    pub fn get() -> Self {
        use_context::<StoredValue<Self>>().map(|state| state.get_value()).unwrap_or_default()
    }

    /// A form's error belongs to the page that it came back to, and is over when that page is left.
    pub fn forget_flash() {
        if let Some(state) = use_context::<StoredValue<Self>>() {
            state.update_value(|state| state.flash = None);
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
