//! Which H.264 encoder a machine has: the graphics card's where one works, x264 where none does.
//!
//! Drivers promise more than they do: an encoder counts only after it encoded a short film of the wanted size that,
//! decoded again, has every frame and looks like what went in.

use std::collections::BTreeMap;
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

/// Frames that are made to see whether an encoder works: few, since a large film's take long to compare.
const SAMPLE_FRAMES: usize = 12;
/// How alike it must come back (structural similarity).
const ALIKE: f64 = 0.95;
/// A driver that hangs has failed.
const PATIENCE: Duration = Duration::from_secs(20);

impl Encoder {
    /// The best that works here for films of a size: each has sizes that it refuses. Looked for once for each ffmpeg and size.
    pub async fn find(tools: &Tools, size: (u32, u32)) -> Self {
        static FOUND: Mutex<BTreeMap<(PathBuf, u32, u32), Encoder>> = Mutex::new(BTreeMap::new());
        let found = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tools.ffmpeg.clone(), size.0, size.1);
        let known = found().get(&key).cloned();
        if let Some(known) = known {
            return known;
        }
        let mut best = Self::X264;
        for candidate in Self::candidates() {
            if candidate.works(tools, size).await {
                best = candidate;
                break;
            }
        }
        tracing::info!(encoder = ?best, ?size, "films of this size are encoded with this");
        found().insert(key, best.clone());
        best
    }

    /// What the machine's devices let hope for, the best first.
    fn candidates() -> Vec<Self> {
        let there = |path: &str| Path::new(path).exists();
        let mut candidates = Vec::new();
        if cfg!(target_os = "macos") {
            candidates.push(Self::VideoToolbox);
        }
        if there("/dev/nvidia0") {
            candidates.push(Self::Nvenc);
        }
        let cards = ["/dev/dri/renderD128", "/dev/dri/renderD129"];
        candidates.extend(cards.into_iter().filter(|card| there(card)).map(|card| Self::Vaapi(card.into())));
        candidates
    }

    async fn works(&self, tools: &Tools, size: (u32, u32)) -> bool {
        match tokio::time::timeout(PATIENCE, self.try_out(tools, size)).await {
            Ok(Ok(works)) => works,
            Ok(Err(error)) => {
                tracing::debug!(encoder = ?self, error = error.log(), "an encoder does not work");
                false
            }
            Err(_) => false,
        }
    }

    async fn try_out(&self, tools: &Tools, (width, height): (u32, u32)) -> Result<bool, ToolError> {
        let folder = tempfile::tempdir()?;
        let sample = format!("testsrc2=size={width}x{height}:rate=30,trim=end_frame={SAMPLE_FRAMES},format=yuv420p");
        let file = folder.path().join("sample.mp4");
        let mut command = tools.ffmpeg();
        command.args(self.device()).args(["-f", "lavfi", "-i", &sample, "-vf", &format!("null{}", self.upload())]);
        command.args(self.settings(Quality::Standard)).args(["-profile:v", "high"]).arg(&file);
        run("ffmpeg", command).await?;
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some("mov"), &file);
        command.args(["-f", "lavfi", "-i", &sample, "-lavfi", "[0:v][1:v]ssim=stats_file=-:eof_action=endall", "-f", "null", "-"]);
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
                // In stills that move as one, `fast` finds nothing by looking at quarters of a block: without it, as many bits for
                // pictures as good (SSIM 0.9832 for 0.9835) take a tenth less time.
                by("stitchable=1", "stitchable=1:partitions=i8x8,i4x4", "stitchable=1:rc-lookahead=12"),
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
        let size = (640, 360);
        assert!(Encoder::X264.works(&tools, size).await, "the trial passes what works");
        assert!(!Encoder::Vaapi("/dev/null".into()).works(&tools, size).await);
        if Encoder::candidates().is_empty() {
            assert_eq!(Encoder::find(&tools, size).await, Encoder::X264);
        }
    }

    /// A machine whose encoder refuses small pictures, as graphics cards do.
    #[tokio::test]
    async fn an_encoder_counts_only_for_sizes_that_it_takes() {
        let mut tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().expect("a folder");
        let picky = folder.path().join("ffmpeg");
        let ffmpeg = tools.ffmpeg.display();
        let script = format!("#!/bin/sh\ncase \"$*\" in *size=64x64*) exit 1;; esac\nexec '{ffmpeg}' \"$@\"\n");
        // Written by another process: what this one has open for writing, a child of another test may keep open, and then it
        // cannot be run.
        let write = ["-c", "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\""];
        let written = std::process::Command::new("sh").args(write).arg(&picky).arg(script).status();
        assert!(written.expect("a shell").success());
        tools.ffmpeg = picky;
        assert!(Encoder::X264.works(&tools, (320, 180)).await);
        assert!(!Encoder::X264.works(&tools, (64, 64)).await);
        assert!(Encoder::X264.works(&Tools::find().expect("ffmpeg is installed"), (64, 64)).await);
    }
}
