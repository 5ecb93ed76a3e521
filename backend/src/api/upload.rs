//! Multipart uploads (RFC 7578): one file, and one text beside it.

use actix_multipart::{Field, Multipart};
use futures_util::{StreamExt, TryStreamExt};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use super::extract::too_large;
use crate::{
    error::{AppError, Result},
    services::{Ctx, script::shorten},
};
use shared::{ApiError, ErrorCode, SceneId, error::FieldError, rules::MAX_TITLE};

/// The most that the text may have.
const MOST_TEXT: usize = 4096;

/// A file for a scene.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API's documentation; `Form` is what is read")]
#[schema(rename_all = "camelCase")]
pub struct SceneUpload {
    /// The scene that it is for.
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
    #[schema(required = false)]
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

/// What was uploaded.
pub struct Form {
    /// The file, in the work folder; gone when dropped unless it was moved.
    pub file: NamedTempFile,
    file_name: Option<String>,
    text: Option<String>,
}

impl Form {
    /// The scene that the file is for.
    pub fn scene(&self) -> Result<SceneId> {
        let text = self.text.as_deref().ok_or_else(|| AppError::invalid("sceneId", "missing"))?;
        text.trim().parse().map_err(|_| AppError::invalid("sceneId", "not an id"))
    }

    /// The title, or the file's name without its ending.
    pub fn title(&self) -> Result<String> {
        let given = self.text.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let name = self.file_name.as_deref().map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        let title = given.or(name).unwrap_or("Untitled");
        if title.contains('\0') {
            return Err(AppError::invalid("title", "must not contain the character U+0000"));
        }
        Ok(shorten(title, MAX_TITLE))
    }
}

/// Reads the form: `file`, at most that many bytes, and the text of that name.
pub async fn read(ctx: &Ctx, mut form: Multipart, text_name: &str, most: u64) -> Result<Form> {
    let (mut file, mut file_name, mut text, mut bad) = (None, None, None, Vec::new());
    let mut refuse = |path: &str, message: &str| bad.push(FieldError { path: path.to_owned(), message: message.to_owned() });
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && file.is_none() {
            file_name = field.content_disposition().and_then(|disposition| disposition.get_filename().map(str::to_owned));
            file = Some(keep(ctx, &mut field, most).await?);
        } else if name == text_name && text.is_none() {
            let bytes = read_text(&mut field).await?;
            match String::from_utf8(bytes) {
                Ok(read) => text = Some(read),
                Err(_) => refuse(&name, "not UTF-8"),
            }
        } else {
            let known = name == "file" || name == text_name;
            refuse(&name, if known { "given twice" } else { "no such field" });
            while field.next().await.transpose().map_err(broken)?.is_some() {}
        }
    }
    if file.is_none() {
        refuse("file", "missing");
    }
    match file {
        Some(file) if bad.is_empty() => Ok(Form { file, file_name, text }),
        _ => Err(AppError::Api(ApiError::invalid(bad))),
    }
}

async fn keep(ctx: &Ctx, field: &mut Field, most: u64) -> Result<NamedTempFile> {
    let temporary = ctx.storage.temporary()?;
    let mut file = tokio::fs::File::from_std(temporary.reopen()?);
    let mut length = 0;
    while let Some(chunk) = field.next().await.transpose().map_err(broken)? {
        length += chunk.len() as u64;
        if length > most {
            return Err(too_large(usize::try_from(most).unwrap_or(usize::MAX)));
        }
        file.write_all(&chunk).await?;
    }
    file.sync_all().await?;
    Ok(temporary)
}

async fn read_text(field: &mut Field) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await.transpose().map_err(broken)? {
        if bytes.len() + chunk.len() > MOST_TEXT {
            return Err(too_large(MOST_TEXT));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(error: actix_multipart::MultipartError) -> AppError {
    use actix_multipart::MultipartError as E;
    match error {
        E::ContentTypeMissing | E::ContentTypeParse | E::ContentTypeIncompatible | E::BoundaryMissing => {
            AppError::api(ErrorCode::UnsupportedMediaType, "Send the file as `multipart/form-data`.")
        }
        other => {
            AppError::Api(ApiError::invalid(vec![FieldError { path: String::new(), message: format!("the form is broken: {other}") }]))
        }
    }
}
