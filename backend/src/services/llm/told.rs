//! What a model is told: the prompts, which are files, with what is wanted put in; and the shapes of its answers.

use serde_json::{Value, json};

use super::{draft::Draft, length};
use crate::providers::text::{Prompt, RewriteRequest, ScriptRequest};
use shared::{project::Figure, rules::MAX_NARRATION};

pub const SCRIPT: &str = include_str!("../../../prompts/script.md");
const REWRITE: &str = include_str!("../../../prompts/rewrite.md");

/// How long a scene lasts where nobody says, in seconds, and how long a film of as many scenes as it takes.
const SCENE_SECONDS: f64 = 14.0;
const FILM_SECONDS: f64 = 100.0;
/// The tokens that an answer may have. Models think within them too, and there is no more than this with any of them.
const LEAST_TOKENS: f64 = 6_144.0;
pub const MOST_TOKENS: u32 = 60_000;

/// Asks for a script.
pub fn script(request: &ScriptRequest) -> Prompt {
    Prompt {
        system: SCRIPT.trim().replace("{{wishes}}", &wishes(request)),
        turns: vec![request.prompt.clone()],
        schema_name: "script",
        schema: script_schema(),
        max_tokens: room(request.scene_count, request.duration_seconds),
        streamed: true,
        model: request.model.clone(),
    }
}

fn seconds(scenes: Option<u32>, seconds: Option<f64>) -> f64 {
    seconds.unwrap_or_else(|| scenes.map_or(FILM_SECONDS, |count| f64::from(count) * SCENE_SECONDS))
}

/// The tokens that a script of so many scenes may have which lasts so long: room for the narration, for what describes each
/// scene, and for thinking; twice, since nobody counts well beforehand.
pub fn room(scenes: Option<u32>, lasts: Option<f64>) -> u32 {
    let lasts = seconds(scenes, lasts);
    let (spoken, scenes) = (lasts * 5.0, scenes.map_or(lasts / SCENE_SECONDS, f64::from));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to what fits")]
    let tokens = ((spoken + scenes * 200.0) * 2.0 + 4000.0).clamp(LEAST_TOKENS, f64::from(MOST_TOKENS)) as u32;
    tokens
}

fn wishes(request: &ScriptRequest) -> String {
    let seconds = seconds(request.scene_count, request.duration_seconds);
    let language = request.language.as_deref();
    let mut wishes = vec![match request.scene_count {
        Some(1) => "exactly 1 scene, which is hook and close at once".to_owned(),
        Some(count) => {
            format!("exactly {count} scenes, each with a narration of {}", length::amount(seconds / f64::from(count), language))
        }
        None => format!("as many scenes as it takes, each with a narration of {}", length::amount(SCENE_SECONDS, language)),
    }];
    wishes.push(format!("{seconds:.0} seconds of narration in all, which is {}", length::amount(seconds, language)));
    wishes.push(match language {
        Some(language) => format!("titles and narration in the language `{language}`"),
        None => "titles and narration in the language of the user's text, unless it asks for another".to_owned(),
    });
    wishes.extend(request.title.as_deref().map(|title| format!("the film's title: {title}")));
    wishes.extend(request.tone.as_deref().map(|tone| format!("the tone: {tone}")));
    wishes.extend(request.audience.as_deref().map(|audience| format!("for these people: {audience}")));
    wishes.push(format!("pictures in the shape {}", request.aspect_ratio.as_str()));
    wishes.iter().map(|wish| format!("- {wish}")).collect::<Vec<_>>().join("\n")
}

/// Asks for the rest of a script that was cut off.
pub fn go_on(prompt: &mut Prompt, draft: &Draft, request: &ScriptRequest) {
    let written = draft.scenes().len();
    let rest = match request.scene_count {
        Some(count) if written + 1 == count as usize => format!("scene {count}"),
        Some(count) => format!("scenes {} to {count}", written + 1),
        None => format!("the remaining scenes, from scene {}", written + 1),
    };
    let ask = format!("Your answer was cut off after scene {written}. Write {rest} now, in the same shape; `scenes` has only those.");
    prompt.turns = vec![request.prompt.clone(), draft.so_far().to_string(), ask];
}

/// Asks once more, with what was wrong.
pub fn once_more(prompt: &mut Prompt, answer: &str, wrong: &[String]) {
    let ask =
        format!("This is not what was asked for:\n- {}\nAnswer again, with the whole JSON object and nothing else.", wrong.join("\n- "));
    prompt.turns.truncate(1);
    // Nobody takes an empty turn.
    let answer = if answer.trim().is_empty() { "{}" } else { answer };
    prompt.turns.extend([answer.to_owned(), ask]);
}

/// Asks for a scene to be rewritten.
pub fn rewrite(request: &RewriteRequest) -> Prompt {
    let scene = &request.scene;
    let scene = json!({"title": scene.title, "narration": scene.narration, "visualPrompt": scene.visual_prompt});
    Prompt {
        system: REWRITE.trim().replace("{{language}}", &request.language).replace("{{figures}}", &known(&request.figures)),
        turns: vec![format!("The scene:\n{scene}\n\nThe instruction:\n{}", request.instruction)],
        schema_name: "scene",
        schema: object(json!({"narration": text(), "title": text(), "visualPrompt": text()})),
        max_tokens: room_for_scene(&request.scene.narration),
        streamed: false,
        model: request.model.clone(),
    }
}

/// Room for twice the words, at one token a character in the worst of languages.
fn room_for_scene(narration: &str) -> u32 {
    let most = u32::try_from(narration.chars().count().min(MAX_NARRATION)).unwrap_or_default();
    6_144 + 2 * most
}

fn known(figures: &[Figure]) -> String {
    if figures.is_empty() {
        return "People and places are described in the visual prompt itself.".to_owned();
    }
    let names: Vec<String> = figures.iter().map(|figure| format!("- {}: {}", figure.name, figure.look)).collect();
    format!(
        "These people and places return in the film. A visual prompt calls them by exactly these names and does not describe them, since that is added by itself:\n{}",
        names.join("\n")
    )
}

/// The shape of a script. Models write properties in the order of the schema: whoever is seen before the scenes in which
/// they are, the title when the film is known. It is the order of the alphabet too, in which serde_json writes them where
/// nobody has asked it to keep theirs.
fn script_schema() -> Value {
    let figure = || object(json!({"look": text(), "name": text()}));
    let scene = object(json!({"narration": text(), "shows": list(text()), "title": text(), "visualPrompt": text()}));
    object(json!({"cast": list(figure()), "language": text(), "places": list(figure()), "scenes": list(scene), "title": text()}))
}

/// An object with all its properties required, and no others: what strict servers ask for.
fn object(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|properties| properties.keys()).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn text() -> Value {
    json!({"type": "string"})
}
