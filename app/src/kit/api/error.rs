use domain::FieldProblem;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::wire::WireEncoding;

/// Why a server function did not do what was asked, as far as the page needs to know. The detail is in the log, under the
/// request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub kind: ErrorKind,
    /// What is wrong with what was sent, in the order of the form.
    pub fields: Vec<FieldProblem>,
    /// What support asks to look at, as the server names it, where it has to say first why.
    pub about: Option<String>,
    pub request_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The session has ended, or there was none.
    SignedOut,
    NotFound,
    Invalid,
    /// Nothing is wrong, and the form is not done with: its page is shown again with what was typed.
    Unfinished,
    /// Support has to say first why it looks, and at what is in `about`.
    ReasonNeeded,
    /// The database is away; worth trying again.
    Unavailable,
    /// The server could not be reached from the browser.
    Offline,
    /// What came is no answer that the tab can read: the server is newer, or something on the way answered in its place.
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
            // What was sent is nothing that this function takes: a field is missing, or is of another kind.
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
