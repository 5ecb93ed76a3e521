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
    /// Whether its narration reads from the right.
    pub from_right: bool,
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
        let text = text(cue).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
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
        let _ = write!(out, "{}\n{start} --> {end}\n{}\n\n", index + 1, text(cue));
    }
    out
}

/// Lays what stands between it and [`END_OF_DIRECTION`] out from the right.
const FROM_RIGHT: char = '\u{202b}';
/// Pop Directional Formatting.
const END_OF_DIRECTION: char = '\u{202c}';

/// A cue's lines. Some players lay every line out from the left, others by its first word, so that marks and words of other
/// scripts stand at the wrong end of one that reads from the right. All know these marks, which draw nothing.
fn text(cue: &Cue) -> String {
    if !cue.from_right {
        return cue.lines.join("\n");
    }
    let lines = cue.lines.iter().map(|line| format!("{FROM_RIGHT}{line}{END_OF_DIRECTION}"));
    lines.collect::<Vec<_>>().join("\n")
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
        Cue { start_seconds, end_seconds, lines: lines.iter().map(ToString::to_string).collect(), from_right: false, words: vec![] }
    }

    #[test]
    fn webvtt_escapes_and_keeps_lines() {
        let vtt = to_webvtt(&[cue(0.35, 3661.9996, &["a < b & c", "--> end"])]);
        assert_eq!(vtt, "WEBVTT\n\n1\n00:00:00.350 --> 01:01:02.000\na &lt; b &amp; c\n--&gt; end\n");
    }

    #[test]
    fn lines_that_read_from_the_right_say_so() {
        let cue = Cue { from_right: true, ..cue(1.0, 2.5, &["iPhone من المتجر.", "نعم"]) };
        let marked = "\u{202b}iPhone من المتجر.\u{202c}\n\u{202b}نعم\u{202c}";
        assert_eq!(to_srt(std::slice::from_ref(&cue)), format!("1\n00:00:01,000 --> 00:00:02,500\n{marked}\n\n"));
        assert_eq!(to_webvtt(&[cue]), format!("WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\n{marked}\n"));
    }

    #[test]
    fn subrip_has_commas() {
        assert_eq!(to_srt(&[cue(1.0, 2.5, &["one"])]), "1\n00:00:01,000 --> 00:00:02,500\none\n\n");
    }
}
