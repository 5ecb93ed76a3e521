//! What a vendor sends as a clip becomes one of the studio's; what is none is told as the vendor's failure.

use std::path::Path;

use engines::media::{
    ffmpeg::{ToolError, Tools},
    footage::{self, Developed},
};

use super::Video;
use crate::{
    error::DISK_FULL,
    providers::{Kind, Machine, ProviderError, ProviderResult, Usage, http::Api},
};

/// What keeps clips from being looked at on this machine.
pub fn missing(machine: &Machine) -> Option<String> {
    machine.tools.as_ref().err().map(|missing| format!("{}.", missing.trim_end_matches('.')))
}

/// The tools that it takes.
pub fn tools<'a>(tools: &'a Result<Tools, String>, api: &Api) -> ProviderResult<&'a Tools> {
    tools.as_ref().map_err(|missing| api.error(Kind::NotConfigured, missing.clone()))
}

/// A clip from a file that was fetched into `workdir`. What it used is told along with every failure, since the vendor has
/// made it.
pub async fn develop(tools: &Tools, api: &Api, fetched: &Path, workdir: &Path, usage: impl FnOnce(f64) -> Usage) -> ProviderResult<Video> {
    let found = footage::look_at(tools, fetched).await.map_err(|error| failure(api, &error))?.ok_or_else(|| not_a_film(api))?;
    let usage = usage(found.seconds);
    match footage::develop(tools, &found, fetched, workdir).await {
        Ok(Developed { file, still, width, height }) => Ok(Video {
            file,
            poster: Some(still),
            subtitles: None,
            duration_seconds: found.seconds,
            width,
            height,
            check: None,
            usage,
            credit: None,
        }),
        Err(error) => Err(failure(api, &error).having_used(usage)),
    }
}

fn not_a_film(api: &Api) -> ProviderError {
    api.error(Kind::BadResponse, format!("{} sends a file that is no film.", api.name()))
}

fn failure(api: &Api, error: &ToolError) -> ProviderError {
    tracing::warn!(log = error.log(), "a clip");
    match error {
        ToolError::UnknownFormat | ToolError::Failed { .. } | ToolError::Answer { .. } => not_a_film(api),
        ToolError::DiskFull { .. } => api.error(Kind::DiskFull, DISK_FULL),
        ToolError::Start { .. } | ToolError::Io(_) => api.error(Kind::Internal, error.to_string()).ours(),
    }
}
