//! Shared parts of the forms.

use serde::{Deserialize, Deserializer};

/// A box to tick, which a browser sends as text or not at all.
pub fn ticked<'a, D: Deserializer<'a>>(from: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(from)? == "true")
}
