use domain::{FieldProblem, accounts::SignedIn};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, ErrorKind};

/// What the server knows before a page is made: who is signed in, and what became of a form that was sent as a plain POST.
/// For the server's part of a page; an island gets what it needs of it as a property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageState {
    pub signed_in: Option<SignedIn>,
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
    /// Makes the state available to every component of the page.
    pub fn provide() {
        #[cfg(feature = "ssr")]
        provide_context(super::request::page_state());
    }

    pub fn get() -> Self {
        use_context().unwrap_or_default()
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
