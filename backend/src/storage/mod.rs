//! The bytes of the takes: a local folder. A key names a file for ever; what it names never changes.

mod once;
mod parts;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use engines::media::link::link;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

pub use self::once::written_once;
use crate::error::{AppError, Result, blocking};
use shared::{ApiError, ErrorCode};

/// What says to which database the folder belongs.
const OWNER: &str = "database-id";

/// How the names of files begin, in the work folder, that are no record's.
const FILE: &str = "upload-";
/// How the names of such folders do.
const FOLDER: &str = "scratch-";
/// How the names of files end that are being written to be kept.
const UNFINISHED: &str = ".new";

/// Where the bytes of all keys are served.
const SERVED: &str = "/media/";

/// Where a key's bytes are served.
pub fn media_url(key: &str) -> String {
    format!("{SERVED}{key}")
}

/// The key whose bytes are served there; none where no key's are.
pub fn media_key(url: &str) -> Option<&str> {
    url.strip_prefix(SERVED)
}

/// Writes a file that is relied on as soon as this returns, also by whoever comes after the machine was switched off.
///
/// # Errors
/// When it cannot be written.
pub fn write_for_good(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(file)?;
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
            fs::create_dir_all(storage.media.join(shelf.name()))?;
        }
        fs::create_dir_all(&storage.work)?;
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
        match fs::read_to_string(self.owner_file()) {
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

    /// Keeps bytes under a new key, for good, as [`Storage::adopt`] does.
    pub async fn put(&self, shelf: Shelf, extension: &str, bytes: &[u8]) -> Result<String> {
        let temporary = self.work.join(format!("{}{UNFINISHED}", Uuid::now_v7()));
        let kept = async {
            let mut file = tokio::fs::File::create(&temporary).await?;
            file.write_all(bytes).await?;
            // Writes go on behind the call, and only this says how the last one ended.
            file.flush().await?;
            self.adopt(shelf, extension, &temporary).await
        };
        let kept = kept.await;
        if kept.is_err() {
            self.discard(&temporary).await;
        }
        kept
    }

    /// Keeps a finished file of the work folder under a new key, by moving it. It outlives a machine that loses its power from
    /// then on, as the record does that will name it.
    pub async fn adopt(&self, shelf: Shelf, extension: &str, file: &Path) -> Result<String> {
        let key = shelf.new_key(extension);
        let (file, target, shelf) = (file.to_owned(), self.known_path(&key)?, self.media.join(shelf.name()));
        blocking(move || {
            touch(&file)?.sync_all()?;
            fs::rename(&file, target)?;
            Ok(sync_folder(&shelf)?)
        })
        .await?;
        Ok(key)
    }

    /// Keeps a second copy of a file under a new key; a link where the file system can, since files never change. One that is
    /// gone is a conflict: see [`is_gone`]. The name is kept for good by [`Storage::settle`].
    pub async fn copy(&self, key: &str) -> Result<String> {
        let from = self.known_path(key)?;
        let (shelf, name) = key.split_once('/').ok_or_else(|| AppError::internal("a key without a shelf"))?;
        let extension = name.rsplit('.').next().unwrap_or("bin");
        let shelf = Shelf::ALL.into_iter().find(|known| known.name() == shelf).ok_or_else(|| AppError::internal("an unknown shelf"))?;
        let copy = shelf.new_key(extension);
        let (to, key) = (self.known_path(&copy)?, key.to_owned());
        blocking(move || match touch(&from).and_then(|_| fs::hard_link(&from, &to)).or_else(|_| copy_for_good(&from, &to)) {
            Err(_) if is_missing(&from) => Err(gone(&key)),
            copied => Ok(copied?),
        })
        .await?;
        Ok(copy)
    }

    /// Makes the names of all that was copied outlive a machine that loses its power: once for all of them, since it takes its time.
    pub async fn settle(&self) -> Result<()> {
        let shelves = Shelf::ALL.map(|shelf| self.media.join(shelf.name()));
        blocking(move || Ok(shelves.iter().try_for_each(|shelf| sync_folder(shelf))?)).await
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
        match self.hold(key, workdir) {
            Err(error) if is_gone(&error) => self.known_path(key),
            held => held,
        }
    }

    /// The same, where one that is gone is a conflict: see [`is_gone`].
    pub fn hold(&self, key: &str, workdir: &Path) -> Result<PathBuf> {
        let file = self.known_path(key)?;
        let held = workdir.join(key.replace('/', "-"));
        match link(&file, &held) {
            Err(_) if is_missing(&file) => Err(gone(key)),
            linked => Ok(linked.map(|()| held)?),
        }
    }

    /// The folder in which pieces of a project's films are kept, so that the next film is made of what has not changed.
    /// It may be cleaned at any time.
    pub fn parts(&self, project: Uuid) -> PathBuf {
        self.parts.join(project.to_string())
    }

    /// A piece of a project's films that was kept whole, open; none where it is not there, or no longer. What was used last is kept longest.
    pub fn part(&self, project: Uuid, name: &str) -> io::Result<Option<File>> {
        match touch(&self.parts(project).join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
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

    /// Removes the pieces of all projects, but those that a film in the making, or one that failed, holds too: without those there is
    /// no more room than with them.
    pub async fn clear_parts(&self) -> io::Result<()> {
        let parts = self.parts.clone();
        tokio::task::spawn_blocking(move || parts::clear(&parts)).await.map_err(io::Error::other)?
    }

    /// A file of its own in the work folder, gone when dropped.
    pub fn temporary(&self) -> Result<tempfile::NamedTempFile> {
        Ok(tempfile::Builder::new().prefix(FILE).tempfile_in(&self.work)?)
    }

    /// A folder of its own in the work folder, gone when dropped.
    pub fn temporary_dir(&self) -> Result<tempfile::TempDir> {
        Ok(tempfile::Builder::new().prefix(FOLDER).tempdir_in(&self.work)?)
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

    /// Removes the files and folders of the work folder that are no record's and that nobody has touched for so long: a server that
    /// was killed has left them. Others may be in use, also by another server.
    ///
    /// # Errors
    /// When the work folder cannot be read.
    pub fn clear_left_behind(&self, age: Duration) -> io::Result<()> {
        for entry in fs::read_dir(&self.work)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_nobodys = name.starts_with(FILE) || name.starts_with(FOLDER) || name.ends_with(UNFINISHED);
            // What goes away meanwhile is none to remove.
            let Some(meta) = entry.metadata().ok().filter(|_| is_nobodys) else { continue };
            if meta.modified()?.elapsed().is_ok_and(|untouched| untouched > age) {
                let path = entry.path();
                let removed = if meta.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                match removed {
                    Ok(()) => tracing::info!(path = %path.display(), "removed what a server has left that was killed"),
                    // Another server has.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => tracing::warn!(%error, path = %path.display(), "could not remove what a server has left"),
                }
            }
        }
        Ok(())
    }

    /// The records that have a work folder.
    pub fn workdirs(&self) -> io::Result<Vec<Uuid>> {
        let names = fs::read_dir(&self.work)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter_map(|name| Uuid::parse_str(&name).ok()).collect())
    }

    /// The keys of all files that were kept longer ago than that.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn kept_before(&self, age: Duration) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        for shelf in Shelf::ALL {
            for entry in fs::read_dir(self.media.join(shelf.name()))? {
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
        if let Err(error) = tokio::fs::remove_file(file).await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, file = %file.display(), "could not remove a half-written file");
        }
    }
}

/// Makes a file as young as what it is kept for: the name that it gets under a new key is written down only later, and an old file
/// without a record is removed.
fn touch(file: &Path) -> io::Result<File> {
    let file = File::open(file)?;
    file.set_modified(SystemTime::now())?;
    Ok(file)
}

fn copy_for_good(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}

/// Until then, what a name in it stands for may be forgotten when the power goes.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn is_missing(file: &Path) -> bool {
    matches!(file.try_exists(), Ok(false))
}

/// The detail that names a file that is gone; no other conflict has it.
const GONE: &str = "url";

/// The file of a take is gone: most likely, the take was deleted after it was read which there are.
fn gone(key: &str) -> AppError {
    let message =
        "A file of a selected take is gone; if nobody has deleted that take just now, select another in its place, and try again.";
    AppError::Api(ApiError::new(ErrorCode::Conflict, message).with(GONE, media_url(key)))
}

/// Whether the file of a take was gone. Whoever reads again which takes there are may find others.
pub fn is_gone(error: &AppError) -> bool {
    matches!(error, AppError::Api(error) if error.code == ErrorCode::Conflict && error.details.contains_key(GONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_just_now_is_young_however_old_its_file_is() {
        let (dir, hour) = (tempfile::tempdir().unwrap(), Duration::from_secs(3600));
        let storage = Storage::open(dir.path()).unwrap();
        let age = |file: &Path| fs::File::open(file).unwrap().set_modified(SystemTime::now() - 2 * hour).unwrap();
        let finished = storage.work.join("finished.wav");
        fs::write(&finished, "sound").unwrap();
        age(&finished);
        let key = storage.adopt(Shelf::Audio, "wav", &finished).await.unwrap();
        assert!(storage.kept_before(hour).unwrap().is_empty(), "it was moved just now");
        age(&storage.path(&key).unwrap());
        assert_eq!(storage.kept_before(hour).unwrap(), std::slice::from_ref(&key));
        storage.copy(&key).await.unwrap();
        assert!(storage.kept_before(hour).unwrap().is_empty(), "it was copied just now");
    }

    #[tokio::test]
    async fn a_file_that_is_gone_is_told_from_other_conflicts() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::open(dir.path()).unwrap();
        let key = Shelf::Audio.new_key("wav");
        assert!(is_gone(&storage.copy(&key).await.unwrap_err()) && is_gone(&storage.hold(&key, dir.path()).unwrap_err()));
        assert!(!is_gone(&AppError::api(ErrorCode::Conflict, "Another request has taken over.")));
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
