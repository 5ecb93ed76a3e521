//! Where finished pieces of films are kept: in the work folder of the film that is being made, and in a
//! cache that later films of the project use.
//!
//! The work folder holds everything that its film needs, as hard links where the file system has them:
//! what cleans the cache never takes a part from a film in the making. A piece is there when the last
//! of its files has its name, so a server that was killed goes on from the pieces that were done.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Pieces by name: each a file, and beside it what is known about it.
#[derive(Clone, Debug)]
pub struct Store {
    work: PathBuf,
    cache: Option<PathBuf>,
    /// Part of the names of unfinished files: an encoder that outlives its killed server never writes into another's.
    run: Uuid,
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
            let (note, file) = (about(&name), name);
            if !store.file(&file).exists() {
                let cache = store.cache.as_ref()?;
                link(&cache.join(&note), &store.file(&note)).and_then(|()| link(&cache.join(&file), &store.file(&file))).ok()?;
            }
            if let Some(cached) = store.cache.as_ref().map(|cache| cache.join(&file)).filter(|cached| cached.exists()) {
                // What was used last is what the cache keeps longest.
                let used = std::fs::File::options().append(true).open(cached).and_then(|file| file.set_modified(SystemTime::now()));
                if let Err(error) = used {
                    tracing::debug!(%error, "a part's last use is not written down: it is forgotten sooner");
                }
            }
            serde_json::from_slice(&std::fs::read(store.file(&note)).ok()?).ok()
        });
        found.await.ok().flatten()
    }

    /// Gives a finished piece its name, and keeps it for later films.
    ///
    /// # Errors
    /// When it cannot be kept in the work folder; the cache is a help, not a need.
    pub async fn keep<T: Serialize>(&self, name: &str, known: &T) -> io::Result<()> {
        let (store, name) = (self.clone(), name.to_owned());
        let known = serde_json::to_vec(known).map_err(io::Error::other)?;
        let kept = tokio::task::spawn_blocking(move || {
            let note = about(&name);
            std::fs::write(store.unfinished(&note), known)?;
            std::fs::rename(store.unfinished(&note), store.file(&note))?;
            std::fs::rename(store.unfinished(&name), store.file(&name))?;
            for file in [&note, &name] {
                if let Some(cache) = &store.cache
                    && let Err(error) = link(&store.file(file), &cache.join(file))
                {
                    tracing::warn!(%error, "a part of a film is not kept for later ones");
                }
            }
            Ok(())
        });
        kept.await.map_err(io::Error::other)?
    }
}

fn about(name: &str) -> String {
    format!("{name}.json")
}

/// The same file under another name; a copy where there are no links.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => {
            let aside = to.with_extension(format!("{}.tmp", std::process::id()));
            std::fs::copy(from, &aside)?;
            std::fs::rename(&aside, to)
        }
        Ok(()) => Ok(()),
    }
}

/// SHA-256 of a file's content, in hexadecimal.
///
/// # Errors
/// When the file cannot be read.
pub async fn hash_file(path: impl AsRef<Path> + Send + 'static) -> io::Result<String> {
    let hash = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
        io::Result::Ok(hex(&hash.finalize()))
    });
    hash.await.map_err(io::Error::other)?
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
}
