//! Which H.264 encoder a machine has: the graphics card's where one works, x264 where none does.
//!
//! Drivers promise more than they do: an encoder counts only after it encoded a short film that, decoded
//! again, has every frame and looks like what went in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::film::spec::Quality;
use crate::media::ffmpeg::{ToolError, Tools, add_input, run};

/// An H.264 encoder of ffmpeg's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoder {
    X264,
    /// NVIDIA's.
    Nvenc,
    /// Intel's and AMD's on Linux, with its device.
    Vaapi(PathBuf),
    /// Apple's.
    VideoToolbox,
}

/// What is made to see whether an encoder works.
const SAMPLE: &str = "testsrc2=size=640x360:rate=30:duration=1,format=yuv420p";
const SAMPLE_FRAMES: usize = 30;
/// How alike it must come back (structural similarity).
const ALIKE: f64 = 0.95;
/// A driver that hangs has failed.
const PATIENCE: Duration = Duration::from_secs(10);

impl Encoder {
    /// The best that works here; looked for once for each ffmpeg.
    pub async fn find(tools: &Tools) -> Self {
        static FOUND: Mutex<Option<HashMap<PathBuf, Encoder>>> = Mutex::new(None);
        let found = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let known = found().as_ref().and_then(|found| found.get(&tools.ffmpeg).cloned());
        if let Some(known) = known {
            return known;
        }
        let mut best = Self::X264;
        for candidate in Self::candidates() {
            if candidate.works(tools).await {
                best = candidate;
                break;
            }
        }
        tracing::info!(encoder = ?best, "films are encoded with this");
        found().get_or_insert_default().insert(tools.ffmpeg.clone(), best.clone());
        best
    }

    /// What the machine's devices let hope for, the best first.
    fn candidates() -> Vec<Self> {
        let there = |path: &str| Path::new(path).exists();
        let mut candidates = Vec::new();
        if cfg!(target_os = "macos") {
            candidates.push(Self::VideoToolbox);
        }
        if there("/dev/nvidia0") || cfg!(windows) {
            candidates.push(Self::Nvenc);
        }
        let cards = ["/dev/dri/renderD128", "/dev/dri/renderD129"];
        candidates.extend(cards.into_iter().filter(|card| there(card)).map(|card| Self::Vaapi(card.into())));
        candidates
    }

    async fn works(&self, tools: &Tools) -> bool {
        match tokio::time::timeout(PATIENCE, self.try_out(tools)).await {
            Ok(Ok(works)) => works,
            Ok(Err(error)) => {
                tracing::debug!(encoder = ?self, error = error.log(), "an encoder does not work");
                false
            }
            Err(_) => false,
        }
    }

    async fn try_out(&self, tools: &Tools) -> Result<bool, ToolError> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("sample.mp4");
        let mut command = tools.ffmpeg();
        command.args(self.device()).args(["-f", "lavfi", "-i", SAMPLE, "-vf", &format!("null{}", self.upload())]);
        command.args(self.settings(Quality::Standard)).args(["-profile:v", "high"]).arg(&file);
        run("ffmpeg", command).await?;
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some("mov"), &file);
        command.args(["-f", "lavfi", "-i", SAMPLE, "-lavfi", "[0:v][1:v]ssim=stats_file=-:eof_action=endall", "-f", "null", "-"]);
        let report = run("ffmpeg", command).await?;
        let report = String::from_utf8_lossy(&report);
        let alike: Vec<f64> = report.lines().filter_map(|line| line.split("All:").nth(1)?.split(' ').next()?.parse().ok()).collect();
        Ok(alike.len() == SAMPLE_FRAMES && alike.iter().all(|alike| *alike >= ALIKE))
    }

    /// Options before the input.
    #[must_use]
    pub fn device(&self) -> Vec<String> {
        match self {
            Self::Vaapi(card) => vec!["-vaapi_device".to_owned(), card.to_string_lossy().into_owned()],
            _ => Vec::new(),
        }
    }

    /// Filters after all others, each with a comma before it.
    #[must_use]
    pub fn upload(&self) -> &'static str {
        match self {
            Self::Vaapi(_) => ",format=nv12,hwupload",
            _ => "",
        }
    }

    /// The encoder and how well it is to encode.
    #[must_use]
    pub fn settings(&self, quality: Quality) -> Vec<String> {
        let by = |preview: &'static str, fast: &'static str, standard: &'static str| match quality {
            Quality::Preview => preview,
            Quality::Fast => fast,
            Quality::Standard => standard,
        };
        let settings: &[&str] = match self {
            Self::X264 => &[
                "-c:v",
                "libx264",
                "-preset",
                by("superfast", "veryfast", "medium"),
                "-crf",
                by("25", "20", "17"),
                "-pix_fmt",
                "yuv420p",
                // No part holds a cut that a keyframe should mark.
                "-sc_threshold",
                "0",
                // Headers that do not depend on the frames: one film's parts share the first one's.
                "-x264-params",
                // `medium` would look 40 frames ahead, and hold 7 MB for each at 1080p. A dozen cost 3 % more bits for
                // pictures as good (crf 17 then is what 18 was), and 200 MB less.
                by("stitchable=1", "stitchable=1", "stitchable=1:rc-lookahead=12"),
            ],
            Self::Nvenc => &[
                "-c:v",
                "h264_nvenc",
                "-preset",
                by("p1", "p4", "p6"),
                "-tune",
                "hq",
                "-rc",
                "vbr",
                "-cq",
                by("28", "22", "19"),
                "-b:v",
                "0",
                "-bf",
                "2",
                "-pix_fmt",
                "yuv420p",
            ],
            Self::Vaapi(_) => &["-c:v", "h264_vaapi", "-rc_mode", "CQP", "-qp", by("28", "22", "19"), "-bf", "0"],
            Self::VideoToolbox => &["-c:v", "h264_videotoolbox", "-q:v", by("45", "60", "72"), "-allow_sw", "0", "-pix_fmt", "yuv420p"],
        };
        settings.iter().map(|&setting| setting.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_encoder_counts_only_where_it_works() {
        let tools = Tools::find().expect("ffmpeg is installed");
        assert!(Encoder::X264.works(&tools).await, "the trial passes what works");
        assert!(!Encoder::Vaapi("/dev/null".into()).works(&tools).await);
        if Encoder::candidates().is_empty() {
            assert_eq!(Encoder::find(&tools).await, Encoder::X264);
        }
    }
}
