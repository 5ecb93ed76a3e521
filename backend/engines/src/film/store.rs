//! Where finished pieces of films are kept: in the work folder of the film that is being made, and in a
//! cache that later films of the project use.
//!
//! The work folder holds everything that its film needs, as hard links where the file system has them:
//! what cleans the cache never takes a part from a film in the making. A piece is there when the last
//! of its files has its name and the length that was written down for it, so a server that was killed goes on
//! from the pieces that were done, and a piece that was cut short is made anew.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::media::link::link;

/// Pieces by name: each a file, and beside it what is known about it.
#[derive(Clone, Debug)]
pub struct Store {
    work: PathBuf,
    cache: Option<PathBuf>,
    /// Part of the names of unfinished files: an encoder that outlives its killed server never writes into another's.
    run: Uuid,
}

/// What stands beside a piece.
#[derive(Serialize, Deserialize)]
struct Note<T> {
    /// Of the piece, in bytes.
    length: u64,
    /// What is known about it.
    known: T,
}

impl Store {
    /// # Errors
    /// When a folder cannot be made.
    pub async fn open(work: PathBuf, cache: Option<PathBuf>) -> io::Result<Self> {
        tokio::fs::create_dir_all(&work).await?;
        if let Some(cache) = &cache {
            tokio::fs::create_dir_all(cache).await?;
        }
        Ok(Self { work, cache, run: Uuid::now_v7() })
    }

    /// The file of a piece in the work folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// The file that a piece is written to before it is one.
    #[must_use]
    pub fn unfinished(&self, name: &str) -> PathBuf {
        self.work.join(format!("{name}.{}.tmp", self.run.simple()))
    }

    /// What is known about a piece that is there; it is in the work folder then.
    pub async fn find<T: DeserializeOwned + Send + 'static>(&self, name: &str) -> Option<T> {
        let (store, name) = (self.clone(), name.to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let cached = store.cache.as_ref().map(|cache| cache.join(&name));
            let known = whole(&store.file(&name)).or_else(|| {
                let cached = cached.as_ref()?;
                let known = whole(cached)?;
                put(cached, &store.file(&name)).ok()?;
                Some(known)
            });
            if let Some(cached) = cached.filter(|cached| known.is_some() && cached.exists()) {
                // What was used last is what the cache keeps longest.
                let used = std::fs::File::options().append(true).open(cached).and_then(|file| file.set_modified(SystemTime::now()));
                if let Err(error) = used {
                    tracing::debug!(%error, "a part's last use is not written down: it is forgotten sooner");
                }
            }
            known
        });
        found.await.ok().flatten()
    }

    /// Gives a finished piece its name, and keeps it for later films.
    ///
    /// # Errors
    /// When it cannot be kept in the work folder; the cache is a help, not a need.
    pub async fn keep<T: Serialize>(&self, name: &str, known: &T) -> io::Result<()> {
        let length = tokio::fs::metadata(self.unfinished(name)).await?.len();
        let note = serde_json::to_vec(&Note { length, known }).map_err(io::Error::other)?;
        let (store, name) = (self.clone(), name.to_owned());
        let kept = tokio::task::spawn_blocking(move || {
            let (unfinished, file) = (store.unfinished(&name), store.file(&name));
            // Where the power goes, no name is left of what is not there. Of a note there may be: it is none that can be read.
            std::fs::File::open(&unfinished)?.sync_all()?;
            std::fs::write(beside(&unfinished), note)?;
            std::fs::rename(beside(&unfinished), beside(&file))?;
            std::fs::rename(unfinished, &file)?;
            if let Some(cache) = &store.cache
                && let Err(error) = put(&file, &cache.join(&name))
            {
                tracing::warn!(%error, "a part of a film is not kept for later ones");
            }
            Ok(())
        });
        kept.await.map_err(io::Error::other)?
    }

    /// Keeps pieces no longer, neither for this film nor for later ones: one of them is not what it should be.
    pub async fn forget(&self, files: &[PathBuf]) {
        for name in files.iter().filter_map(|file| file.file_name()) {
            for folder in [Some(&self.work), self.cache.as_ref()].into_iter().flatten() {
                if let Err(error) = tokio::fs::remove_file(folder.join(name)).await
                    && error.kind() != io::ErrorKind::NotFound
                {
                    tracing::warn!(%error, "a part of a film that may be broken is kept");
                }
            }
        }
    }
}

/// The file of the note on a piece.
fn beside(piece: &Path) -> PathBuf {
    let mut note = piece.as_os_str().to_owned();
    note.push(".json");
    note.into()
}

/// What is known about a piece, where it is there as it was kept.
fn whole<T: DeserializeOwned>(piece: &Path) -> Option<T> {
    let note: Note<T> = serde_json::from_slice(&std::fs::read(beside(piece)).ok()?).ok()?;
    (std::fs::metadata(piece).ok()?.len() == note.length).then_some(note.known)
}

/// The same piece in another place, instead of what is there.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    for (from, to) in [(beside(from), beside(to)), (from.to_owned(), to.to_owned())] {
        match std::fs::remove_file(&to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => link(&from, &to)?,
        }
    }
    Ok(())
}

/// SHA-256 of a file's content, in hexadecimal.
///
/// # Errors
/// When the file cannot be read.
pub async fn hash_file(path: impl AsRef<Path> + Send + 'static) -> io::Result<String> {
    let hash = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
        io::Result::Ok(hex::encode(hash.finalize()))
    });
    hash.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_piece_outlives_its_film_and_survives_the_cleaning() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = |work: &str| Store::open(folder.path().join(work), Some(folder.path().join("cache")));
        let first = open("first").await.expect("opened");
        assert_eq!(first.find::<u32>("a.mp4").await, None);
        std::fs::write(first.unfinished("a.mp4"), "frames").expect("written");
        first.keep("a.mp4", &7_u32).await.expect("kept");
        std::fs::remove_dir_all(folder.path().join("first")).expect("removed");
        let second = open("second").await.expect("opened");
        assert_eq!(second.find::<u32>("a.mp4").await, Some(7));
        std::fs::remove_dir_all(folder.path().join("cache")).expect("removed");
        assert_eq!(second.find::<u32>("a.mp4").await, Some(7));
        assert_eq!(std::fs::read(second.file("a.mp4")).expect("there"), b"frames");
    }

    #[tokio::test]
    async fn a_piece_that_is_not_as_it_was_kept_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let cached = folder.path().join("cache/a.mp4");
        let open = async |work: &str| Store::open(folder.path().join(work), Some(folder.path().join("cache"))).await.expect("opened");
        let keep = async |store: &Store, frames: &str| {
            std::fs::write(store.unfinished("a.mp4"), frames).expect("written");
            store.keep("a.mp4", &7_u32).await.expect("kept");
        };
        let first = open("first").await;
        keep(&first, "frames").await;
        // What a machine leaves that loses its power; and a note as there were before they told of lengths.
        for (number, (file, left)) in
            [(cached.clone(), ""), (cached.clone(), "fra"), (beside(&cached), ""), (beside(&cached), "7")].into_iter().enumerate()
        {
            std::fs::write(&file, left).expect("cut short");
            assert_eq!(first.find::<u32>("a.mp4").await, None, "{number}: in the work folder");
            let other = open(&format!("other {number}")).await;
            assert_eq!(other.find::<u32>("a.mp4").await, None, "{number}: in the cache");
            keep(&other, "frames").await;
            assert_eq!(first.find::<u32>("a.mp4").await, Some(7), "{number}: what is there anew is taken from the cache");
            assert_eq!(std::fs::read(first.file("a.mp4")).expect("there"), b"frames");
        }
        first.forget(&[first.file("a.mp4")]).await;
        assert_eq!(first.find::<u32>("a.mp4").await, None, "forgotten");
        assert_eq!(open("last").await.find::<u32>("a.mp4").await, None, "forgotten");
    }
}
