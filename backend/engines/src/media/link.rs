//! Second names of files that never change.

use std::fs;
use std::io;
use std::path::Path;

/// Gives a file a second name, unless that is there: a copy where the file system knows no second names. It is there as a
/// whole or not at all, however this ends.
///
/// # Errors
/// When the file is not there, or the name cannot be made.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => {
            let folder = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
            let aside = tempfile::Builder::new().suffix(".tmp").tempfile_in(folder)?;
            fs::copy(from, &aside)?;
            aside.as_file().sync_all()?;
            aside.persist(to).map(drop).map_err(|error| error.error)
        }
        Ok(()) => Ok(()),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("second");
        // Of no file there is a name in another file system, and the first page of a process's memory cannot be read.
        for _ in 0..2 {
            link(Path::new("/proc/self/mem"), &to).expect_err("cannot be copied");
            assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 0, "nothing is left of it");
        }
        let version = Path::new("/proc/version");
        for _ in 0..2 {
            link(version, &to).expect("copied");
            assert_eq!(fs::read(&to).expect("there"), fs::read(version).expect("read"));
        }
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "nothing is left beside it");
    }
}
