//! Small files that are written once, and read ever after.

use std::{
    io::{self, Write},
    path::Path,
};

/// What such a file of a folder says; where there is none, it is written first, for its owner alone. It is there as a whole or not
/// at all, however a start ends, and of several servers that write it at once one does, for all of them.
pub fn written_once(folder: &Path, name: &str, fresh: &str) -> io::Result<String> {
    let path = folder.join(name);
    match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let mut draft = tempfile::Builder::new().prefix(&format!("{name}.new")).tempfile_in(folder)?;
    draft.write_all(fresh.as_bytes())?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(&path) {
        Err(refused) if refused.error.kind() != io::ErrorKind::AlreadyExists => Err(refused.error),
        _ => std::fs::read_to_string(&path),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, sync::Barrier, thread};

    use super::*;

    #[test]
    fn all_who_write_it_at_once_read_the_same() {
        let (folder, together) = (tempfile::tempdir().unwrap(), Barrier::new(8));
        let write = |number: usize| {
            together.wait();
            written_once(folder.path(), "small", &format!("{number}").repeat(1000)).unwrap()
        };
        let read = thread::scope(|scope| {
            let writers: Vec<_> = (0..8).map(|number| scope.spawn(move || write(number))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(read[0].len() == 1000 && read.iter().all(|text| *text == read[0]), "{read:?}");
        assert_eq!(written_once(folder.path(), "small", "later").unwrap(), read[0]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        assert_eq!(std::fs::metadata(folder.path().join("small")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
