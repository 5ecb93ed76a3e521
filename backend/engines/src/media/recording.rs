//! What a browser's recorder gives: WebM that does not say how long it is and cannot be sought in. It becomes FLAC, which
//! does and can, loses nothing, and plays everywhere.

use std::path::Path;

use super::ffmpeg::{ToolError, Tools, add_input, run};

/// Whether a file that begins like that is a WebM.
#[must_use]
pub fn is_webm(head: &[u8]) -> bool {
    // The document type stands within the EBML header, which is some forty bytes long.
    head.starts_with(b"\x1a\x45\xdf\xa3") && head[..head.len().min(64)].windows(4).any(|bytes| bytes == b"webm")
}

/// Writes the sound of a WebM as FLAC.
///
/// # Errors
/// [`ToolError::Failed`] where it has none, or is broken.
pub async fn to_flac(tools: &Tools, from: &Path, to: &Path) -> Result<(), ToolError> {
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some("matroska"), from);
    command.args(["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "flac", "-sample_fmt", "s16", "-f", "flac"]).arg(to);
    run("ffmpeg", command).await.map(drop)
}
