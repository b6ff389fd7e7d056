//! The one place that names the source of randomness: the operating system.

use base64::Engine;
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// A secret that travels in a cookie or a link: 32 random bytes in URL-safe base64.
pub struct Token(String);

impl Token {
    /// # Errors
    /// When the operating system has no randomness.
    pub fn new() -> Result<Self> {
        Ok(Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes::<32>()?)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value that is stored in its place.
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }
}

/// # Errors
/// When the operating system has no randomness.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(Error::failed)?;
    Ok(bytes)
}

/// A seed for a drawing, which is stored: below 2^63, to fit a `bigint`.
///
/// # Errors
/// When the operating system has no randomness.
pub fn seed() -> Result<i64> {
    i64::try_from(OsRng.try_next_u64().map_err(Error::failed)? >> 1).map_err(Error::failed)
}

/// SHA-256. Enough for tokens, which are random and long; passwords go through [`crate::accounts::Hasher`].
pub fn hash(content: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(content).to_vec()
}
