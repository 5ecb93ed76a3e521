//! The bytes of the takes: a local folder. A key names a file for ever; what it names never changes.

mod once;
mod parts;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::io::AsyncWriteExt;
use uuid::Uuid;

pub use self::once::written_once;
use crate::error::{AppError, Result};

/// What says to which database the folder belongs.
const OWNER: &str = "database-id";

/// Where a key's bytes are served.
pub fn media_url(key: &str) -> String {
    format!("/media/{key}")
}

/// Writes a file that is relied on as soon as this returns, also by whoever comes after the machine was switched off.
///
/// # Errors
/// When it cannot be written.
pub fn write_for_good(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What a file is for: the first part of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Narrations.
    Audio,
    /// Pictures and their thumbnails.
    Image,
    /// Films, clips, posters and captions.
    Video,
    /// The user's own tracks.
    Music,
}

impl Shelf {
    const ALL: [Self; 4] = [Self::Audio, Self::Image, Self::Video, Self::Music];

    fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Image => "image",
            Self::Video => "video",
            Self::Music => "music",
        }
    }

    /// The key of a new file. It has an id of its own rather than its record's, so that two attempts at one record
    /// never write the same file.
    pub fn new_key(self, extension: &str) -> String {
        format!("{}/{}.{extension}", self.name(), Uuid::now_v7())
    }
}

/// The folder of all media, that where work in progress stands, and that of pieces that save work later.
#[derive(Clone, Debug)]
pub struct Storage {
    folder: PathBuf,
    media: PathBuf,
    work: PathBuf,
    parts: PathBuf,
}

impl Storage {
    /// Storage in that data directory; its folders are made where they are missing.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let storage = Self {
            folder: data_dir.to_owned(),
            media: data_dir.join("media"),
            work: data_dir.join("work"),
            parts: data_dir.join("cache/parts"),
        };
        for shelf in Shelf::ALL {
            std::fs::create_dir_all(storage.media.join(shelf.name()))?;
        }
        std::fs::create_dir_all(&storage.work)?;
        Ok(storage)
    }

    /// The data directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that says to which database it belongs.
    pub fn owner_file(&self) -> PathBuf {
        self.folder.join(OWNER)
    }

    /// To which database it belongs, where that is settled.
    pub fn owner(&self) -> Result<Option<String>> {
        match std::fs::read_to_string(self.owner_file()) {
            Ok(owner) => Ok(Some(owner)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Settles that it belongs to that database, unless it is another's by now; answers whose it is.
    pub fn own(&self, database: &str) -> Result<String> {
        Ok(written_once(&self.folder, OWNER, database)?)
    }

    /// The file of a key. A key that the studio did not make has none: nothing outside the folder can be named.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let (shelf, name) = key.split_once('/')?;
        let shelf = Shelf::ALL.into_iter().find(|known| known.name() == shelf)?;
        let (id, extension) = name.split_once('.')?;
        let well_formed = Uuid::parse_str(id).is_ok_and(|uuid| uuid.to_string() == id)
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        well_formed.then(|| self.media.join(shelf.name()).join(name))
    }

    /// The file of a key that a record holds.
    pub fn known_path(&self, key: &str) -> Result<PathBuf> {
        self.path(key).ok_or_else(|| AppError::internal(format!("the database holds a key that is none: {key}")))
    }

    /// Keeps bytes under a new key.
    pub async fn put(&self, shelf: Shelf, extension: &str, bytes: &[u8]) -> Result<String> {
        let temporary = self.work.join(format!("{}.new", Uuid::now_v7()));
        let written = async {
            let mut file = tokio::fs::File::create(&temporary).await?;
            file.write_all(bytes).await?;
            // Writes go on behind the call, and only this says how the last one ended.
            file.flush().await?;
            file.sync_all().await
        };
        if let Err(error) = written.await {
            self.discard(&temporary).await;
            return Err(error.into());
        }
        self.adopt(shelf, extension, &temporary).await
    }

    /// Keeps a finished file of the work folder under a new key, by moving it.
    pub async fn adopt(&self, shelf: Shelf, extension: &str, file: &Path) -> Result<String> {
        let key = shelf.new_key(extension);
        let target = self.known_path(&key)?;
        touch(file).await?;
        tokio::fs::rename(file, target).await?;
        Ok(key)
    }

    /// Keeps a second copy of a file under a new key; a link where the file system can, since files never change.
    pub async fn copy(&self, key: &str) -> Result<String> {
        let from = self.known_path(key)?;
        let (shelf, name) = key.split_once('/').ok_or_else(|| AppError::internal("a key without a shelf"))?;
        let extension = name.rsplit('.').next().unwrap_or("bin");
        let shelf = Shelf::ALL.into_iter().find(|known| known.name() == shelf).ok_or_else(|| AppError::internal("an unknown shelf"))?;
        let copy = shelf.new_key(extension);
        let to = self.known_path(&copy)?;
        let linked = async {
            touch(&from).await?;
            tokio::fs::hard_link(&from, &to).await
        };
        if linked.await.is_err() {
            tokio::fs::copy(&from, &to).await?;
        }
        Ok(copy)
    }

    /// Removes a file; one that is gone already is no error.
    pub async fn remove(&self, key: &str) -> Result<()> {
        match tokio::fs::remove_file(self.known_path(key)?).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The folder in which a record is made. It outlives a killed server, so that finished parts are used again.
    pub async fn workdir(&self, record: Uuid) -> Result<PathBuf> {
        let dir = self.work.join(record.to_string());
        tokio::fs::create_dir_all(&dir).await?;
        Ok(dir)
    }

    /// A file for work that goes on although its record is deleted meanwhile: a second name of it in the work folder, or a copy
    /// where the file system knows no such names. One that is gone already is missed by who opens it.
    pub fn held(&self, key: &str, workdir: &Path) -> Result<PathBuf> {
        let file = self.known_path(key)?;
        let held = workdir.join(key.replace('/', "-"));
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        match std::fs::hard_link(&file, &held) {
            Ok(()) => Ok(held),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(held),
            Err(error) if missing(&error) => Ok(file),
            Err(_) => std::fs::copy(&file, &held).map(|_| held).map_err(AppError::Io),
        }
    }

    /// The folder in which pieces of a project's films are kept, so that the next film is made of what has not changed.
    /// It may be cleaned at any time.
    pub fn parts(&self, project: Uuid) -> PathBuf {
        self.parts.join(project.to_string())
    }

    /// Removes the pieces of a project that is gone.
    pub async fn forget_parts(&self, project: Uuid) {
        let dir = self.parts(project);
        if let Err(error) = tokio::fs::remove_dir_all(&dir).await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, dir = %dir.display(), "could not remove a project's parts");
        }
    }

    /// Keeps the pieces of all projects within a limit: those that were used longest ago go first.
    pub async fn trim_parts(&self, limit_bytes: u64) -> io::Result<()> {
        let parts = self.parts.clone();
        tokio::task::spawn_blocking(move || parts::trim(&parts, limit_bytes)).await.map_err(io::Error::other)?
    }

    /// A file of its own in the work folder, gone when dropped.
    pub fn temporary(&self) -> Result<tempfile::NamedTempFile> {
        Ok(tempfile::Builder::new().prefix("upload-").tempfile_in(&self.work)?)
    }

    /// A folder of its own in the work folder, gone when dropped.
    pub fn temporary_dir(&self) -> Result<tempfile::TempDir> {
        Ok(tempfile::Builder::new().prefix("scratch-").tempdir_in(&self.work)?)
    }

    /// Removes the folder of a record that is finished.
    pub async fn clear_workdir(&self, record: Uuid) {
        let dir = self.work.join(record.to_string());
        if let Err(error) = tokio::fs::remove_dir_all(&dir).await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, dir = %dir.display(), "could not remove a work folder");
        }
    }

    /// The records that have a work folder.
    pub fn workdirs(&self) -> io::Result<Vec<Uuid>> {
        let names = std::fs::read_dir(&self.work)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter_map(|name| Uuid::parse_str(&name).ok()).collect())
    }

    /// The keys of all files that were kept longer ago than that.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn kept_before(&self, age: Duration) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        for shelf in Shelf::ALL {
            for entry in std::fs::read_dir(self.media.join(shelf.name()))? {
                let entry = entry?;
                let key = format!("{}/{}", shelf.name(), entry.file_name().to_string_lossy());
                // A file that goes away meanwhile is none to tell of.
                let kept = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|then| then.elapsed().ok());
                if kept.is_some_and(|kept| kept > age) && self.path(&key).is_some() {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }

    async fn discard(&self, file: &Path) {
        if let Err(error) = tokio::fs::remove_file(file).await {
            tracing::warn!(%error, file = %file.display(), "could not remove a half-written file");
        }
    }
}

/// Makes a file as young as what it is kept for: the name that it gets under a new key is written down only later, and an old file
/// without a record is removed.
async fn touch(file: &Path) -> io::Result<()> {
    let file = tokio::fs::File::open(file).await?.into_std().await;
    tokio::task::spawn_blocking(move || file.set_modified(SystemTime::now())).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_just_now_is_young_however_old_its_file_is() {
        let (dir, hour) = (tempfile::tempdir().unwrap(), Duration::from_secs(3600));
        let storage = Storage::open(dir.path()).unwrap();
        let age = |file: &Path| std::fs::File::open(file).unwrap().set_modified(SystemTime::now() - 2 * hour).unwrap();
        let finished = storage.work.join("finished.wav");
        std::fs::write(&finished, "sound").unwrap();
        age(&finished);
        let key = storage.adopt(Shelf::Audio, "wav", &finished).await.unwrap();
        assert!(storage.kept_before(hour).unwrap().is_empty(), "it was moved just now");
        age(&storage.path(&key).unwrap());
        assert_eq!(storage.kept_before(hour).unwrap(), std::slice::from_ref(&key));
        storage.copy(&key).await.unwrap();
        assert!(storage.kept_before(hour).unwrap().is_empty(), "it was copied just now");
    }

    #[test]
    fn only_keys_of_its_own_making_name_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::open(dir.path()).unwrap();
        let key = Shelf::Audio.new_key("wav");
        assert_eq!(storage.path(&key), Some(dir.path().join("media").join(&key)));
        for bad in
            ["audio/../../secret.key", "../secret.key", "audio/x.wav", "work/0190.wav", "audio/", "", "/etc/passwd", "audio/..%2f.wav"]
        {
            assert_eq!(storage.path(bad), None, "{bad}");
        }
    }
}
