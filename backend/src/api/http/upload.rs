//! Multipart uploads (RFC 7578): one file, and one text beside it. All that is wrong with them is told at once.

use std::path::Path;

use actix_multipart::{Field, Multipart};
use actix_web::web::Bytes;
use engines::media::sniff::{AudioFormat, Claim};
use futures_util::{Stream, StreamExt, TryStreamExt};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use super::{extract::too_large, read::NUL};
use crate::{
    error::{AppError, Faults, Result, blocking},
    services::{Ctx, audio::Recording, image::Checked, import::Archive, script::shorten},
};
use shared::{ErrorCode, SceneId, rules::MAX_TITLE};

/// The most that the text may have, in bytes: as much as is kept of it before it is judged.
const MOST_TEXT: usize = 4096;

/// A file for a scene.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API's documentation; `Form` is what is read")]
#[schema(rename_all = "camelCase")]
pub struct SceneUpload {
    /// The scene that it is for.
    // Said in full: generators send a part whose schema is a reference as a file of JSON.
    #[schema(value_type = String, format = Uuid)]
    scene_id: SceneId,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A track for the music library.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API's documentation; `Form` is what is read")]
pub struct MusicUpload {
    /// Its title; its file's name where left out.
    #[schema(required = false, max_length = 200)]
    title: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// An exported project.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API's documentation; `Form` is what is read")]
pub struct ArchiveUpload {
    /// The archive.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The text that a form has beside its file, and what it means.
pub struct Beside<T> {
    name: Option<&'static str>,
    /// Reads it, or says what is wrong with it.
    read: fn(Option<&str>) -> Result<T, &'static str>,
    /// What is wrong with one that is longer than any text here.
    too_long: &'static str,
}

/// What is wrong with a title.
const TITLE_TOO_LONG: &str = "longer than 200 characters";
/// What is wrong with an id.
const NO_ID: &str = "not an id";

impl Beside<SceneId> {
    /// The scene that the file is for.
    pub const SCENE: Self =
        Self { name: Some("sceneId"), read: |text| text.ok_or("missing")?.trim().parse().map_err(|_| NO_ID), too_long: NO_ID };
}

impl Beside<Option<String>> {
    /// What the file is called.
    pub const TITLE: Self = Self {
        name: Some("title"),
        read: |text| match text.map(str::trim) {
            Some(title) if title.contains('\0') => Err(NUL),
            Some(title) if title.chars().count() > MAX_TITLE => Err(TITLE_TOO_LONG),
            title => Ok(title.filter(|title| !title.is_empty()).map(str::to_owned)),
        },
        too_long: TITLE_TOO_LONG,
    };
}

impl Beside<()> {
    /// No text.
    pub const NOTHING: Self = Self { name: None, read: |_| Ok(()), too_long: "" };
}

/// What was uploaded.
pub struct Form<T, F> {
    /// The file, in the work folder; gone when dropped unless it was moved.
    pub file: NamedTempFile,
    /// What it was found to be.
    pub found: F,
    /// The text beside it.
    pub text: T,
    file_name: Option<String>,
}

impl<F> Form<Option<String>, F> {
    /// The title, or the file's name without its ending.
    pub fn title(&self) -> String {
        let name = self.file_name.as_deref().map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace('\0', ""));
        let name = name.filter(|name| !name.trim().is_empty());
        let title = self.text.clone().or(name).unwrap_or_else(|| "Untitled".to_owned());
        shorten(&title, MAX_TITLE)
    }
}

/// A file that was looked at.
pub trait Found {
    /// The media type that it has.
    fn mime(&self) -> &'static str;
}

impl Found for Recording {
    fn mime(&self) -> &'static str {
        self.mime()
    }
}

impl Found for (AudioFormat, f64) {
    fn mime(&self) -> &'static str {
        self.0.mime()
    }
}

impl Found for Checked {
    fn mime(&self) -> &'static str {
        self.mime()
    }
}

impl Found for Archive {
    fn mime(&self) -> &'static str {
        "application/zip"
    }
}

/// Reads the form: `file`, at most `most` bytes, and the text beside it. `check` looks at the file, also where something
/// else is wrong: all of that is told at once. A part that says what it is must be that.
pub async fn read<T, F: Found>(
    ctx: &Ctx,
    mut form: Multipart,
    beside: Beside<T>,
    most: u64,
    check: impl AsyncFnOnce(&Path) -> Result<F>,
) -> Result<Form<T, F>> {
    let mut told = Faults::default();
    let sent = sort(ctx, &mut form, beside.name, most, &mut told).await;
    let Some(sent) = told.keep(sent)? else { return Err(told.into_error()) };
    let text = if sent.text_too_long { Err(beside.too_long) } else { (beside.read)(sent.text.as_deref()) };
    if let (Err(message), Some(name)) = (&text, beside.name) {
        told.tell(name.to_owned(), *message);
    }
    let Some(file) = sent.file else {
        told.tell("file", "missing");
        return Err(told.into_error());
    };
    let found = told.keep(check(file.path()).await)?;
    if let Some(fault) = found.as_ref().and_then(|found| sent.claim.fault(found.mime())) {
        told.tell("file", fault);
    }
    match (found, text) {
        (Some(found), Ok(text)) if told.is_empty() => Ok(Form { file, found, text, file_name: sent.file_name }),
        _ => Err(told.into_error()),
    }
}

/// The parts of a form.
#[derive(Default)]
struct Sent {
    file: Option<NamedTempFile>,
    file_name: Option<String>,
    claim: Claim,
    text: Option<String>,
    /// Whether the text went on beyond [`MOST_TEXT`]: then none of it is kept.
    text_too_long: bool,
}

/// Takes the parts in, and tells of those that do not belong there.
async fn sort(ctx: &Ctx, form: &mut Multipart, text_name: Option<&str>, most: u64, told: &mut Faults) -> Result<Sent> {
    let mut sent = Sent::default();
    let mut read = Vec::new();
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if read.contains(&name) {
            told.tell(name, "given twice");
            skip(&mut field).await?;
        } else if name == "file" {
            sent.file_name = field.content_disposition().and_then(|disposition| disposition.get_filename().map(str::to_owned));
            sent.claim = Claim::of(field.content_type().map(mime::Mime::essence_str));
            sent.file = Some(keep(ctx, (&mut field).map_err(broken), most).await?);
            read.push(name);
        } else if Some(name.as_str()) == text_name {
            match read_text(&mut field).await?.map(String::from_utf8) {
                Some(Ok(text)) => sent.text = Some(text),
                Some(Err(_)) => told.tell(name.clone(), "not UTF-8"),
                None => sent.text_too_long = true,
            }
            read.push(name);
        } else {
            told.tell(name, "no such field");
            skip(&mut field).await?;
        }
    }
    Ok(sent)
}

async fn skip(field: &mut Field) -> Result<()> {
    while field.next().await.transpose().map_err(broken)?.is_some() {}
    Ok(())
}

/// Keeps at most so many bytes in a file of the work folder, which is gone when dropped.
pub async fn keep(ctx: &Ctx, mut bytes: impl Stream<Item = Result<Bytes>> + Unpin, most: u64) -> Result<NamedTempFile> {
    let storage = ctx.storage.clone();
    let made = blocking(move || {
        let temporary = storage.temporary()?;
        Ok((temporary.reopen()?, temporary))
    });
    let (file, temporary) = made.await?;
    let mut file = tokio::fs::File::from_std(file);
    let mut length = 0;
    while let Some(chunk) = bytes.try_next().await? {
        length += chunk.len() as u64;
        if length > most {
            return Err(too_large(usize::try_from(most).unwrap_or(usize::MAX)));
        }
        file.write_all(&chunk).await?;
    }
    // Writes go on behind the call, and only this says how the last one ended: on a full disk it is the one that fails.
    file.flush().await?;
    file.sync_all().await?;
    Ok(temporary)
}

/// Reads a text to its end; none where it is too long.
async fn read_text(field: &mut Field) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await.transpose().map_err(broken)? {
        if bytes.len() + chunk.len() > MOST_TEXT {
            skip(field).await?;
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

/// What is told of a form that cannot be read.
pub fn broken(error: actix_multipart::MultipartError) -> AppError {
    use actix_multipart::MultipartError as E;
    match error {
        E::ContentTypeMissing | E::ContentTypeParse | E::ContentTypeIncompatible | E::BoundaryMissing => {
            AppError::api(ErrorCode::UnsupportedMediaType, "Send the file as `multipart/form-data`.")
        }
        other => AppError::invalid("", format!("the form is broken: {other}")),
    }
}
