//! The project as an archive: a manifest and the media of the selected takes.

use std::{fs::File, io::Write, path::PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    error::{AppError, Result},
    services::Ctx,
    storage::media_key,
};
use shared::project::ProjectDetail;

/// The name of the manifest in the archive.
pub const MANIFEST: &str = "project.json";

/// What the archive holds, besides the media that it names.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// What this is: `ai-studio-project`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The project. Its urls name files of the archive, without the leading slash.
    pub project: ProjectDetail,
}

impl Manifest {
    /// What the studio's archives say that they are.
    pub const FORMAT: &str = "ai-studio-project";
    /// The version that this program writes and reads.
    pub const VERSION: u32 = 1;
}

/// Writes the archive.
pub fn write(ctx: &Ctx, detail: &ProjectDetail) -> Result<NamedTempFile> {
    let manifest = Manifest { format: Manifest::FORMAT.to_owned(), version: Manifest::VERSION, project: detail.clone() };
    let json = serde_json::to_vec(&manifest).map_err(AppError::internal)?;
    pack(ctx, &[(MANIFEST, json)], &media_of(detail))
}

/// The urls of the files that belong to a project's selected takes.
pub fn media_of(detail: &ProjectDetail) -> Vec<String> {
    let takes = detail.scenes.iter().flat_map(|scene| {
        let audio = scene.audio.iter().flat_map(|take| [take.url.clone()]);
        let image = scene.image.iter().flat_map(|take| [take.url.clone(), take.thumbnail_url.clone()]);
        let video = scene.video.iter().flat_map(|clip| [clip.url.clone(), clip.poster_url.clone()]);
        audio.chain(image).chain(video)
    });
    takes.flatten().collect()
}

/// Packs texts, compressed, and media, which are so already. The media are held first: the last of many is not missed because its
/// take was deleted while the others were packed.
pub fn pack(ctx: &Ctx, texts: &[(&str, Vec<u8>)], urls: &[String]) -> Result<NamedTempFile> {
    let (file, folder) = (ctx.storage.temporary()?, ctx.storage.temporary_dir()?);
    let known = urls.iter().filter_map(|url| Some((url, media_key(url)?)));
    let held: Vec<(&String, PathBuf)> = known.map(|(url, key)| Ok((url, ctx.storage.hold(key, folder.path())?))).collect::<Result<_>>()?;
    let mut zip = ZipWriter::new(file.reopen()?);
    for (name, bytes) in texts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).map_err(unpacked)?;
        zip.write_all(bytes)?;
    }
    for (url, media) in held {
        let mut media = File::open(media)?;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        zip.start_file(url.trim_start_matches('/'), options).map_err(unpacked)?;
        std::io::copy(&mut media, &mut zip)?;
    }
    zip.finish().map_err(unpacked)?;
    Ok(file)
}

/// A disk that is full is told as that.
fn unpacked(error: ZipError) -> AppError {
    match error {
        ZipError::Io(error) => error.into(),
        other => AppError::internal(other),
    }
}
