//! `film` as a provider.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use engines::{
    film::{self, FilmError, FilmScene, FilmSpec, Music, Place, Visual, preview::Among},
    media::ffmpeg::Tools,
};
use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    SceneId,
    provider::{Choice, OptionField, OptionInput, ProviderKind},
    video::{CaptionStyle, FilmCheck, FilmWarning, Fps, Motion, Quality, SceneSpan, Subtitles, Transition, USUAL_MOTION_STRENGTH},
};

use super::{Video, VideoProvider, VideoRequest, VideoScene};
use crate::{
    error::DISK_FULL,
    providers::{About, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage},
};

/// Its id.
pub const ID: &str = "film";

struct FilmProvider {
    about: About,
    tools: Result<Tools, String>,
}

/// Makes it; it needs ffmpeg.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        id: ID,
        name: "Film",
        kind: ProviderKind::Video,
        built_in: true,
        remote: None,
        models: Vec::new(),
        options: options(),
        notes: Some("Joins pictures and narrations with ffmpeg, on this machine.".to_owned()),
        // One film uses every core; two would only make each other late.
        at_once: 1,
        a_minute: None,
        draws_cards: false,
        missing: machine.tools.as_ref().err().map(|missing| format!("{}.", missing.trim_end_matches('.'))),
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(FilmProvider { about, tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

fn options() -> Vec<OptionField> {
    let field = |name: &str, label: &str, choices: &[(&str, &str)], help: Option<&str>| OptionField {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: ProviderKind::Video,
        input: OptionInput::Choice {
            choices: choices.iter().map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() }).collect(),
        },
        help: help.map(str::to_owned),
    };
    vec![
        field("resolution", "Resolution", &[("1080p", "1080p"), ("720p", "720p"), ("1440p", "1440p"), ("2160p", "4K")], None),
        field("fps", "Frame rate", &[("30", "30"), ("24", "24"), ("25", "25"), ("60", "60")], Some("Frames a second.")),
        field("motion", "Motion", &[("auto", "Slow moves"), ("none", "Still")], None),
        field(
            "motionStrength",
            "Strength of the moves",
            &[("1", "Usual"), ("0.5", "Gentle"), ("1.5", "Strong"), ("2", "Very strong")],
            Some("Title cards never move further than usual."),
        ),
        field("transition", "Transition", &[("cut", "Cut"), ("crossfade", "Crossfade"), ("dip", "Dip to black"), ("slide", "Slide")], None),
        field("subtitles", "Captions", &[("soft", "Can be switched on"), ("burned", "In the picture"), ("none", "None")], None),
        field("captionStyle", "Caption style", &[("plain", "Plain"), ("boxed", "Boxed"), ("karaoke", "Word by word")], None),
        field(
            "quality",
            "Quality",
            &[("standard", "Standard"), ("fast", "Fast"), ("preview", "Preview")],
            Some("Encoding speed against quality; a preview has 360 lines."),
        ),
    ]
}

impl FilmProvider {
    fn tools(&self) -> ProviderResult<&Tools> {
        self.tools.as_ref().map_err(|missing| ProviderError::new(ID, Kind::NotConfigured, missing.clone()))
    }

    fn spec(request: &VideoRequest) -> ProviderResult<FilmSpec> {
        let scenes = request.scenes.iter().map(|scene| {
            Ok(FilmScene {
                id: scene.id.map(|id| id.to_string()).unwrap_or_default(),
                title: scene.title.clone(),
                narration: scene.narration.clone(),
                words: scene.words.clone(),
                visual: visual(scene)?,
                audio: scene.audio.clone(),
                planned_seconds: scene.planned_seconds,
            })
        });
        Ok(FilmSpec {
            scenes: scenes.collect::<ProviderResult<_>>()?,
            width: request.width,
            height: request.height,
            fps: request.fps as u32,
            motion: match request.motion {
                Motion::Auto => film::Motion::Auto { strength: request.motion_strength },
                Motion::None => film::Motion::None,
            },
            transition: match request.transition {
                Transition::Cut => film::Transition::Cut,
                Transition::Crossfade => film::Transition::Crossfade,
                Transition::Dip => film::Transition::Dip,
                Transition::Slide => film::Transition::Slide,
            },
            subtitles: match request.subtitles {
                Subtitles::None => film::Subtitles::None,
                Subtitles::Soft => film::Subtitles::Soft,
                Subtitles::Burned => film::Subtitles::Burned,
            },
            caption_style: match request.caption_style {
                CaptionStyle::Plain => film::CaptionStyle::Plain,
                CaptionStyle::Boxed => film::CaptionStyle::Boxed,
                CaptionStyle::Karaoke => film::CaptionStyle::Karaoke,
            },
            music: request.music.as_ref().map(|(path, volume_db)| Music { path: path.clone(), volume_db: *volume_db }),
            quality: match request.quality {
                Quality::Preview => film::Quality::Preview,
                Quality::Fast => film::Quality::Fast,
                Quality::Standard => film::Quality::Standard,
            },
            title: request.title.clone(),
            language: request.language.clone(),
            clip_volume_db: request.clip_volume_db,
        })
    }
}

/// Makes the preview of the request's one scene, and keeps it under that name beside the parts that it is made of.
pub async fn preview(tools: &Tools, request: &VideoRequest, among: &Among, workdir: &Path, name: &str) -> ProviderResult<PathBuf> {
    let spec = FilmProvider::spec(request)?;
    let place = Place { work: workdir.to_owned(), cache: request.cache.clone() };
    film::preview::render(tools, &spec, among, &place, name).await.map_err(|error| failure(&error))
}

/// What, besides the request, says how a preview looks and sounds.
pub async fn preview_engine(tools: &Tools) -> ProviderResult<String> {
    film::preview::engine(tools).await.map_err(|error| failure(&error))
}

#[async_trait]
impl Provider for FilmProvider {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        // A real film, half a second long and as small as it can be: that ffmpeg has what the engine needs.
        let image = call.workdir.join("grey.png");
        tokio::fs::write(&image, grey_square()?).await.map_err(|error| ProviderError::new(ID, Kind::Internal, error.to_string()))?;
        let request = VideoRequest {
            scenes: vec![VideoScene {
                id: None,
                title: "Test".to_owned(),
                narration: String::new(),
                words: Vec::new(),
                image: Some(image),
                card: false,
                clip: None,
                audio: None,
                planned_seconds: 0.5,
            }],
            title: "Test".to_owned(),
            language: "en".to_owned(),
            prompt: None,
            shape: None,
            resolution: None,
            seconds: None,
            take: 0,
            width: 64,
            height: 64,
            fps: Fps::F24,
            motion: Motion::None,
            motion_strength: USUAL_MOTION_STRENGTH,
            transition: Transition::Cut,
            subtitles: Subtitles::None,
            caption_style: CaptionStyle::Plain,
            music: None,
            clip_volume_db: None,
            cache: None,
            quality: Quality::Preview,
            model: None,
        };
        self.make(&request, call).await.map(drop)
    }
}

#[async_trait]
impl VideoProvider for FilmProvider {
    fn makes_films(&self) -> bool {
        true
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let spec = Self::spec(request)?;
        let place = Place { work: call.workdir.to_owned(), cache: request.cache.clone() };
        let made = film::render(self.tools()?, &spec, &place, &|fraction| call.progress.set(fraction)).await;
        let film = made.map_err(|error| failure(&error))?;
        tracing::info!(parts = film.parts, encoded = film.encoded, "the others were there from before");
        let warnings = film.check.warnings.into_iter().map(|warning| FilmWarning {
            scene_id: warning.scene_id.and_then(|id| id.parse::<SceneId>().ok()),
            at_seconds: warning.at_seconds,
            message: warning.message,
        });
        let scenes = request.scenes.iter().zip(film.scenes).filter_map(|(scene, span)| {
            Some(SceneSpan { scene_id: scene.id?, start_seconds: span.start, end_seconds: span.end, narration_seconds: span.narration })
        });
        Ok(Video {
            file: film.file,
            poster: Some(film.poster),
            subtitles: film.subtitles,
            duration_seconds: film.duration_seconds,
            width: film.width,
            height: film.height,
            check: Some(FilmCheck {
                narration_seconds: film.check.narration_seconds,
                film_seconds: film.check.film_seconds,
                loudness_lufs: film.check.loudness_lufs,
                true_peak_dbtp: film.check.true_peak_dbtp,
                warnings: warnings.collect(),
                scenes: scenes.collect(),
            }),
            usage: Usage::free(),
            credit: None,
        })
    }
}

fn grey_square() -> ProviderResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&[128; 64 * 64]));
    written.map_err(|error| ProviderError::new(ID, Kind::Internal, error.to_string()))?;
    Ok(bytes)
}

fn visual(scene: &VideoScene) -> ProviderResult<Visual> {
    match (&scene.clip, &scene.image) {
        (Some(file), _) => Ok(Visual::Clip { file: file.clone() }),
        (None, Some(file)) => Ok(Visual::Still { file: file.clone(), card: scene.card }),
        (None, None) => Err(ProviderError::new(ID, Kind::Rejected, "A scene has neither a picture nor a clip.")),
    }
}

fn failure(error: &FilmError) -> ProviderError {
    if let Some(log) = error.log() {
        tracing::warn!(log, "ffmpeg");
    }
    let message = error.to_string();
    match error {
        FilmError::Invalid(_) => ProviderError::new(ID, Kind::Rejected, message),
        FilmError::Scene { scene_id, position, .. } => {
            let message = format!("S{}", message.trim_start_matches('s'));
            let error = ProviderError::new(ID, Kind::Rejected, message).with("position", *position);
            // A picture of a clip may be of no scene.
            if scene_id.is_empty() { error } else { error.with("sceneId", scene_id.clone()) }
        }
        FilmError::MissingTool(_) => ProviderError::new(ID, Kind::NotConfigured, message),
        FilmError::DiskFull => ProviderError::new(ID, Kind::DiskFull, DISK_FULL),
        FilmError::Stage { .. } => ProviderError::new(ID, Kind::Internal, message),
    }
}
