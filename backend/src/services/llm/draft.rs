//! A script while it is written: what is known of it, what is told of it, and what is wrong with it.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::growing::{Growing, Part};
use crate::providers::{
    image::named,
    text::{DraftScene, ScriptRequest, Written, can_detect, describe, detect_language},
};
use shared::{
    language::primary,
    pace,
    project::Figure,
    rules::{MAX_FIGURES, MAX_LOOK, MAX_NAME, MAX_NARRATION, MAX_SCENES},
};

/// How far the spoken length may be from the one that is wanted: what is asked for once more, and what is never taken.
const NEAR: std::ops::RangeInclusive<f64> = 0.65..=1.5;
const TOLERABLE: std::ops::RangeInclusive<f64> = 0.3..=3.0;
/// How many letters it takes to be sure of a language.
const ENOUGH_LETTERS: usize = 120;

/// A scene as models write it, or nearly.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scene {
    title: String,
    pub narration: String,
    #[serde(alias = "visual_prompt")]
    visual_prompt: String,
    shows: Vec<String>,
}

impl Scene {
    /// With the title and the picture of another scene, where it has none of its own.
    #[must_use]
    pub fn or(self, other: &DraftScene) -> Self {
        let or = |own: String, other: &str| if own.trim().is_empty() { other.to_owned() } else { own };
        Self { title: or(self.title, &other.title), visual_prompt: or(self.visual_prompt, &other.visual_prompt), ..self }
    }

    /// The scene as it is kept. Whoever it shows is named in its picture's words, which is how their looks are found.
    pub fn into_draft(self, figures: &[Figure], language: Option<&str>) -> DraftScene {
        let narration = self.narration.trim().to_owned();
        let (mut title, mut visual_prompt) = (self.title.trim().to_owned(), self.visual_prompt.trim().to_owned());
        if title.is_empty() || visual_prompt.is_empty() {
            let described = describe(&narration, language);
            title = if title.is_empty() { described.0 } else { title };
            visual_prompt = if visual_prompt.is_empty() { described.1 } else { visual_prompt };
        }
        let unnamed: Vec<&str> = {
            let already: Vec<&Figure> = named(&visual_prompt, figures).collect();
            let shown = figures.iter().filter(|figure| self.shows.iter().any(|name| name.trim().eq_ignore_ascii_case(&figure.name)));
            shown.filter(|figure| !already.contains(figure)).map(|figure| figure.name.as_str()).collect()
        };
        if !unnamed.is_empty() {
            visual_prompt = format!("{}. With {}.", visual_prompt.trim_end_matches('.'), unnamed.join(" and "));
        }
        DraftScene { title, narration, visual_prompt }
    }
}

/// What is known of a script while it is written.
#[derive(Default)]
pub struct Draft {
    growing: Growing,
    title: String,
    language: String,
    figures: Vec<Figure>,
    scenes: Vec<DraftScene>,
    /// In how many answers it came.
    answers: u32,
    /// What was found wrong while it was read.
    wrong: Vec<Wrong>,
}

/// Something that is wrong, in words that a model can act on.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What.
    pub words: String,
    /// Whether a script is of no use like that; else it is taken where the model cannot do better.
    pub grave: bool,
}

fn grave(words: String) -> Wrong {
    Wrong { words, grave: true }
}

impl Draft {
    /// The scenes that are complete.
    pub fn scenes(&self) -> &[DraftScene] {
        &self.scenes
    }

    /// The answer as it was written; put together where it came in more than one.
    pub fn answer(&self) -> String {
        if self.answers > 1 { self.so_far().to_string() } else { self.growing.text().to_owned() }
    }

    /// The next words are another answer's, which goes on where the last one was cut off.
    pub fn begin_answer(&mut self) {
        self.growing = Growing::default();
        self.answers += 1;
    }

    /// Whether nothing is missing: there are as many scenes as are wanted, or the last answer came to its end.
    pub fn is_whole(&self, request: &ScriptRequest) -> bool {
        request.scene_count.is_some_and(|wanted| self.scenes.len() >= wanted as usize) || self.growing.end().is_some()
    }

    /// Takes more of the answer, and tells the scenes that it completes.
    pub fn feed(&mut self, more: &str, request: &ScriptRequest, written: &mpsc::UnboundedSender<Written>) {
        for part in self.growing.feed(more) {
            match part {
                Part::Property(name, value) => self.property(&name, &value),
                Part::Scene(text) => self.scene(&text, request, written),
            }
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        let text = || serde_json::from_str::<String>(value).unwrap_or_default();
        match name {
            "title" if self.title.is_empty() => self.title = text(),
            "language" => self.language = text(),
            "cast" | "places" => self.meet(serde_json::from_str(value).unwrap_or_default()),
            _ => {}
        }
    }

    /// People and places, each once, within what a project keeps.
    fn meet(&mut self, figures: Vec<Figure>) {
        for figure in figures {
            let short = |text: &str, most: usize| text.trim().chars().take(most).collect::<String>();
            let figure = Figure { name: short(&figure.name, MAX_NAME), look: short(&figure.look, MAX_LOOK) };
            let is_new = self.figures.iter().all(|known| !known.name.eq_ignore_ascii_case(&figure.name));
            if is_new && !figure.name.is_empty() && self.figures.len() < MAX_FIGURES {
                self.figures.push(figure);
            }
        }
    }

    fn scene(&mut self, text: &str, request: &ScriptRequest, written: &mpsc::UnboundedSender<Written>) {
        let number = self.scenes.len() + 1;
        let scene: Scene = match serde_json::from_str(text) {
            Ok(scene) => scene,
            Err(error) => return self.wrong.push(grave(format!("Scene {number} has not the shape that was asked for: {error}."))),
        };
        let length = scene.narration.chars().count();
        if scene.narration.trim().is_empty() {
            return self.wrong.push(grave(format!("Scene {number} has no `narration`.")));
        }
        if length > MAX_NARRATION {
            return self.wrong.push(grave(format!("The narration of scene {number} has more than {MAX_NARRATION} characters.")));
        }
        if scene.visual_prompt.trim().is_empty() {
            self.wrong.push(Wrong { words: format!("Scene {number} has no `visualPrompt`."), grave: false });
        }
        let draft = scene.into_draft(&self.figures, request.language.as_deref());
        if self.scenes.is_empty() {
            tell(written, self.head(request, &draft.narration));
        }
        if self.scenes.len() < MAX_SCENES {
            tell(written, Written::Scene(draft.clone()));
        }
        self.scenes.push(draft);
    }

    /// Tells what is known of the whole, once all is known.
    pub fn tell_head(&self, request: &ScriptRequest, written: &mpsc::UnboundedSender<Written>) {
        let narration = self.narration();
        tell(written, self.head(request, &narration));
    }

    fn head(&self, request: &ScriptRequest, narration: &str) -> Written {
        let language = match &request.language {
            Some(language) => language.clone(),
            None if shared::rules::language_tag(&self.language, &()).is_ok() => self.language.clone(),
            None => detect_language(narration),
        };
        Written::Head { title: self.title.clone(), language, figures: self.figures.clone() }
    }

    fn narration(&self) -> String {
        self.scenes.iter().map(|scene| scene.narration.as_str()).collect::<Vec<_>>().join("\n\n")
    }

    /// Tells it from its beginning, in place of another that is worse.
    pub fn tell_again(&self, request: &ScriptRequest, written: &mpsc::UnboundedSender<Written>) {
        tell(written, Written::Again);
        // In its language its scenes are kept.
        self.tell_head(request, written);
        self.scenes.iter().take(MAX_SCENES).for_each(|scene| tell(written, Written::Scene(scene.clone())));
    }

    /// The script as far as it is whole, in the shape in which it was asked for.
    pub fn so_far(&self) -> Value {
        let scenes = self.scenes.iter().map(|scene| {
            let shows: Vec<&str> = named(&scene.visual_prompt, &self.figures).map(|figure| figure.name.as_str()).collect();
            json!({"title": scene.title, "narration": scene.narration, "visualPrompt": scene.visual_prompt, "shows": shows})
        });
        let scenes: Vec<Value> = scenes.collect();
        json!({"title": self.title, "language": self.language, "cast": self.figures, "places": [], "scenes": scenes})
    }

    /// What is wrong with the whole.
    pub fn wrong(&mut self, request: &ScriptRequest) -> Vec<Wrong> {
        let mut wrong = std::mem::take(&mut self.wrong);
        let count = self.scenes.len();
        if count == 0 {
            wrong.push(grave("There is no JSON object with a list `scenes` that has a scene in it.".to_owned()));
            return wrong;
        }
        if !self.is_whole(request) {
            wrong.push(grave(format!("It breaks off after scene {count}; the whole is wanted, with its close.")));
        } else if let (None, Some(Err(why))) = (request.scene_count, self.growing.end()) {
            // A scene may be missing; mostly it is a comma too many.
            wrong.push(Wrong { words: format!("It is no valid JSON: {why}."), grave: false });
        }
        if let Some(wanted) = request.scene_count.map(|wanted| wanted as usize).filter(|wanted| *wanted != count) {
            wrong.push(grave(format!("It has {count} scenes, and exactly {wanted} are wanted.")));
        }
        if count > MAX_SCENES {
            wrong.push(grave(format!("It has {count} scenes, and at most {MAX_SCENES} are possible.")));
        }
        wrong.extend(self.wrong_length(request));
        wrong.extend(self.wrong_language(request));
        wrong
    }

    fn wrong_length(&self, request: &ScriptRequest) -> Option<Wrong> {
        let wanted = request.duration_seconds?;
        let language = request.language.as_deref().unwrap_or(&self.language);
        let spoken = pace::speech_seconds(&self.narration(), language, 1.0);
        let change = if spoken < wanted { "Write more" } else { "Write less" };
        let words = format!("The narration lasts about {spoken:.0} seconds when it is spoken, and {wanted:.0} are wanted. {change}.");
        (!NEAR.contains(&(spoken / wanted))).then(|| Wrong { words, grave: !TOLERABLE.contains(&(spoken / wanted)) })
    }

    fn wrong_language(&self, request: &ScriptRequest) -> Option<Wrong> {
        let wanted = request.language.as_deref()?;
        let narration = self.narration();
        let letters = narration.chars().filter(|c| c.is_alphabetic()).count();
        if letters < ENOUGH_LETTERS || same_language(wanted, &detect_language(&narration)) {
            return None;
        }
        Some(grave(format!("The narration is not in the language `{wanted}`.")))
    }
}

/// Whether a text that looks like one language may be in the other: where nobody can tell them apart, or the wanted one
/// is none that is ever found, it may.
fn same_language(wanted: &str, found: &str) -> bool {
    const ALIKE: [&[&str]; 6] = [
        &["nb", "nn", "no", "da", "sv"],
        &["hr", "sr", "bs"],
        &["id", "ms"],
        &["cs", "sk"],
        &["es", "ca", "gl", "pt"],
        &["ru", "bg", "mk", "be", "uk"],
    ];
    let (wanted, found) = (primary(wanted), primary(found));
    let both = |group: &&[&str]| group.contains(&wanted.as_str()) && group.contains(&found.as_str());
    wanted == found || found == "und" || !can_detect(&wanted) || ALIKE.iter().any(both)
}

fn tell(written: &mpsc::UnboundedSender<Written>, part: Written) {
    // Whoever reads has given up, and says why itself.
    drop(written.send(part));
}
