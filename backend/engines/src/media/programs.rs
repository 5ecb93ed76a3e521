//! The programs of this machine: where they are, and what installs those that are missing.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

/// A program that can be run, on the search path unless its place is given.
#[must_use]
pub fn find(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    find_also_in(program, &[])
}

/// As [`find`]; where it is not on the search path, in one of those folders.
#[must_use]
pub fn find_also_in(program: impl AsRef<OsStr>, more: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH");
    let folders = env::join_paths(path.iter().flat_map(env::split_paths).chain(more.iter().cloned())).ok()?;
    which::which_in(program, Some(folders), ".").ok()
}

/// Package managers, and what each is told to install something.
const MANAGERS: [(&str, &str); 6] = [
    ("apt-get", "sudo apt-get install"),
    ("dnf", "sudo dnf install"),
    ("pacman", "sudo pacman -S"),
    ("zypper", "sudo zypper install"),
    ("apk", "sudo apk add"),
    ("brew", "brew install"),
];

/// The command that installs a package on this system.
#[must_use]
pub fn install(package: &str) -> String {
    install_as(|_| package.to_owned())
}

/// As [`install`], where package managers have names of their own for it: it is told the manager's.
#[must_use]
pub fn install_as(package: impl Fn(&str) -> String) -> String {
    // The others are ported to macOS too, but nobody uses them there.
    let is_usual = |manager: &str| !cfg!(target_os = "macos") || manager == "brew";
    let manager = MANAGERS.into_iter().find(|(manager, _)| is_usual(manager) && find(manager).is_some());
    match manager {
        Some((manager, install)) => format!("{install} {}", package(manager)),
        None => format!("your system's package manager (package {})", package("")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_cannot_be_run_hides_no_program_behind_it() {
        let folders = ["first", "second"].map(|_| tempfile::tempdir().expect("a folder"));
        let places = folders.each_ref().map(|folder| folder.path().to_owned());
        let [first, second] = places.each_ref().map(|place| place.join("program-of-nobody"));
        fs::write(&first, "notes").expect("written");
        assert_eq!((find(&first), find_also_in("program-of-nobody", &places)), (None, None));
        std::os::unix::fs::symlink("/bin/sh", &second).expect("linked");
        assert_eq!(find_also_in("program-of-nobody", &places).as_ref(), Some(&second));
        assert_eq!(find(&second).as_ref(), Some(&second));
    }

    #[test]
    fn a_package_is_named_in_the_command_that_installs_it() {
        assert!(install("ffmpeg").contains(" ffmpeg"));
        assert!(install_as(|manager| format!("{manager}-package")).contains("-package"));
    }
}
