//! The end of a page, as the address of the next page carries it. Its sort key is often a name or an e-mail address, and addresses stand in
//! histories and logs, so it is sealed: nobody reads or makes one without the key of the servers. The row itself may be gone by
//! then: the next page begins where it stood.

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result, kit::random};

/// With the key of all servers, so that any of them turns the pages of another, also after a restart.
static SHARED: OnceLock<Seal> = OnceLock::new();
/// With a key of this process alone, while it cannot read the other.
static OWN: OnceLock<Seal> = OnceLock::new();

/// Reads the key of all servers, unless this one has it. Each new connection for pages does this before it is used: a server that started
/// without a database seals as the others do from its first page.
///
/// # Errors
/// When the database fails.
pub(crate) async fn share_key(db: &mut PgConnection) -> Result<()> {
    read_key(&SHARED, db).await
}

/// Whether this server seals as all others do.
#[cfg(test)]
pub(crate) fn has_key() -> bool {
    SHARED.get().is_some()
}

async fn read_key(shared: &OnceLock<Seal>, db: &mut PgConnection) -> Result<()> {
    if shared.get().is_some() {
        return Ok(());
    }
    // `server migrate` connects before there is one.
    let there = sqlx::query_scalar!(r#"select to_regclass('cursor_keys') is not null as "there!""#);
    if there.fetch_one(&mut *db).await? {
        let key = sqlx::query_scalar!("select key from cursor_keys").fetch_one(&mut *db).await?;
        let seal = Seal::new(&key)?;
        shared.get_or_init(|| seal);
    }
    Ok(())
}

fn seal() -> Result<&'static Seal> {
    if let Some(seal) = SHARED.get().or_else(|| OWN.get()) {
        return Ok(seal);
    }
    let own = Seal::new(&random::bytes::<32>()?)?;
    Ok(OWN.get_or_init(|| own))
}

/// The end of a page whose last row has this key and id.
///
/// # Errors
/// When the operating system has no randomness.
pub(crate) fn cursor(key: &str, id: Uuid) -> Result<String> {
    seal()?.close(key, id)
}

/// The key and id at the end of a page. `None` for a text that neither a server with the shared key nor this one has sealed, so that the list
/// starts from the beginning.
pub(crate) fn end(after: &str) -> Option<(String, Uuid)> {
    [&SHARED, &OWN].into_iter().filter_map(OnceLock::get).find_map(|seal| seal.open(after))
}

struct Seal {
    aead: LessSafeKey,
    nonces: hmac::Key,
}

impl Seal {
    fn new(key: &[u8]) -> Result<Self> {
        let nonces = hmac::Key::new(hmac::HMAC_SHA256, key);
        // No end of a page is as short as this text, so no nonce shows a part of this key.
        let key = UnboundKey::new(&AES_256_GCM, hmac::sign(&nonces, b"seal").as_ref()).map_err(unsealed)?;
        Ok(Self { aead: LessSafeKey::new(key), nonces })
    }

    /// The nonce is made of the text: a list that is fetched again has the same link to its next page, and no two texts have one nonce.
    fn close(&self, key: &str, id: Uuid) -> Result<String> {
        let mut text = [&id.as_bytes()[..], key.as_bytes()].concat();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&hmac::sign(&self.nonces, &text).as_ref()[..NONCE_LEN]);
        let unique = Nonce::assume_unique_for_key(nonce);
        self.aead.seal_in_place_append_tag(unique, Aad::empty(), &mut text).map_err(unsealed)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &text[..]].concat()))
    }

    fn open(&self, after: &str) -> Option<(String, Uuid)> {
        let mut sealed = URL_SAFE_NO_PAD.decode(after).ok()?;
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.aead.open_in_place(nonce, Aad::empty(), text).ok()?;
        let (id, key) = text.split_first_chunk::<16>()?;
        Some((String::from_utf8(key.to_vec()).ok()?, Uuid::from_bytes(*id)))
    }
}

fn unsealed(error: ring::error::Unspecified) -> Error {
    Error::failed(format!("the end of a page: {error}"))
}

#[cfg(test)]
mod tests {
    use sqlx::{Executor, PgPool};

    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn an_address_of_a_page_shows_no_name_and_is_the_same_each_time() {
        let (key, seal) = ("ann.bull@north.example", Seal::new(&[1; 32]).unwrap());
        let after = seal.close(key, ID).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&after).unwrap();
        for part in [key.as_bytes(), b"north", ID.as_bytes()] {
            assert!(!bytes.windows(part.len()).any(|seen| seen == part), "{after}");
        }
        assert!(after.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{after}");
        assert_eq!(seal.close(key, ID).unwrap(), after);
        assert_ne!(seal.close("ann.bull@south.example", ID).unwrap()[..16], after[..16]);
        assert_eq!(seal.open(&after), Some((key.to_owned(), ID)));
        assert_eq!(end(&cursor(key, ID).unwrap()), Some((key.to_owned(), ID)));
    }

    #[test]
    fn an_unreadable_end_of_a_page_starts_from_the_beginning() {
        let after = cursor("é~a", ID).unwrap();
        let (other, short) =
            (Seal::new(&[1; 32]).unwrap().close("é~a", ID).unwrap(), &after[..after.len() - 1]);
        let changed = after.chars().rev().collect::<String>();
        for after in ["", "x", "\0", "00000000-0000-0000-0000-000000000000~a", short, &other, &changed] {
            assert_eq!(end(after), None, "{after}");
        }
        assert!(end(&after).is_some());
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_page_is_turned_by_another_server_also_if_one_started_without_the_database(db: PgPool) {
        let (one, other) = (OnceLock::new(), OnceLock::new());
        let mut db = db.acquire().await.unwrap();
        read_key(&one, &mut db).await.unwrap();
        db.execute("alter table cursor_keys rename to away").await.unwrap();
        read_key(&other, &mut db).await.unwrap();
        assert!(other.get().is_none());
        db.execute("alter table away rename to cursor_keys").await.unwrap();
        read_key(&other, &mut db).await.unwrap();
        let after = one.get().unwrap().close("a", ID).unwrap();
        assert_eq!(other.get().unwrap().open(&after), Some(("a".to_owned(), ID)));
        // The key of each database is its own.
        let key: Vec<u8> =
            sqlx::query_scalar("select key from cursor_keys").fetch_one(&mut *db).await.unwrap();
        assert_eq!(key.len(), 32);
    }
}
