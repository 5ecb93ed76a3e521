//! Import: an exported archive comes back as a new project. Nothing in it is believed before it was checked.

use std::{
    collections::HashMap,
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use engines::media::{ffmpeg::ToolError, footage};
use garde::Validate;
use tempfile::NamedTempFile;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;
use zip::{ZipArchive, result::ZipError};

use super::{
    Ctx, audio, copy,
    export::{MANIFEST, Manifest},
    image, project, settings,
};
use crate::{
    db::{self, Json, project::NewProject},
    error::{AppError, Result, blocking},
    providers::image::MOST_PIXELS,
    storage::Shelf,
};
use shared::{
    ApiError, ErrorCode,
    audio::Word,
    error::FieldError,
    project::{CreateProject, NewScene, ProjectDetail},
    record::Credit,
    rules::{MAX_NARRATION, MAX_VISUAL_PROMPT},
    scene::SceneWithTakes,
    script::ScriptOptions,
};

/// The most that an archive may have. It waits on the disk: this is for films and not for memory.
pub const MOST_ARCHIVE: u64 = 32 << 30;
/// The most that a manifest may have: the words of two hundred long narrations, each with its times, and room around them.
const MOST_MANIFEST: u64 = 128 << 20;
/// How many archives are imported at once: each has its manifest in memory.
const MOST_AT_ONCE: usize = 2;
/// The most that a picture may have, beside what the settings allow for uploads: what one from a provider may.
const MOST_PICTURE: u64 = 64 << 20;
/// The most that a narration may have, likewise.
const MOST_SOUND: u64 = 256 << 20;
/// The longest that a narration may be, in seconds: as long as the settings may allow uploads to be.
const MOST_SOUND_SECONDS: f64 = 6.0 * 3600.0;
/// By how many seconds the times of a narration's words may go beyond its sound, which is measured anew.
const WORDS_SLACK: f64 = 1.0;
/// The most that a clip may have: twice what one from a provider may, since this machine makes them too.
const MOST_CLIP: u64 = 2 << 30;
/// The longest id of a provider, in characters.
const MAX_PROVIDER_ID: usize = 100;
/// The longest id of a model or a voice, in characters.
const MAX_MODEL_ID: usize = 200;

/// An archive whose texts were looked at.
pub struct Archive {
    detail: ProjectDetail,
    texts: CreateProject,
    place: SemaphorePermit<'static>,
}

/// Looks at an archive, as soon as there is a place for it: the studio must have exported it.
pub async fn open(file: &Path) -> Result<Archive> {
    static PLACES: Semaphore = Semaphore::const_new(MOST_AT_ONCE);
    let place = PLACES.acquire().await.map_err(AppError::internal)?;
    let path = file.to_owned();
    let detail = blocking(move || read_manifest(&path)).await?;
    Ok(Archive { texts: check(&detail)?, detail, place })
}

/// Makes a project of an uploaded archive.
pub async fn import(ctx: &Arc<Ctx>, file: NamedTempFile, Archive { mut detail, texts, place }: Archive) -> Result<ProjectDetail> {
    let mut files = HashMap::new();
    if let Err(error) = bring_media(ctx, file.path(), &mut detail, &mut files).await {
        // What was unpacked before the bad file is not kept.
        ctx.remove_unnamed(&files.into_values().collect::<Vec<_>>()).await;
        return Err(error);
    }
    let original = detail.project;
    let unpacked = files.values().cloned().collect();
    let id = ctx
        .write_naming(unpacked, move |tx| {
            let new = NewProject {
                id: Uuid::now_v7(),
                title: texts.title,
                prompt: texts.prompt.unwrap_or_default(),
                language: original.language.clone(),
                aspect_ratio: original.aspect_ratio.as_str(),
                status: "ready",
                provider: None,
                model: None,
                script_options: Json(ScriptOptions::default()),
                visual_bible: Json(texts.visual_bible.unwrap_or_default()),
            };
            let id = db::project::insert(tx, new)?;
            for (position, scene) in detail.scenes.into_iter().enumerate() {
                copy::scene(tx, id, position, scene, &original.language, &files)?;
            }
            Ok(id)
        })
        .await?;
    drop(place);
    project::get(ctx, id).await
}

fn bad(path: &str, message: impl Into<String>) -> AppError {
    AppError::invalid(path, message)
}

fn read_manifest(path: &Path) -> Result<ProjectDetail> {
    let not_ours = || bad("file", "not an archive that the studio has exported");
    let mut archive = ZipArchive::new(File::open(path)?).map_err(|_| not_ours())?;
    let mut entry = archive.by_name(MANIFEST).map_err(|_| not_ours())?;
    let mut json = Vec::new();
    (&mut entry).take(MOST_MANIFEST + 1).read_to_end(&mut json).map_err(|_| not_ours())?;
    if json.len() as u64 > MOST_MANIFEST {
        return Err(not_ours());
    }
    let manifest: Manifest =
        serde_json::from_slice(&json).map_err(|error| bad("file", format!("its {MANIFEST} cannot be read: {error}")))?;
    if manifest.format != Manifest::FORMAT {
        return Err(not_ours());
    }
    if manifest.version > Manifest::VERSION {
        return Err(bad("file", "exported by a newer version of the studio"));
    }
    if has_nul(&json) {
        return Err(bad("file", "its texts contain the character U+0000"));
    }
    Ok(manifest.project)
}

/// Whether a text anywhere in JSON has the character that no database takes. It can only be there as an escape, and escapes can
/// only be in texts.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// The same rules as for a script that is brought along.
fn check(detail: &ProjectDetail) -> Result<CreateProject> {
    let scenes = detail.scenes.iter().map(|scene| NewScene {
        title: Some(scene.scene.title.clone()),
        narration: scene.scene.narration.clone(),
        visual_prompt: Some(scene.scene.visual_prompt.clone()),
    });
    let project = CreateProject {
        title: detail.project.title.clone(),
        prompt: Some(detail.project.prompt.clone()),
        language: Some(detail.project.language.clone()),
        aspect_ratio: Some(detail.project.aspect_ratio),
        scenes: Some(scenes.collect()),
        visual_bible: Some(detail.project.visual_bible.clone()),
    };
    detail.scenes.iter().enumerate().try_for_each(|(index, scene)| check_takes(index, scene))?;
    project.validate().map_err(|report| {
        let fields = report.iter().map(|(path, error)| FieldError { path: format!("file.{path}"), message: error.message().to_owned() });
        ApiError::invalid(fields.collect())
    })?;
    Ok(project)
}

/// What a request for such takes may say. A provider or a voice need not be known here: the takes are made already.
fn check_takes(index: usize, scene: &SceneWithTakes) -> Result<()> {
    let (audio, image, video) = (scene.audio.as_ref(), scene.image.as_ref(), scene.video.as_ref());
    let texts = [
        ("audio.provider", audio.map(|take| &take.provider), MAX_PROVIDER_ID),
        ("audio.model", audio.and_then(|take| take.model.as_ref()), MAX_MODEL_ID),
        ("audio.voiceId", audio.map(|take| &take.voice_id), MAX_MODEL_ID),
        ("image.provider", image.map(|take| &take.provider), MAX_PROVIDER_ID),
        ("image.model", image.and_then(|take| take.model.as_ref()), MAX_MODEL_ID),
        ("image.stylePrompt", image.map(|take| &take.style_prompt), MAX_VISUAL_PROMPT),
        ("video.provider", video.map(|clip| &clip.provider), MAX_PROVIDER_ID),
        ("video.model", video.and_then(|clip| clip.model.as_ref()), MAX_MODEL_ID),
    ];
    for (field, text, most) in texts {
        if text.is_some_and(|text| text.chars().count() > most) {
            return Err(bad(&format!("file.scenes[{index}].{field}"), format!("length is greater than {most}")));
        }
    }
    let options = [
        ("image.modelOptions", image.map_or(Ok(()), |take| take.model_options.validate())),
        ("video.options", video.map_or(Ok(()), |clip| clip.options.validate())),
    ];
    options
        .into_iter()
        .try_for_each(|(field, valid)| valid.map_err(|report| bad(&format!("file.scenes[{index}].{field}"), report.to_string())))
}

/// Whether words can be those that are heard in a sound: one after the other, within it, and no more than a narration has.
fn hold(words: &[Word], narration: usize, seconds: f64) -> bool {
    let length: usize = words.iter().map(|word| word.text.chars().count().max(1)).sum();
    let mut before = 0.0;
    length <= narration
        && words.iter().all(|word| {
            let follows = before <= word.start_seconds && word.start_seconds <= word.end_seconds;
            before = word.start_seconds;
            follows && word.end_seconds <= seconds + WORDS_SLACK
        })
}

async fn bring_media(ctx: &Arc<Ctx>, archive: &Path, detail: &mut ProjectDetail, files: &mut HashMap<String, String>) -> Result<()> {
    for scene in &mut detail.scenes {
        bring_audio(ctx, archive, scene, files).await?;
        bring_image(ctx, archive, scene, files).await?;
        bring_video(ctx, archive, scene, files).await?;
        keep_young(ctx, files).await?;
    }
    Ok(())
}

/// What was unpacked is named only once all of it is, and a file that no record names is removed after a while.
async fn keep_young(ctx: &Ctx, files: &HashMap<String, String>) -> Result<()> {
    let paths = files.values().map(|key| ctx.storage.known_path(key)).collect::<Result<Vec<_>>>()?;
    blocking(move || {
        for path in paths {
            File::open(path).and_then(|file| file.set_modified(SystemTime::now())).map_err(|error| match error.kind() {
                ErrorKind::NotFound => AppError::api(ErrorCode::Conflict, "A file of it was removed meanwhile; import it once more."),
                _ => AppError::Io(error),
            })?;
        }
        Ok(())
    })
    .await
}

async fn bring_audio(ctx: &Arc<Ctx>, archive: &Path, scene: &mut SceneWithTakes, files: &mut HashMap<String, String>) -> Result<()> {
    let Some(take) = &mut scene.audio else { return Ok(()) };
    let Some(url) = take.url.clone() else { return Ok(()) };
    let limits = settings::upload_limits(ctx).await?;
    let file = unpack(ctx, archive, &url, limits.audio_bytes.max(MOST_SOUND), files).await?;
    let (format, seconds) = audio::check(ctx, file.path(), MOST_SOUND_SECONDS).await?;
    take.mime_type = Some(format.mime().to_owned());
    take.duration_seconds = Some(seconds);
    // One that is stale speaks other words, whose length nobody knows. Where there are none, the sound is listened to.
    let narration = if take.stale { MAX_NARRATION } else { scene.scene.narration.chars().count() };
    take.words = take.words.take().filter(|words| hold(words, narration, seconds));
    take.speed = take.speed.clamp(0.5, 2.0);
    files.insert(url, ctx.storage.adopt(Shelf::Audio, format.extension(), file.path()).await?);
    Ok(())
}

async fn bring_image(ctx: &Arc<Ctx>, archive: &Path, scene: &mut SceneWithTakes, files: &mut HashMap<String, String>) -> Result<()> {
    let Some(take) = &mut scene.image else { return Ok(()) };
    let Some(url) = take.url.clone() else { return Ok(()) };
    let limits = settings::upload_limits(ctx).await?;
    let file = unpack(ctx, archive, &url, limits.image_bytes.max(MOST_PICTURE), files).await?;
    let bytes = tokio::fs::read(file.path()).await?;
    let made =
        image::keep(ctx, bytes, limits.image_pixels.max(MOST_PIXELS)).await?.map_err(|error| bad("file", format!("{url}: {error}")))?;
    (take.mime_type, take.width, take.height) = (Some(made.mime_type), Some(made.width), Some(made.height));
    take.credit = take.credit.take().and_then(Credit::cleaned);
    files.insert(url, made.media_key);
    // The thumbnail is made anew: a small picture that shows something else than the large one would be a lie.
    take.thumbnail_url = made.thumbnail_key.map(|key| {
        let name = format!("thumbnail of {}", take.id);
        files.insert(name.clone(), key);
        name
    });
    Ok(())
}

async fn bring_video(ctx: &Arc<Ctx>, archive: &Path, scene: &mut SceneWithTakes, files: &mut HashMap<String, String>) -> Result<()> {
    let Some(clip) = &mut scene.video else { return Ok(()) };
    let Some(url) = clip.url.clone() else { return Ok(()) };
    let file = unpack(ctx, archive, &url, MOST_CLIP, files).await?;
    let broken = |error: ToolError| match error {
        ToolError::UnknownFormat | ToolError::Failed { .. } | ToolError::Answer { .. } => {
            bad("file", format!("{url} is no moving picture"))
        }
        ToolError::DiskFull { .. } => AppError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
        ToolError::Io(error) => AppError::from(error),
        other => AppError::internal(other.log()),
    };
    let (tools, folder) = (ctx.tools()?, ctx.storage.temporary_dir()?);
    let found = footage::look_at(tools, file.path()).await.map_err(&broken)?;
    let found = found.ok_or_else(|| bad("file", format!("{url} is no moving picture")))?;
    let made = footage::develop(tools, &found, file.path(), folder.path()).await.map_err(&broken)?;
    (clip.mime_type, clip.width, clip.height) = (Some("video/mp4".to_owned()), Some(made.width), Some(made.height));
    (clip.duration_seconds, clip.size_bytes) = (Some(found.seconds), Some(tokio::fs::metadata(&made.file).await?.len()));
    clip.credit = clip.credit.take().and_then(Credit::cleaned);
    files.insert(url, ctx.storage.adopt(Shelf::Video, "mp4", &made.file).await?);
    // As with pictures: the still is one of this clip.
    let name = format!("still of {}", clip.id);
    files.insert(name.clone(), ctx.storage.adopt(Shelf::Video, "jpg", &made.still).await?);
    clip.poster_url = Some(name);
    Ok(())
}

/// One file of the archive, at most that large. `files` are those that were unpacked: a file is of one take only.
async fn unpack(ctx: &Arc<Ctx>, archive: &Path, url: &str, most: u64, files: &HashMap<String, String>) -> Result<NamedTempFile> {
    if files.contains_key(url) {
        return Err(bad("file", format!("{url} is said to be of more than one take")));
    }
    let (ctx, archive, name) = (Arc::clone(ctx), archive.to_owned(), url.trim_start_matches('/').to_owned());
    blocking(move || {
        let broken = |error: &dyn std::fmt::Display| bad("file", format!("{name} cannot be unpacked: {error}"));
        let mut archive = ZipArchive::new(File::open(archive)?).map_err(|error| broken(&error))?;
        let entry = archive.by_name(&name).map_err(|error| match error {
            ZipError::FileNotFound => bad("file", format!("{name} is missing from it")),
            other => broken(&other),
        })?;
        let temporary = ctx.storage.temporary()?;
        let mut out = temporary.reopen()?;
        // What an archive says of its own sizes is not believed.
        let length = std::io::copy(&mut entry.take(most + 1), &mut out).map_err(|error| broken(&error))?;
        if length > most {
            return Err(bad("file", format!("{name} is larger than {most} bytes")));
        }
        Ok(temporary)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{io::Write, time::Duration};

    use serde_json::json;
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    #[tokio::test]
    async fn more_archives_than_may_be_in_memory_wait() {
        let file = NamedTempFile::new().unwrap();
        let (id, then) = (Uuid::now_v7(), "2026-01-01T00:00:00Z");
        let project = json!({
            "id": id, "title": "A title", "prompt": "", "language": "en", "aspectRatio": "16:9", "status": "ready", "visualBible": [],
            "sceneCount": 0, "durationSeconds": 0.0, "stages": {"audio": 0, "image": 0, "video": 0}, "createdAt": then,
            "updatedAt": then, "scenes": [],
        });
        let mut zip = ZipWriter::new(file.reopen().unwrap());
        zip.start_file(MANIFEST, SimpleFileOptions::default()).unwrap();
        let manifest = json!({"format": Manifest::FORMAT, "version": Manifest::VERSION, "project": project});
        zip.write_all(manifest.to_string().as_bytes()).unwrap();
        zip.finish().unwrap();
        let (first, _second) = (open(file.path()).await.unwrap(), open(file.path()).await.unwrap());
        let mut third = std::pin::pin!(open(file.path()));
        assert!(tokio::time::timeout(Duration::from_millis(500), &mut third).await.is_err());
        drop(first);
        assert_eq!(third.await.unwrap().texts.title, "A title");
    }
}
