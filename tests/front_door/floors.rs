//! The house stands: no floor of the server, of its engines or of the app uses one that is above it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each floor of `backend/src`, and how high it is. A floor uses itself and what is lower, never what is as high.
const SERVER: [(&str, u32); 13] = [
    ("error", 0),
    ("metrics", 1),
    ("storage", 1),
    ("providers", 2),
    ("db", 2),
    ("config", 3),
    ("queue", 3),
    ("live", 3),
    ("services", 4),
    ("jobs", 5),
    ("api", 5),
    ("app", 6),
    ("program", 7),
];
/// The same for `backend/engines/src`.
const ENGINES: [(&str, u32); 5] = [("media", 0), ("outline", 0), ("espeak", 1), ("storyboard", 1), ("film", 1)];

/// The rooms of `backend/engines/src/film`, and which others each uses.
const FILM: [(&str, &[&str]); 4] =
    [("pictures", &[]), ("sound", &[]), ("captions", &["pictures", "sound"]), ("encoding", &["pictures", "captions"])];

/// What of `frontend/src` knows something of the app, from below.
const KNOWING: [&str; 6] = ["api", "state", "hooks", "components", "pages", "app"];
/// What each part of it never uses. Components and hooks use each other.
const APP: [(&str, &[&str]); 14] = [
    ("clock", &KNOWING),
    ("design", &KNOWING),
    ("format", &KNOWING),
    ("frame", &KNOWING),
    ("json", &KNOWING),
    ("routes", &KNOWING),
    ("storage", &KNOWING),
    ("api", &["state", "hooks", "components", "pages", "app"]),
    ("state", &["hooks", "components", "pages", "app"]),
    ("hooks", &["api", "pages", "app"]),
    ("components", &["api", "pages", "app"]),
    // Props and callbacks are all that it knows.
    ("components/ui", &["api", "state", "routes", "pages", "app"]),
    ("pages", &["app"]),
    ("app", &[]),
];

#[test]
fn no_floor_looks_up() {
    let mut wrong = Vec::new();
    for (source, floors) in [("backend/src", SERVER.as_slice()), ("backend/engines/src", &ENGINES)] {
        let above = |height: u32| floors.iter().filter(move |(_, other)| *other >= height).map(|(other, _)| *other);
        let rules: Vec<(&str, Vec<&str>)> = floors.iter().map(|(floor, height)| (*floor, above(*height).collect())).collect();
        wrong.extend(broken(source, &rules, str::to_owned));
    }
    // To know what an answer is like is not to ask; and tests make what they look at with what is above.
    let works = |text: &str| text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default().replace("api::Answer", "");
    wrong.extend(broken("frontend/src", &APP.map(|(part, never)| (part, never.to_vec())), works));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_of_the_film_uses_one_that_comes_after_it() {
    let folder = source("backend/engines/src/film");
    let mut wrong = Vec::new();
    for (room, others) in FILM {
        let files = files_of(&folder, room);
        assert!(!files.is_empty(), "film/{room} is not there");
        for file in files {
            let text = read(&file);
            let used = used(&text, "crate::film::");
            let wrongly = FILM.iter().filter(|(other, _)| *other != room && !others.contains(other) && used.contains(other));
            wrong.extend(wrongly.map(|(other, _)| format!("{} uses crate::film::{other}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_file_uses_is_found_however_it_is_written() {
    let text = "use crate::{error::Result, db::{self, api}, services};\nuse crate::{\n    jobs,\n    queue::{\n        live,\n    },\n};\n\
                fn f() -> crate::storage::Key { crate::app() }\n";
    assert_eq!(used(text, "crate::"), BTreeSet::from(["error", "db", "services", "jobs", "queue", "storage", "app"]));
}

/// Each use, in the files of a source, of what their floor must not use. Of a file counts what `seen` leaves of it.
fn broken(source: &str, rules: &[(&str, Vec<&str>)], seen: impl Fn(&str) -> String) -> Vec<String> {
    let folder = self::source(source);
    let root = read(&folder.join("lib.rs"));
    let modules = root.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    let floors = rules.iter().map(|(floor, _)| *floor).filter(|floor| !floor.contains('/'));
    assert_eq!(modules.collect::<BTreeSet<_>>(), floors.collect(), "every module of {source} is a floor");
    let mut wrong = Vec::new();
    for (floor, never) in rules {
        let files = files_of(&folder, floor);
        assert!(!files.is_empty(), "{source}/{floor} is not there");
        for file in files {
            let text = seen(&read(&file));
            let uses = used(&text, "crate::");
            let wrongly = never.iter().filter(|other| *other != floor && uses.contains(*other));
            wrong.extend(wrongly.map(|other| format!("{} uses crate::{other}", file.display())));
        }
    }
    wrong
}

/// A folder of the house.
fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The modules of `root` that a file names, alone (`crate::db::…`) or in a list (`crate::{db::…, …}`).
fn used<'a>(text: &'a str, root: &str) -> BTreeSet<&'a str> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut used = BTreeSet::new();
    for path in text.split(root).skip(1) {
        let paths = path.strip_prefix('{').map_or_else(|| vec![path], listed);
        used.extend(paths.into_iter().filter_map(|path| path.trim_start().split(|c| !is_of_name(c)).next()));
    }
    used.remove("");
    used
}

/// The paths of a list whose brace is open, without those of the lists in it.
fn listed(list: &str) -> Vec<&str> {
    let deeper = |c: char| i32::from(c == '{') - i32::from(c == '}');
    let mut depth = 0;
    let end = list.find(|c: char| {
        depth += deeper(c);
        depth < 0
    });
    depth = 0;
    let split = list[..end.unwrap_or(list.len())].split(|c: char| {
        depth += deeper(c);
        c == ',' && depth == 0
    });
    split.collect()
}

/// A floor's files: of its folder, and of its own name.
fn files_of(folder: &Path, floor: &str) -> Vec<PathBuf> {
    let (inside, itself) = (folder.join(floor), folder.join(format!("{floor}.rs")));
    let mut files = if inside.is_dir() { files_in(&inside) } else { Vec::new() };
    files.extend(Some(itself).filter(|file| file.is_file()));
    files
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}
