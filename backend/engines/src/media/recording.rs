//! What a browser's recorder gives: WebM that does not say how long it is and cannot be sought in, or Opus in Ogg, which not
//! every browser plays. It becomes FLAC, which can be sought in, loses nothing, and plays everywhere.

use std::path::Path;

use super::{
    ffmpeg::{ToolError, Tools, add_input, run},
    sniff,
};

/// What recorders write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// WebM, of most browsers.
    Webm,
    /// Ogg with Opus, of Firefox.
    Ogg,
}

impl Container {
    /// That of a file that begins like that; none where it is no recorder's.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        // The document type stands within the EBML header, which is some forty bytes long.
        if head.starts_with(b"\x1a\x45\xdf\xa3") && head[..head.len().min(64)].windows(4).any(|bytes| bytes == b"webm") {
            return Some(Self::Webm);
        }
        sniff::is_opus(head).then_some(Self::Ogg)
    }

    /// Its media type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Webm => "audio/webm",
            Self::Ogg => "audio/ogg",
        }
    }

    /// What people call one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webm => "a WebM",
            Self::Ogg => "an OGG",
        }
    }

    fn demuxer(self) -> &'static str {
        match self {
            Self::Webm => "matroska",
            Self::Ogg => "ogg",
        }
    }
}

/// Writes a recording's sound as FLAC, and no more of it than so many seconds: a small file may hold days of silence.
///
/// # Errors
/// [`ToolError::Failed`] where it has none, or is broken.
pub async fn to_flac(tools: &Tools, container: Container, from: &Path, most_seconds: f64, to: &Path) -> Result<(), ToolError> {
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(container.demuxer()), from);
    command.args(["-map", "0:a:0", "-map_metadata", "-1", "-t", &most_seconds.to_string()]);
    command.args(["-c:a", "flac", "-sample_fmt", "s16", "-f", "flac"]).arg(to);
    run("ffmpeg", command).await.map(drop)
}
