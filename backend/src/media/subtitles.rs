//! Cues and the subtitle files written from them: WebVTT, SubRip and Advanced SubStation Alpha.
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

/// How burned captions look; they are bold. Lengths are pixels of the film.
#[derive(Clone, Debug, PartialEq)]
pub struct AssStyle {
    pub name: String,
    pub family: String,
    /// Height of ascent and descent together, as libass counts it.
    pub font_size: f64,
    /// `&HAABBGGRR`.
    pub text_colour: &'static str,
    pub outline_colour: &'static str,
    pub shade_colour: &'static str,
    /// 1: outline and shadow; 4: one box behind all lines (libass).
    pub border_style: u8,
    pub outline: f64,
    pub shadow: f64,
    pub margin_side: u32,
    pub margin_bottom: u32,
}

/// One line of an ASS script: already escaped text with its override tags.
#[derive(Clone, Debug, PartialEq)]
pub struct AssEvent {
    pub start_seconds: f64,
    pub end_seconds: f64,
    pub style: String,
    pub text: String,
}

/// An ASS script for a picture of this size. Lines are broken only where the text says so, or where
/// one would leave the picture.
#[must_use]
pub fn to_ass(width: u32, height: u32, styles: &[AssStyle], events: &[AssEvent]) -> String {
    let mut out = format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\nWrapStyle: 0\n\
         ScaledBorderAndShadow: yes\nYCbCr Matrix: TV.709\n\n[V4+ Styles]\n\
         Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
         Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
         Alignment, MarginL, MarginR, MarginV, Encoding\n"
    );
    for style in styles {
        // Encoding -1: libass takes each line's base direction from its own text.
        let _ = writeln!(
            out,
            "Style: {},{},{:.1},{text},{text},{},{},-1,0,0,0,100,100,0,0,{},{:.2},{:.2},2,{side},{side},{},-1",
            style.name,
            style.family.replace(',', " "),
            style.font_size,
            style.outline_colour,
            style.shade_colour,
            style.border_style,
            style.outline,
            style.shadow,
            style.margin_bottom,
            text = style.text_colour,
            side = style.margin_side,
        );
    }
    out.push_str("\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n");
    for event in events {
        let (start, end) = (centi_clock(event.start_seconds), centi_clock(event.end_seconds));
        let _ = writeln!(out, "Dialogue: 0,{start},{end},{},,0,0,0,,{}", event.style, event.text);
    }
    out
}

/// Text that ASS shows as it is: braces would open a tag, and a backslash could begin one.
#[must_use]
pub fn escape_ass(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' => out.push_str("\\{"),
            '}' => out.push_str("\\}"),
            // A word joiner after it keeps the backslash from meaning anything, and is not seen.
            '\\' => out.push_str("\\\u{2060}"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn clock(seconds: f64, point: char) -> String {
    let all = whole(seconds * 1000.0);
    let (millis, seconds) = (all % 1000, all / 1000);
    format!("{:02}:{:02}:{:02}{point}{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn centi_clock(seconds: f64) -> String {
    let all = whole(seconds * 100.0);
    let (centis, seconds) = (all % 100, all / 100);
    format!("{}:{:02}:{:02}.{centis:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
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

    #[test]
    fn ass_text_cannot_open_a_tag() {
        assert_eq!(escape_ass("{\\b1}x"), "\\{\\\u{2060}b1\\}x");
        assert_eq!(centi_clock(61.234), "0:01:01.23");
    }
}
