//! Records for the tests of the stores.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    AudioId, ProjectId, SceneId, VideoId,
    audio::AudioClip,
    project::{AspectRatio, Project, ScriptStatus, Stages},
    record::Status,
    scene::Scene,
    video::{VideoClip, VideoKind, VideoOptions},
};
use uuid::Uuid;

fn id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

pub fn project(title: &str) -> Project {
    Project {
        id: ProjectId(id()),
        title: title.to_owned(),
        prompt: String::new(),
        language: "en".to_owned(),
        aspect_ratio: AspectRatio::Landscape,
        status: ScriptStatus::Ready,
        error: None,
        provider: None,
        model: None,
        visual_bible: Vec::new(),
        scene_count: 0,
        cover_url: None,
        duration_seconds: 0.0,
        stages: Stages::default(),
        created_at: start(),
        updated_at: start(),
    }
}

pub fn scene(position: u32) -> Scene {
    Scene {
        id: SceneId(id()),
        project_id: ProjectId(id()),
        position,
        title: format!("Scene {position}"),
        narration: "Slow but steady wins the race.".to_owned(),
        visual_prompt: String::new(),
        duration_seconds: 3.0,
        selected_audio_id: None,
        selected_image_id: None,
        selected_video_id: None,
        created_at: start(),
        updated_at: start(),
    }
}

pub fn audio(scene: &Scene, status: Status, seconds_later: i64) -> AudioClip {
    let at = start() + TimeDelta::seconds(seconds_later);
    AudioClip {
        id: AudioId(id()),
        project_id: scene.project_id,
        scene_id: scene.id,
        provider: "espeak".to_owned(),
        model: None,
        voice_id: "espeak/en-us".to_owned(),
        speed: 1.0,
        status,
        progress: 0.0,
        stale: false,
        error: None,
        url: None,
        mime_type: None,
        duration_seconds: None,
        words: None,
        attempts: 1,
        cost_usd: None,
        created_at: at,
        updated_at: at,
    }
}

pub fn clip(scene: &Scene, status: Status, seconds_later: i64) -> VideoClip {
    let at = start() + TimeDelta::seconds(seconds_later);
    VideoClip {
        id: VideoId(id()),
        project_id: scene.project_id,
        scene_id: Some(scene.id),
        image_ids: Vec::new(),
        kind: VideoKind::Clip,
        provider: "fal".to_owned(),
        model: None,
        options: VideoOptions::default(),
        status,
        progress: 0.0,
        remaining_seconds: None,
        stale: false,
        error: None,
        url: None,
        poster_url: None,
        subtitles_url: None,
        mime_type: None,
        width: None,
        height: None,
        duration_seconds: None,
        size_bytes: None,
        check: None,
        attempts: 1,
        cost_usd: None,
        credit: None,
        created_at: at,
        updated_at: at,
    }
}
