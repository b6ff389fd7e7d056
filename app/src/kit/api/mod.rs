//! What every server function shares: the request that it serves, and its errors.

mod error;
#[cfg(feature = "ssr")]
mod form;
mod lean;
#[cfg(feature = "ssr")]
mod open;
mod page_data;
mod page_state;
#[cfg(feature = "ssr")]
mod request;
pub mod wire;

pub use error::{ApiError, ErrorKind};
#[cfg(feature = "ssr")]
pub use form::Form;
#[cfg(feature = "ssr")]
pub use open::{open_to_candidate, step_of_form};
pub use page_data::{Found, FoundCodec, PageData};
pub use page_state::{PageState, Returned};
#[cfg(feature = "ssr")]
pub use request::{
    CookieStyle, RequestContext, Sent, address_of_page, answer, asked_address, invalid, request, slug,
    unfinished,
};
pub use wire::Wire;
