//! Cleaning of the parts' cache: within a limit, what was used last stays.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Removes the files of `root`'s folders that were used longest ago until the rest is within `limit` bytes. What is known
/// about a file goes with it, and a folder with its last file.
pub fn trim(root: &Path, limit: u64) -> io::Result<()> {
    let mut files = files(root)?;
    let mut all: u64 = files.iter().map(|(_, size, _)| size).sum();
    files.sort();
    for (_, size, file) in files {
        if all <= limit {
            break;
        }
        let mut about = file.clone().into_os_string();
        about.push(".json");
        for gone in [file, PathBuf::from(about)] {
            match fs::remove_file(&gone) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            if let Some(folder) = gone.parent() {
                // Not empty yet: it stays.
                let _ = fs::remove_dir(folder);
            }
        }
        all -= size;
    }
    Ok(())
}

/// When each was used, how large it is, and where.
fn files(root: &Path) -> io::Result<Vec<(SystemTime, u64, PathBuf)>> {
    let folders = match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut files = Vec::new();
    for folder in folders {
        for file in fs::read_dir(folder?.path())? {
            let file = file?;
            if file.path().extension() == Some(OsStr::new("json")) {
                continue;
            }
            let meta = file.metadata()?;
            files.push((meta.modified()?, meta.len(), file.path()));
        }
    }
    Ok(files)
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
        assert!(there("a/2.mp4") && there("a/2.mp4.json") && !there("b"));
    }
}
