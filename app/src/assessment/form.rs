//! What the forms of the parts share.

use serde::Deserializer;

/// A box to tick, which a browser sends as text or not at all.
fn ticked<'a, D: Deserializer<'a>>(from: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(from)? == "true")
}
