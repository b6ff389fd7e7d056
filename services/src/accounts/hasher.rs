use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{PasswordHash, SaltString},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{Error, Result};

/// How long a password waits for its turn. Only a flood of them takes longer, and then it is better to say so.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hashes and verifies passwords with argon2id (19 MiB, 2 passes, 1 lane: OWASP's first recommendation).
///
/// The work runs off the async threads, and only as many at a time as there are cores: a hundred candidates who sign in
/// at the start of an examination wait a moment each, and all other pages stay quick.
#[derive(Clone)]
pub struct Hasher {
    argon: Argon2<'static>,
    places: Arc<Semaphore>,
    /// How often it has worked: tests compare the work, because time depends on the load of the machine.
    #[cfg(test)]
    done: Arc<std::sync::atomic::AtomicUsize>,
    /// Verified against when no account has the address, so that the reply takes as long as for a wrong password.
    nobody: Arc<str>,
}

impl Hasher {
    /// # Errors
    /// When the operating system has no randomness.
    pub fn new() -> Result<Self> {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let nobody = hash(&argon, crate::kit::random::Token::new()?.as_str())?;
        Ok(Self {
            argon,
            places: Arc::new(Semaphore::new(cores)),
            #[cfg(test)]
            done: Arc::default(),
            nobody: nobody.into(),
        })
    }

    #[cfg(test)]
    pub(crate) fn done(&self) -> usize {
        self.done.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The hash in PHC form, with a salt of its own.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.work(move |argon| hash(argon, &password)).await
    }

    /// Whether the password belongs to the hash. `None`, for no account or one without a password, takes as long and is
    /// always false.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let known = stored.is_some();
        let (password, stored) = (password.to_owned(), stored.unwrap_or(&self.nobody).to_owned());
        self.work(move |argon| {
            let stored = PasswordHash::new(&stored).map_err(|error| Error::failed(error.to_string()))?;
            Ok(argon.verify_password(password.as_bytes(), &stored).is_ok() && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Argon2<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = timeout(PATIENCE, self.places.acquire()).await;
        let _place =
            place.map_err(|_| Error::Unavailable(sqlx::Error::PoolTimedOut))?.map_err(Error::failed)?;
        #[cfg(test)]
        self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let argon = self.argon.clone();
        #[expect(clippy::disallowed_methods, reason = "it has taken its slot above")]
        let working = tokio::task::spawn_blocking(move || job(&argon));
        working.await.map_err(Error::failed)?
    }
}

fn hash(argon: &Argon2<'static>, password: &str) -> Result<String> {
    let salt = crate::kit::random::Token::new()?;
    let salt =
        SaltString::encode_b64(&salt.hash()[..16]).map_err(|error| Error::failed(error.to_string()))?;
    let hash =
        argon.hash_password(password.as_bytes(), &salt).map_err(|error| Error::failed(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::Hasher;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let hasher = Hasher::new().unwrap();
        let stored = hasher.hash("three unrelated words").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!hasher.verify("three unrelated word", Some(&stored)).await.unwrap());
        assert!(!hasher.verify("three unrelated words", None).await.unwrap());
        assert!(hasher.verify("three unrelated words", Some(&stored)).await.unwrap());
    }
}
