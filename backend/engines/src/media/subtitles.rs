//! Cues and the subtitle files written from them: WebVTT and SubRip.
//!
//! Where cues come from, and how they should look, is the caller's to say.

use std::fmt::Write as _;
use std::ops::Range;

/// A caption: what stands on the screen together, from one moment to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    pub start_seconds: f64,
    pub end_seconds: f64,
    /// One or two lines, already broken.
    pub lines: Vec<String>,
    /// The spoken words in order; their ranges are bytes in their line.
    pub words: Vec<CueWord>,
}

/// A word in a cue and when it is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct CueWord {
    pub line: usize,
    pub range: Range<usize>,
    pub start_seconds: f64,
    pub end_seconds: f64,
}

/// WebVTT (<https://www.w3.org/TR/webvtt1/>).
#[must_use]
pub fn to_webvtt(cues: &[Cue]) -> String {
    let mut out = String::from("WEBVTT\n");
    for (index, cue) in cues.iter().enumerate() {
        let text = cue.lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (start, end) = (clock(cue.start_seconds, '.'), clock(cue.end_seconds, '.'));
        let _ = write!(out, "\n{}\n{start} --> {end}\n{text}\n", index + 1);
    }
    out
}

/// SubRip.
#[must_use]
pub fn to_srt(cues: &[Cue]) -> String {
    let mut out = String::new();
    for (index, cue) in cues.iter().enumerate() {
        let (start, end) = (clock(cue.start_seconds, ','), clock(cue.end_seconds, ','));
        let _ = write!(out, "{}\n{start} --> {end}\n{}\n\n", index + 1, cue.lines.join("\n"));
    }
    out
}

fn clock(seconds: f64, point: char) -> String {
    let all = whole(seconds * 1000.0);
    let (millis, seconds) = (all % 1000, all / 1000);
    format!("{:02}:{:02}:{:02}{point}{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_seconds: f64, end_seconds: f64, lines: &[&str]) -> Cue {
        Cue { start_seconds, end_seconds, lines: lines.iter().map(ToString::to_string).collect(), words: vec![] }
    }

    #[test]
    fn webvtt_escapes_and_keeps_lines() {
        let vtt = to_webvtt(&[cue(0.35, 3661.9996, &["a < b & c", "--> end"])]);
        assert_eq!(vtt, "WEBVTT\n\n1\n00:00:00.350 --> 01:01:02.000\na &lt; b &amp; c\n--&gt; end\n");
    }

    #[test]
    fn subrip_has_commas() {
        assert_eq!(to_srt(&[cue(1.0, 2.5, &["one"])]), "1\n00:00:01,000 --> 00:00:02,500\none\n\n");
    }
}
