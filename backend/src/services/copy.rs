//! Copies of scenes with their takes, for a duplicated or an imported project.

use std::collections::HashMap;

use uuid::Uuid;

use super::scene::new_row;
use crate::{
    db::{self, Json, Tx, audio::NewAudio, image::NewImage, video::NewVideo},
    error::Result,
    providers::text::DraftScene,
};
use shared::{
    AudioId, ImageId, ProjectId, SceneId, VideoId,
    audio::AudioClip,
    image::ImageAsset,
    scene::SceneWithTakes,
    video::{VideoClip, VideoKind},
};

/// Writes a scene and its selected narration, picture and clip into another project. `files` has the new key of each old url;
/// a take whose file is not among them is left out.
pub fn scene(
    tx: &mut Tx<'_>,
    project: ProjectId,
    position: usize,
    original: SceneWithTakes,
    language: &str,
    files: &HashMap<String, String>,
) -> Result<()> {
    let SceneWithTakes { scene, audio, image, video } = original;
    let draft = DraftScene { title: scene.title, narration: scene.narration.clone(), visual_prompt: scene.visual_prompt.clone() };
    let row = new_row(project, position, draft, language)?;
    let id = SceneId(row.id);
    db::scene::insert(tx, vec![row])?;
    if let Some(clip) = audio {
        // A stale take stays stale: its words are not the scene's, whatever they were.
        let words = if clip.stale { String::new() } else { scene.narration };
        copy_audio(tx, project, id, clip, words, files)?;
    }
    let mut picture = None;
    if let Some(asset) = image {
        let shows = if asset.stale { String::new() } else { scene.visual_prompt };
        let original = asset.id;
        picture = copy_image(tx, project, id, asset, shows, files)?.map(|copy| (original, copy));
    }
    if let Some(clip) = video {
        copy_video(tx, project, id, clip, picture, files)?;
    }
    Ok(())
}

fn copy_audio(
    tx: &mut Tx<'_>,
    project: ProjectId,
    scene: SceneId,
    clip: AudioClip,
    words: String,
    files: &HashMap<String, String>,
) -> Result<()> {
    let key = clip.url.as_ref().and_then(|url| files.get(url));
    let (Some(media_key), Some(mime_type), Some(duration_seconds)) = (key, clip.mime_type, clip.duration_seconds) else { return Ok(()) };
    let id = AudioId(Uuid::now_v7());
    let take = NewAudio {
        id: id.0,
        project_id: project.0,
        scene_id: scene.0,
        provider: clip.provider,
        model: clip.model.clone(),
        voice_id: clip.voice_id,
        style: None,
        speed: clip.speed,
        narration: words,
    };
    db::audio::insert(tx, take)?;
    let (media_key, model) = (media_key.clone(), clip.model);
    let made = db::audio::Made { media_key, mime_type, model, duration_seconds, words: clip.words, cost_usd: None };
    db::audio::ready(tx, id, made)
}

fn copy_image(
    tx: &mut Tx<'_>,
    project: ProjectId,
    scene: SceneId,
    asset: ImageAsset,
    shows: String,
    files: &HashMap<String, String>,
) -> Result<Option<ImageId>> {
    let key = asset.url.as_ref().and_then(|url| files.get(url));
    let (Some(media_key), Some(mime_type), Some(width), Some(height)) = (key, asset.mime_type, asset.width, asset.height) else {
        return Ok(None);
    };
    let id = ImageId(Uuid::now_v7());
    let take = NewImage {
        id: id.0,
        project_id: project.0,
        scene_id: scene.0,
        provider: asset.provider,
        model: asset.model,
        style_prompt: asset.style_prompt,
        model_options: Json(asset.model_options),
        visual_prompt: shows,
    };
    db::image::insert(tx, take)?;
    let thumbnail_key = asset.thumbnail_url.as_ref().and_then(|url| files.get(url)).cloned();
    let credit = asset.credit;
    let made = db::image::Made { media_key: media_key.clone(), thumbnail_key, mime_type, width, height, cost_usd: None, credit };
    db::image::ready(tx, id, made)?;
    Ok(Some(id))
}

/// `picture`: the scene's picture there and here, in whose place the clip is shown.
fn copy_video(
    tx: &mut Tx<'_>,
    project: ProjectId,
    scene: SceneId,
    clip: VideoClip,
    picture: Option<(ImageId, ImageId)>,
    files: &HashMap<String, String>,
) -> Result<()> {
    let key = clip.url.as_ref().and_then(|url| files.get(url));
    let (Some(media_key), Some(mime_type), Some(width), Some(height), Some(duration_seconds), Some(size_bytes)) =
        (key, clip.mime_type, clip.width, clip.height, clip.duration_seconds, clip.size_bytes)
    else {
        return Ok(());
    };
    let id = VideoId(Uuid::now_v7());
    // Its other pictures stay behind.
    let image_ids = picture.filter(|(original, _)| clip.image_ids.contains(original)).map(|(_, copy)| copy).into_iter().collect();
    let take = NewVideo {
        id: id.0,
        project_id: project.0,
        scene_id: Some(scene.0),
        image_ids: Json(image_ids),
        kind: VideoKind::Clip.as_str(),
        provider: clip.provider,
        model: clip.model,
        options: Json(clip.options),
    };
    db::video::insert(tx, take)?;
    let made = db::video::Made {
        media_key: media_key.clone(),
        poster_key: clip.poster_url.as_ref().and_then(|url| files.get(url)).cloned(),
        subtitles_key: None,
        mime_type,
        width,
        height,
        duration_seconds,
        size_bytes,
        check: None,
        cost_usd: None,
        credit: clip.credit,
    };
    db::video::ready(tx, id, made)
}
