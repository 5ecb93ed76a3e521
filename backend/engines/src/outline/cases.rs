//! Real texts with the cuts that an editor made of them by hand, before the engine was asked: see `cases/README.md`.

use std::{fmt::Write as _, fs, path::PathBuf};

use shared::pace;

use super::{Options, Outline, outline};

/// One text with what is expected of it.
struct Case {
    name: String,
    text: String,
    /// From what stands before the empty line of its `.cuts`.
    language: String,
    title: Option<String>,
    cuts: Vec<Cut>,
}

/// One scene as its editor wrote it down: how it begins and how it ends.
struct Cut {
    title: Option<String>,
    begins: String,
    ends: String,
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "src", "outline", "cases"].iter().collect()
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths.into_iter().map(|path| read(&path)).collect()
}

fn read(path: &std::path::Path) -> Case {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let cuts = fs::read_to_string(path.with_extension("cuts")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (head, lines) = cuts.split_once("\n\n").unwrap();
    let field = |field: &str| head.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": ")).map(str::to_owned);
    let source = field("source").unwrap_or_default();
    assert!(source.ends_with("public domain"), "{name} names no source");
    Case {
        text: fs::read_to_string(path).unwrap(),
        language: field("language").unwrap(),
        title: field("title"),
        cuts: lines.lines().map(cut).collect(),
        name,
    }
}

fn cut(line: &str) -> Cut {
    let (title, words) = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((title, words)) => (Some(title.to_owned()), words),
        None => (None, line),
    };
    let (begins, ends) = words.split_once(" … ").unwrap_or((words, words));
    Cut { title, begins: begins.to_owned(), ends: ends.to_owned() }
}

/// A narration on one line, as the cuts are written.
fn on_one_line(narration: &str) -> String {
    narration.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn seconds(outline: &Outline) -> Vec<f64> {
    outline.scenes.iter().map(|scene| pace::speech_seconds(&scene.narration, &outline.language, 1.0)).collect()
}

/// What differs from the editor's cuts; empty where nothing does.
fn differences(case: &Case, made: &Outline) -> String {
    let mut told = String::new();
    if made.language != case.language {
        let _ = writeln!(told, "  language: {}", made.language);
    }
    if case.title.as_ref().is_some_and(|title| *title != made.title) {
        let _ = writeln!(told, "  title: {}", made.title);
    }
    let same = |scene: &super::Scene, cut: &Cut| {
        let narration = on_one_line(&scene.narration);
        narration.starts_with(&cut.begins) && narration.ends_with(&cut.ends) && cut.title.as_ref().is_none_or(|title| *title == scene.title)
    };
    let cuts_are_the_same = made.scenes.len() == case.cuts.len() && made.scenes.iter().zip(&case.cuts).all(|(scene, cut)| same(scene, cut));
    if !cuts_are_the_same {
        for (scene, seconds) in made.scenes.iter().zip(seconds(made)) {
            let known = if case.cuts.iter().any(|cut| same(scene, cut)) { ' ' } else { '*' };
            let _ = writeln!(told, "  {known} {seconds:4.1} [{}] {}", scene.title, on_one_line(&scene.narration));
        }
    }
    told
}

#[test]
fn every_text_is_cut_as_its_editor_cut_it() {
    let cases = cases();
    assert!(cases.len() >= 20, "only {} cases in {}", cases.len(), folder().display());
    let mut told = String::new();
    for case in &cases {
        let differences = differences(case, &outline(&case.text, &Options::default()));
        if !differences.is_empty() {
            let _ = writeln!(told, "{}\n{differences}", case.name);
        }
    }
    assert!(told.is_empty(), "these are not cut as expected (* marks what no cut expects):\n{told}");
}

#[test]
fn scenes_are_neither_scraps_nor_speeches() {
    for case in cases() {
        let made = outline(&case.text, &Options::default());
        let whole = pace::speech_seconds(&case.text, &case.language, 1.0);
        for (scene, seconds) in made.scenes.iter().zip(seconds(&made)) {
            assert!(seconds <= 20.0 && seconds >= 2.0_f64.min(whole), "{}: {seconds} s: {scene:?}", case.name);
        }
    }
}

#[test]
fn every_word_is_in_a_narration_or_is_the_heading_over_it() {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    for case in cases() {
        let made = outline(&case.text, &Options::default());
        let spoken: String = made.scenes.iter().map(|scene| letters(&scene.narration)).collect();
        let headings: Vec<&str> =
            case.text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_matches(['#', ' '])).collect();
        let body: String = case.text.lines().filter(|line| !line.starts_with('#')).map(letters).collect();
        assert_eq!(spoken, body, "{}", case.name);
        for heading in headings {
            assert!(made.title == heading || made.scenes.iter().any(|scene| scene.title == heading), "{}: {heading} is lost", case.name);
        }
    }
}

#[test]
fn what_is_asked_for_is_met() {
    for case in cases() {
        let words = case.text.split_whitespace().count();
        for count in [1_u32, 2, 3, 5, 8, 13, 21, 34, 60] {
            let made = outline(&case.text, &Options { scene_count: Some(count), ..Options::default() });
            assert_eq!(made.language, case.language, "{}", case.name);
            if case.language != "zh" && !case.text.contains('#') {
                assert_eq!(made.scenes.len(), words.min(count as usize), "{}", case.name);
            }
        }
        for wish in [10.0, 60.0, 300.0] {
            let made = outline(&case.text, &Options { duration_seconds: Some(wish), ..Options::default() });
            assert!(seconds(&made).iter().all(|seconds| *seconds <= 20.0), "{}: {:?}", case.name, seconds(&made));
        }
    }
}
