//! A script that somebody has already written becomes a project as it is: nobody writes anything for it.

use shared::{
    ProjectId,
    project::{AspectRatio, CreateProject, NewScene},
    rules::{MAX_NARRATION, MAX_SCENES, MAX_TITLE, MAX_VISUAL_PROMPT},
};

use super::library;
use crate::api::{self, Answer};

/// What a pasted text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pasted {
    /// Its title, where it has one.
    pub title: Option<String>,
    /// Its scenes, in order.
    pub scenes: Vec<PastedScene>,
}

/// One scene of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastedScene {
    /// Its heading.
    pub title: Option<String>,
    /// What is spoken.
    pub narration: String,
    /// What is seen.
    pub visual_prompt: Option<String>,
}

impl Pasted {
    /// Reads a text. Headings (`## …`, `Scene 2: …`) begin scenes; without any, every paragraph is one. A line of its
    /// own in brackets, or behind `Visual:`, says what is seen; a `# …` at the very beginning is the title.
    pub fn read(text: &str) -> Self {
        let mut pasted = Self::default();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let headed = lines.iter().any(|line| heading(line).is_some());
        let mut scene: Option<PastedScene> = None;
        for line in lines {
            if let (Some(title), true, None) = (line.strip_prefix("# "), pasted.scenes.is_empty(), &scene) {
                pasted.title = Some(title.trim().to_owned());
            } else if let Some(title) = heading(line) {
                pasted.scenes.extend(scene.take());
                scene = Some(PastedScene { title: given(title), ..PastedScene::default() });
            } else if line.is_empty() {
                if !headed {
                    pasted.scenes.extend(scene.take());
                } else if let Some(scene) = scene.as_mut().filter(|scene| !scene.narration.is_empty()) {
                    scene.narration.push('\n');
                }
            } else {
                scene.get_or_insert_default().add(line);
            }
        }
        pasted.scenes.extend(scene);
        for scene in &mut pasted.scenes {
            scene.narration.truncate(scene.narration.trim_end().len());
        }
        pasted.scenes.retain(|scene| !scene.narration.is_empty() || scene.visual_prompt.is_some());
        pasted
    }

    /// Why it cannot become a project.
    pub fn problem(&self) -> Option<String> {
        if self.scenes.len() > MAX_SCENES {
            return Some(format!("A project holds at most {MAX_SCENES} scenes; this text has {}.", self.scenes.len()));
        }
        let long = self.scenes.iter().position(|scene| scene.narration.chars().count() > MAX_NARRATION);
        long.map(|index| format!("Scene {} is longer than {MAX_NARRATION} characters; divide it with an empty line.", index + 1))
    }

    fn request(self, shape: AspectRatio, language: Option<String>) -> CreateProject {
        let first = self.scenes.first().map(|scene| scene.title.as_ref().unwrap_or(&scene.narration).clone());
        let title = self.title.or(first).unwrap_or_default();
        let scenes = self.scenes.into_iter().map(|scene| NewScene {
            title: scene.title.map(|title| short(&title, MAX_TITLE)),
            narration: scene.narration,
            visual_prompt: scene.visual_prompt.map(|seen| short(&seen, MAX_VISUAL_PROMPT)),
        });
        CreateProject {
            title: headline(&title),
            prompt: None,
            language,
            aspect_ratio: Some(shape),
            scenes: Some(scenes.collect()),
            visual_bible: None,
        }
    }
}

impl PastedScene {
    fn add(&mut self, line: &str) {
        if let Some(seen) = picture(line) {
            let seen = seen.trim();
            self.visual_prompt = Some(match self.visual_prompt.take() {
                Some(before) => format!("{before} {seen}"),
                None => seen.to_owned(),
            });
            return;
        }
        let words = behind(line, &["narration", "narrator", "vo", "voice-over"]).map_or(line, str::trim);
        if !self.narration.is_empty() && !words.is_empty() {
            self.narration.push(if self.narration.ends_with('\n') { '\n' } else { ' ' });
        }
        self.narration.push_str(words);
    }
}

/// Makes a project of it.
pub async fn create(pasted: Pasted, shape: AspectRatio, language: Option<String>) -> Answer<ProjectId> {
    let project = api::project::create(&pasted.request(shape, language)).await?;
    library::refresh().await;
    Ok(project.id)
}

/// The title behind a scene's heading.
fn heading(line: &str) -> Option<&str> {
    if let Some(title) = line.strip_prefix("##") {
        let title = title.trim_start_matches('#').trim();
        return Some(numbered(title).unwrap_or(title));
    }
    numbered(line.trim_matches('*'))
}

/// The title behind `Scene 3:`.
fn numbered(line: &str) -> Option<&str> {
    let rest = line.get(..6).filter(|word| word.eq_ignore_ascii_case("scene ")).and_then(|_| line.get(6..))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let title = rest[digits..].trim_start();
    let marked = title.is_empty() || title.starts_with([':', '.', '-', '–', '—']);
    (digits > 0 && marked).then(|| title.trim_start_matches([':', '.', '-', '–', '—', ' ']))
}

fn picture(line: &str) -> Option<&str> {
    line.strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'))
        .map(|inner| behind(inner, &PICTURES).unwrap_or(inner))
        .or_else(|| behind(line, &PICTURES))
}

const PICTURES: [&str; 4] = ["visual", "picture", "image", "visual prompt"];

/// What stands behind one of these words and a colon.
fn behind<'a>(line: &'a str, words: &[&str]) -> Option<&'a str> {
    let (word, rest) = line.split_once(':')?;
    let word = word.trim_matches(['*', ' ']);
    words.iter().any(|known| known.eq_ignore_ascii_case(word)).then(|| rest.trim_start_matches('*'))
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The first words of a text, as a title.
fn headline(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 60 {
        return line.to_owned();
    }
    let cut: String = line.chars().take(60).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(title: Option<&str>, narration: &str, seen: Option<&str>) -> PastedScene {
        PastedScene { title: title.map(str::to_owned), narration: narration.to_owned(), visual_prompt: seen.map(str::to_owned) }
    }

    #[test]
    fn without_headings_every_paragraph_is_a_scene() {
        let pasted = Pasted::read("\nThe fox met\nthe crow.\r\n\r\n\n[A branch in fog]\nShe sang.\n");
        assert_eq!(pasted.title, None);
        assert_eq!(pasted.scenes, [scene(None, "The fox met the crow.", None), scene(None, "She sang.", Some("A branch in fog"))]);
    }

    #[test]
    fn headings_begin_scenes() {
        let text = "# The fox\n\n## Scene 1: The branch\nVisual: a branch\n\nNarrator: One.\n\nTwo.\n\nScene 2\nThree.\nScene of action";
        let pasted = Pasted::read(text);
        assert_eq!(pasted.title.as_deref(), Some("The fox"));
        assert_eq!(
            pasted.scenes,
            [scene(Some("The branch"), "One.\n\nTwo.", Some("a branch")), scene(None, "Three. Scene of action", None)]
        );
    }

    #[test]
    fn what_is_too_much_is_said() {
        assert_eq!(Pasted::read(&"word\n\n".repeat(200)).problem(), None);
        assert!(Pasted::read(&"word\n\n".repeat(201)).problem().unwrap().contains("201"));
        assert!(Pasted::read(&"long ".repeat(2001)).problem().unwrap().contains("Scene 1"));
    }

    #[test]
    fn a_project_is_called_by_its_first_words() {
        let request = Pasted::read("Call me Ishmael. Some years ago, never mind how long precisely, having little money.")
            .request(AspectRatio::Landscape, None);
        assert_eq!(request.title, "Call me Ishmael. Some years ago, never mind how long…");
        assert!(Pasted::read("  \n ").scenes.is_empty());
    }
}
