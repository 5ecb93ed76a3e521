//! A clip that somebody makes of one picture: what the request leaves open is filled in from the scene and from what the
//! model makes; what there is not is refused.

use diesel::PgConnection;

use crate::{
    db,
    error::{AppError, Result},
    providers::{
        Usage,
        video::{Clips, VideoProvider},
    },
    services::pricing,
};
use shared::{ApiError, ErrorCode, ImageId, error::FieldError, project::AspectRatio, video::VideoOptions};

/// How long a clip is thought to last whose maker decides, in seconds.
const USUAL_SECONDS: f64 = 8.0;
/// What can be said of every clip; whether a model makes such ones is asked of what it makes. `fillMissing` is about films
/// alone, and does no harm.
const OF_CLIPS: &[&str] = &["provider", "model", "prompt", "durationSeconds", "resolution", "aspectRatio", "fillMissing"];

/// What the clip is made of.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What its scene shows.
    visual_prompt: String,
    /// How long the scene is spoken.
    seconds: f64,
    /// The shape of the project.
    shape: AspectRatio,
}

/// Reads what a clip of these pictures is made of: it begins with the first.
pub fn subject(conn: &mut PgConnection, images: &[ImageId]) -> Result<Subject> {
    let first = images.first().ok_or_else(|| AppError::invalid("imageIds", "must not be empty"))?;
    let scene = db::image::get(conn, *first)?.scene_id;
    let scene = db::scene::get(conn, scene)?;
    let shape = db::project::get(conn, scene.project_id)?.aspect_ratio;
    Ok(Subject { visual_prompt: scene.visual_prompt, seconds: scene.duration_seconds, shape })
}

/// The options of a clip as they are kept: with everything filled in that its maker is told.
pub fn fill(maker: &dyn VideoProvider, given: VideoOptions, subject: &Subject) -> Result<VideoOptions> {
    let about = maker.about();
    let model = given.model.clone().or_else(|| about.models.first().map(|model| model.id.clone()));
    let clips = maker.clips(model.as_deref());
    let mut bad = not_taken(maker, &given)?;
    if let Some(clips) = &clips {
        bad.extend(not_made(clips, &given, model.as_deref().unwrap_or(about.name)));
    }
    if !bad.is_empty() {
        return Err(AppError::Api(ApiError::invalid(bad)));
    }
    let words = given.prompt.filter(|prompt| !prompt.trim().is_empty());
    let seconds = given.duration_seconds.or(clips.as_ref().map(|clips| f64::from(clips.lengths.fitting(subject.seconds))));
    Ok(VideoOptions {
        provider: Some(about.id.to_owned()),
        model,
        prompt: Some(words.unwrap_or_else(|| maker.words_for(&subject.visual_prompt))),
        aspect_ratio: given.aspect_ratio.or_else(|| clips.as_ref().and_then(|clips| clips.shape_for(subject.shape))),
        resolution: given.resolution.or_else(|| clips.as_ref().and_then(|clips| clips.resolutions.first().copied())),
        duration_seconds: seconds,
        ..VideoOptions::default()
    })
}

/// What a clip like that will use, about.
pub fn expected(options: &VideoOptions) -> Usage {
    pricing::clip(options.duration_seconds.unwrap_or(USUAL_SECONDS), options.resolution)
}

/// A setting must not be lost without a word: what the maker does not know of is refused.
fn not_taken(maker: &dyn VideoProvider, given: &VideoOptions) -> Result<Vec<FieldError>> {
    let about = maker.about();
    let fields = match serde_json::to_value(given).map_err(AppError::internal)? {
        serde_json::Value::Object(fields) => fields,
        _ => return Err(AppError::api(ErrorCode::Internal, "options that are no object")),
    };
    let known = |name: &str| OF_CLIPS.contains(&name) || about.options.iter().any(|option| option.name == name);
    let unknown = fields.into_iter().map(|(name, _)| name).filter(|name| !known(name));
    Ok(unknown.map(|name| refuse(&name, format!("{} does not take this for a clip", about.name))).collect())
}

fn not_made(clips: &Clips, given: &VideoOptions, model: &str) -> Vec<FieldError> {
    let mut bad = Vec::new();
    if let Some(seconds) = given.duration_seconds
        && !clips.lengths.allow(seconds)
    {
        bad.push(refuse("durationSeconds", format!("must be {} for {model}", clips.lengths.words())));
    }
    if let Some(resolution) = given.resolution
        && !clips.resolutions.contains(&resolution)
    {
        bad.push(refuse("resolution", one_of(model, clips.resolutions.iter().map(|one| one.as_str()))));
    }
    if let Some(shape) = given.aspect_ratio
        && !clips.shapes.contains(&shape)
    {
        bad.push(refuse("aspectRatio", one_of(model, clips.shapes.iter().map(|one| one.as_str()))));
    }
    bad
}

fn one_of<'a>(model: &str, all: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = all.collect();
    if all.is_empty() {
        format!("cannot be chosen for {model}; leave it out")
    } else {
        format!("must be one of {} for {model}", all.join(", "))
    }
}

fn refuse(name: &str, message: String) -> FieldError {
    FieldError { path: format!("options.{name}"), message }
}
