use domain::FieldProblem;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::wire::WireEncoding;

/// Why a server function failed, as far as the page needs to know. The detail is in the log, under the request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub kind: ErrorKind,
    /// The problems of the request, in the order of the form.
    pub fields: Vec<FieldProblem>,
    /// What support asks to look at, as the server names it, when it has to give a reason first.
    pub about: Option<String>,
    pub request_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The session has ended, or there was none.
    SignedOut,
    NotFound,
    Invalid,
    /// Nothing is wrong, and the form has a next step: its page is shown again with the typed values.
    Unfinished,
    /// Support has to give a reason first; `about` names the subject.
    ReasonNeeded,
    /// The database is down; trying again may help.
    Unavailable,
    /// The server could not be reached from the browser.
    Offline,
    /// The reply cannot be read by this tab: the server is newer, or an intermediary replied in its place.
    Unreadable,
    /// A fault of ours.
    Failed,
}

impl ApiError {
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, fields: Vec::new(), about: None, request_id: None }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = WireEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(ErrorKind::Offline),
            // The request does not match this function: a field is missing, or has another type.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => super::request::unreadable(),
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => Self::new(ErrorKind::Unreadable),
            ServerFnErrorErr::Response(_) => Self::new(ErrorKind::Unavailable),
            _ => Self::new(ErrorKind::Failed),
        }
    }
}
