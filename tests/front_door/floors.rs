//! The house stands: no floor of the server uses one that is above it.

use std::{fs, path::Path};

/// Each floor of `backend/src`, and how high it is. A floor uses itself and what is lower, never what is as high.
const FLOORS: [(&str, u32); 13] = [
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

#[test]
fn no_floor_looks_up() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/src");
    let mut wrong = Vec::new();
    for (floor, height) in FLOORS {
        for file in files(&source.join(floor)).into_iter().chain(files(&source.join(format!("{floor}.rs")))) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (other, above) in FLOORS {
                if other != floor && above >= height && uses(&text, other) {
                    wrong.push(format!("{} uses crate::{other}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a file names that floor, alone (`crate::db::…`) or in a list (`crate::{db::…, …}`).
fn uses(text: &str, floor: &str) -> bool {
    let alone = text.contains(&format!("crate::{floor}::")) || text.contains(&format!("crate::{floor};"));
    let listed = text.split("use crate::{").skip(1).any(|list| {
        let list = list.split("\n};").next().unwrap_or_default();
        list.lines().chain(list.split(", ")).any(|line| {
            let line = line.trim_start();
            line.starts_with(&format!("{floor}::")) || line.trim_end_matches(',') == floor
        })
    });
    alone || listed
}

fn files(path: &Path) -> Vec<std::path::PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| files(&path)).filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}
