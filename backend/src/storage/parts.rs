//! Cleaning of the parts' cache: within a limit, what was used last stays.
//!
//! Films are made meanwhile, by this server and by others: what is looked at may be gone a moment later, and a folder stays
//! although its last file goes, since a film may be about to keep its own there.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A file of the cache. The first field comes first in their order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    used: SystemTime,
    size: u64,
    /// Whether a work folder has it too.
    held: bool,
    file: PathBuf,
}

/// Removes the files of `root`'s folders that were used longest ago until the rest is within `limit` bytes. What is known
/// about a file goes with it.
pub fn trim(root: &Path, limit: u64) -> io::Result<()> {
    let mut pieces = pieces(root)?;
    let mut all: u64 = pieces.iter().map(|piece| piece.size).sum();
    pieces.sort();
    for piece in pieces {
        if all <= limit {
            break;
        }
        remove(&piece.file)?;
        all -= piece.size;
    }
    Ok(())
}

/// Removes all files of `root`'s folders that are nowhere else.
pub fn clear(root: &Path) -> io::Result<()> {
    pieces(root)?.iter().filter(|piece| !piece.held).try_for_each(|piece| remove(&piece.file))
}

fn remove(file: &Path) -> io::Result<()> {
    let mut about = file.to_owned().into_os_string();
    about.push(".json");
    there(fs::remove_file(file))?;
    there(fs::remove_file(about))?;
    Ok(())
}

fn pieces(root: &Path) -> io::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for folder in there(fs::read_dir(root))?.into_iter().flatten() {
        for file in there(fs::read_dir(folder?.path()))?.into_iter().flatten() {
            let file = file?.path();
            if file.extension() == Some(OsStr::new("json")) {
                continue;
            }
            if let Some(meta) = there(fs::metadata(&file))? {
                pieces.push(Piece { used: meta.modified()?, size: meta.len(), held: meta.nlink() > 1, file });
            }
        }
    }
    Ok(pieces)
}

/// None where it is of something that is gone.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let root = tempfile::tempdir().unwrap();
        assert!(trim(&root.path().join("none"), 10).is_ok());
        for (age, name) in [(30, "a/1.mp4"), (10, "a/2.mp4"), (20, "b/3.mp4")] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, [0; 100]).unwrap();
            fs::write(root.path().join(format!("{name}.json")), "{}").unwrap();
            let used = SystemTime::now() - Duration::from_secs(age);
            fs::File::options().append(true).open(&path).unwrap().set_modified(used).unwrap();
        }
        let there = |name: &str| root.path().join(name).exists();
        trim(root.path(), 300).unwrap();
        assert!(there("a/1.mp4") && there("a/2.mp4") && there("b/3.mp4"));
        trim(root.path(), 250).unwrap();
        assert!(!there("a/1.mp4") && !there("a/1.mp4.json") && there("a/2.mp4") && there("b/3.mp4"));
        trim(root.path(), 100).unwrap();
        assert!(there("a/2.mp4") && there("a/2.mp4.json") && !there("b/3.mp4"));
        assert!(there("b"), "a film may be about to keep its own there");
        let work = tempfile::tempdir().unwrap();
        fs::hard_link(root.path().join("a/2.mp4"), work.path().join("2.mp4")).unwrap();
        fs::write(root.path().join("b/3.mp4"), "more").unwrap();
        clear(root.path()).unwrap();
        assert!(there("a/2.mp4") && there("a/2.mp4.json") && !there("b/3.mp4"));
    }
}
