//! How values travel between server and browser: as JSON, which `serde_json` writes and, on the server, reads. The
//! browser reads with [`reader`], because the code that `serde_json` generates for each type was the largest single
//! part of the browser's download. With `serde-wasm-bindgen` 0.6 over the browser's own `JSON.parse` in its place, a
//! first page is 7.6 kB larger (brotli; nearly every area besides), and a whole number beyond 2^53 cannot be read:
//! `JSON.parse` has lost its last digits.

mod call;
#[cfg(any(feature = "hydrate", test))]
mod reader;
#[cfg(test)]
mod tests;

use codee::{Decoder, Encoder};
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Serialize, de::DeserializeOwned};

pub use call::Wire;

/// JSON, as it is read here.
pub struct WireEncoding;

impl ContentType for WireEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for WireEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for WireEncoding {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<leptos::server_fn::Bytes, serde_json::Error> {
        serde_json::to_vec(value).map(Into::into)
    }
}

impl<T: DeserializeOwned> Decodes<T> for WireEncoding {
    type Error = Unreadable;

    fn decode(bytes: leptos::server_fn::Bytes) -> Result<T, Unreadable> {
        std::str::from_utf8(&bytes).map_err(|_| Unreadable).and_then(read)
    }
}

impl<T: Serialize> Encoder<T> for WireEncoding {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for WireEncoding {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Unreadable> {
        read(text)
    }
}

/// Text that is not the value that was expected. It does not say where and why: that would take a sentence for each
/// field of each type, which no visitor reads in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

/// Reads a value that travelled, or that this browser stored.
#[cfg(feature = "hydrate")]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    reader::read(text)
}

/// Reads a value that travelled, or that a browser stored.
#[cfg(not(feature = "hydrate"))]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable)
}
