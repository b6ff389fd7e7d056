//! Files that people bring, stored outside of the database: a folder of this machine, or a bucket of S3. What a key stands for, and who may have
//! its bytes, the database says.

mod deleting;

use std::{fs::Permissions, io, ops::Range, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use futures::{StreamExt, stream::BoxStream};
use object_store::{
    Error as StoreError, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use url::Url;
use uuid::Uuid;

use crate::{Error, Result};

pub use self::deleting::delete_files;
pub(crate) use self::deleting::{keep, named};

/// The bytes of a file, in the order of the file. They are read while they are taken.
pub type Pieces = BoxStream<'static, io::Result<Vec<u8>>>;

/// Where files are stored. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
}

impl Files {
    /// `s3://bucket/prefix`, with the usual variables of AWS beside it, or the path of a folder.
    ///
    /// # Errors
    /// When the folder cannot be made, or the bucket's settings cannot be read. Nobody has asked the bucket yet.
    pub fn from_setting(setting: &str) -> Result<Self> {
        if setting.starts_with("s3:") { Self::bucket(setting) } else { Self::local(setting.into()) }
    }

    /// # Errors
    /// When the folder cannot be made.
    pub fn local(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder).map_err(Error::failed)?;
        // What members of a closed area keep there, no other user of the machine may read.
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).map_err(Error::failed)?;
        // A row that names a file is committed after the file: it must not be lost when the machine stops.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(Error::failed)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    fn bucket(setting: &str) -> Result<Self> {
        let url = Url::parse(setting).map_err(Error::failed)?;
        let name = url
            .host_str()
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Error::failed("s3:// and the name of a bucket"))?;
        // The HTTP client has no cryptography of its own. An error says that there is some already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bucket = AmazonS3Builder::from_env().with_bucket_name(name).build().map_err(Error::failed)?;
        let prefix = Path::from_url_path(url.path()).map_err(Error::failed)?;
        Ok(Self { store: Arc::new(PrefixStore::new(bucket, prefix)) })
    }

    /// Stores a file, whole or not at all. `key` is new: a file that is there is never changed.
    ///
    /// # Errors
    /// [`Error::Failed`] when the store does not take it.
    pub async fn put(&self, key: Uuid, bytes: Vec<u8>) -> Result<()> {
        self.store.put(&path(key), PutPayload::from(bytes)).await.map_err(Error::failed)?;
        Ok(())
    }

    /// # Errors
    /// [`Error::NotFound`] when it is gone, [`Error::Failed`] when the store does not answer.
    pub async fn get(&self, key: Uuid) -> Result<Vec<u8>> {
        let found = self.store.get(&path(key)).await.map_err(missing)?;
        Ok(found.bytes().await.map_err(missing)?.to_vec())
    }

    /// The size in bytes.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn size(&self, key: Uuid) -> Result<u64> {
        Ok(self.store.head(&path(key)).await.map_err(missing)?.size)
    }

    /// Some bytes of a file, which has them. It is never in the memory as a whole, and who began to read it reads on when it is deleted.
    ///
    /// # Errors
    /// As [`Self::get`], and for no bytes.
    pub async fn part(&self, key: Uuid, part: Range<u64>) -> Result<Pieces> {
        let only = GetOptions::default().with_range(Some(part));
        let found = self.store.get_opts(&path(key), only).await.map_err(missing)?;
        Ok(found.into_stream().map(|piece| piece.map(Vec::from).map_err(io::Error::other)).boxed())
    }

    /// Deletes files. Those that are gone already are no error, so that it can be done again.
    ///
    /// # Errors
    /// [`Error::Failed`] when the store does not answer. Some may be deleted then.
    pub async fn delete(&self, keys: &[Uuid]) -> Result<()> {
        for key in keys {
            match self.store.delete(&path(*key)).await {
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(Error::failed(error)),
            }
        }
        Ok(())
    }
}

/// In folders by the end of the key, which is random: its beginning is the time.
fn path(key: Uuid) -> Path {
    let key = key.to_string();
    Path::from_iter([key.get(key.len().saturating_sub(2)..).unwrap_or_default(), key.as_str()])
}

fn missing(error: StoreError) -> Error {
    match error {
        StoreError::NotFound { .. } => Error::NotFound,
        error => Error::failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_there_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::from_setting(folder.path().to_str().unwrap()).unwrap();
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        files.put(one, b"one".to_vec()).await.unwrap();
        files.put(other, b"other".to_vec()).await.unwrap();
        assert_eq!(files.get(one).await.unwrap(), b"one");
        files.delete(&[one]).await.unwrap();
        files.delete(&[one]).await.unwrap();
        assert!(matches!(files.get(one).await, Err(Error::NotFound)));
        assert_eq!(files.get(other).await.unwrap(), b"other");
    }

    #[tokio::test]
    async fn a_part_of_a_file_is_read_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path().join("files")).unwrap();
        let (key, bytes) = (Uuid::now_v7(), (0..=u8::MAX).cycle().take(100_000).collect::<Vec<_>>());
        files.put(key, bytes.clone()).await.unwrap();
        assert_eq!(files.size(key).await.unwrap(), 100_000);
        for part in [0..100_000, 1..3, 99_999..100_000, 20_000..90_000] {
            let pieces = files.part(key, part.clone()).await.unwrap();
            // Somebody removes it meanwhile.
            files.delete(&[key]).await.unwrap();
            let pieces: Vec<Vec<u8>> = pieces.map(|piece| piece.unwrap()).collect().await;
            let (first, last) = (usize::try_from(part.start).unwrap(), usize::try_from(part.end).unwrap());
            assert_eq!(pieces.concat(), bytes[first..last], "{part:?}");
            assert!(pieces.iter().all(|piece| piece.len() < 20_000), "{part:?}");
            files.put(key, bytes.clone()).await.unwrap();
        }
        let gone = Uuid::now_v7();
        assert!(matches!(files.size(gone).await, Err(Error::NotFound)));
        assert!(matches!(files.part(gone, 0..1).await.err(), Some(Error::NotFound)));
    }

    #[test]
    fn no_other_user_of_the_machine_reads_the_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("files");
        Files::local(folder.clone()).unwrap();
        assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_bucket_has_a_name() {
        assert!(Files::from_setting("s3://").is_err());
        assert!(Files::from_setting("s3://bucket/zone").is_ok());
    }
}
