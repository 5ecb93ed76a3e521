//! The project as an OpenTimelineIO timeline: the pictures on one track and the narrations on another, with the media
//! beside it. Format: the OpenTimelineIO file specification, schemas `Timeline.1`, `Stack.1`, `Track.1`, `Clip.2`, `Gap.1`.

use engines::film::planned::{LEAD_IN, spans};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::{
    archive::{media_of, pack},
    planned,
};
use crate::{
    error::{AppError, Result},
    services::Ctx,
};
use shared::{project::ProjectDetail, scene::SceneWithTakes};

/// The rate in which times are written: that of the film's default.
const RATE: f64 = 30.0;

/// Writes the archive: `timeline.otio` and the media that it names.
pub fn write(ctx: &Ctx, detail: &ProjectDetail) -> Result<NamedTempFile> {
    let json = serde_json::to_vec_pretty(&timeline(detail)).map_err(AppError::internal)?;
    let originals: Vec<String> =
        media_of(detail).into_iter().filter(|url| !detail.scenes.iter().any(|scene| small(scene).contains(&Some(url)))).collect();
    pack(ctx, &[("timeline.otio", json)], &originals)
}

/// Small pictures of a scene's takes, which no editor needs.
fn small(scene: &SceneWithTakes) -> [Option<&String>; 2] {
    let thumbnail = scene.image.as_ref().and_then(|take| take.thumbnail_url.as_ref());
    [thumbnail, scene.video.as_ref().and_then(|clip| clip.poster_url.as_ref())]
}

fn timeline(detail: &ProjectDetail) -> Value {
    let spans = spans(&planned(detail));
    let (mut pictures, mut narrations, mut markers) = (Vec::new(), Vec::new(), Vec::new());
    for (scene, span) in detail.scenes.iter().zip(&spans) {
        let (start, end) = (frames(span.start_seconds), frames(span.start_seconds + span.seconds));
        let name = &scene.scene.title;
        let image = scene.image.as_ref().and_then(|image| image.url.as_deref());
        let video = scene.video.as_ref().and_then(|clip| Some((clip.url.as_deref()?, clip.duration_seconds?)));
        match (video, image) {
            // As in the film: from its beginning again where it is too short.
            (Some((url, seconds)), _) => {
                pictures.extend(turns(end - start, frames(seconds)).map(|length| clip(name, url, length, frames(seconds))))
            }
            (None, Some(url)) => pictures.push(clip(name, url, end - start, end - start)),
            (None, None) => pictures.push(gap(end - start)),
        }
        // As in the film: where the words are gone, what was spoken of them goes too.
        let spoken = scene.audio.as_ref().filter(|take| !take.stale || !scene.scene.narration.trim().is_empty());
        let audio = spoken.and_then(|take| Some((take.url.as_deref()?, take.duration_seconds?)));
        match audio {
            Some((url, seconds)) => {
                let before = frames(LEAD_IN);
                let length = frames(seconds).min(end - start - before).max(1.0);
                narrations.extend([gap(before), clip(name, url, length, frames(seconds)), gap((end - start - before - length).max(0.0))]);
            }
            None => narrations.push(gap(end - start)),
        }
        markers.push(json!({"OTIO_SCHEMA": "Marker.2", "name": name, "color": "GREEN", "marked_range": range(start, 0.0), "metadata": {"narration": scene.scene.narration}}));
    }
    json!({
        "OTIO_SCHEMA": "Timeline.1",
        "name": detail.project.title,
        "global_start_time": null,
        "metadata": {},
        "tracks": {
            "OTIO_SCHEMA": "Stack.1", "name": "tracks", "source_range": null, "effects": [], "markers": markers, "enabled": true, "metadata": {},
            "children": [track("Pictures", "Video", &pictures), track("Narration", "Audio", &narrations)]
        }
    })
}

fn track(name: &str, kind: &str, children: &[Value]) -> Value {
    json!({"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "source_range": null, "effects": [], "markers": [], "enabled": true, "metadata": {}, "children": children})
}

fn clip(name: &str, url: &str, length: f64, available: f64) -> Value {
    json!({
        "OTIO_SCHEMA": "Clip.2", "name": name, "source_range": range(0.0, length), "effects": [], "markers": [], "enabled": true, "metadata": {},
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {"DEFAULT_MEDIA": {
            "OTIO_SCHEMA": "ExternalReference.1", "name": "", "target_url": url.trim_start_matches('/'),
            "available_range": range(0.0, available), "available_image_bounds": null, "metadata": {}
        }}
    })
}

/// How long each showing of something is that lasts `once`, when it is shown over and over for `length` frames.
fn turns(length: f64, once: f64) -> impl Iterator<Item = f64> {
    let once = once.max(1.0);
    (0_u32..).map(move |turn| (length - f64::from(turn) * once).min(once)).take_while(|turn| *turn > 0.0)
}

fn gap(length: f64) -> Value {
    json!({"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": range(0.0, length), "effects": [], "markers": [], "enabled": true, "metadata": {}})
}

fn range(start: f64, length: f64) -> Value {
    json!({"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start), "duration": time(length)})
}

fn time(frames: f64) -> Value {
    json!({"OTIO_SCHEMA": "RationalTime.1", "rate": RATE, "value": frames})
}

fn frames(seconds: f64) -> f64 {
    (seconds * RATE).round()
}
