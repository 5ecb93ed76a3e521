//! How captions stand on the picture: their size and place by the film's shape, and their styles.

use std::sync::Arc;

use crate::media::subtitles::{AssEvent, AssStyle, Cue, escape_ass, to_ass};

use super::cues::cues;
use super::spec::{CaptionFont, CaptionStyle, FilmSpec};
use super::timeline::Timeline;
use super::voice::Decoded;
use super::words::timed_tokens;

/// The widest line in Latin letters: what television and the web agree on as easy to read.
const MOST_COLUMNS: f64 = 42.0;
/// Mean width of a bold letter, in ems.
const LETTER: f64 = 0.57;

/// Sizes and places, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    pub em: f64,
    pub columns: usize,
    pub margin_side: u32,
    pub margin_bottom: u32,
}

impl Layout {
    /// By the film's shape: upright films keep clear of what phone players lay over their lower end.
    #[must_use]
    pub fn of(width: u32, height: u32) -> Self {
        let (w, h) = (f64::from(width), f64::from(height));
        let upright = h > w * 1.4;
        let em = w.min(h) * if upright { 0.056 } else { 0.05 };
        let side = w * 0.07;
        let columns = ((w - 2.0 * side) / (em * LETTER)).min(MOST_COLUMNS);
        let bottom = h * if upright { 0.19 } else { 0.075 };
        Self { em, columns: columns as usize, margin_side: side as u32, margin_bottom: bottom as u32 }
    }
}

/// All cues of the film, each list a scene's.
#[must_use]
pub fn all_cues(spec: &FilmSpec, timeline: &Timeline, voices: &[Option<Decoded>]) -> Vec<Vec<Cue>> {
    let columns = Layout::of(spec.width, spec.height).columns;
    let scenes = spec.scenes.iter().zip(&timeline.scenes).zip(voices);
    let of_scene = |((scene, span), voice): ((&super::spec::FilmScene, &super::timeline::SceneSpan), &Option<Decoded>)| {
        let (from, to) = (timeline.seconds(span.first_frame), timeline.seconds(span.first_frame + span.frames));
        // A silent scene shows its words over most of its time.
        let silent = (from + 0.2, (to - 0.2).max(from + 0.3));
        let (start, end) = span.speech.unwrap_or(silent);
        let spoken = voice.as_ref().map_or(&[][..], |voice| &voice.spoken);
        let tokens = timed_tokens(&scene.narration, &scene.words, spoken, end - start, columns);
        cues(&tokens, columns, start, to)
    };
    scenes.map(of_scene).collect()
}

/// Captions to be drawn into the frames.
#[derive(Clone)]
pub struct Burned {
    width: u32,
    height: u32,
    fps: u32,
    styles: Vec<AssStyle>,
    /// With the first frame that shows it, and the first that no longer does.
    events: Arc<Vec<(u64, u64, AssEvent)>>,
}

impl Burned {
    /// # Errors
    /// The position of a scene with text that no font covers, and the sentence that says so.
    pub fn new(spec: &FilmSpec, scenes: &[Vec<Cue>]) -> Result<Self, (usize, String)> {
        let mut styles: Vec<AssStyle> = Vec::new();
        let mut events = Vec::new();
        for (position, (scene, cues)) in spec.scenes.iter().zip(scenes).enumerate() {
            if cues.is_empty() {
                continue;
            }
            let font = (spec.caption_fonts.0)(&scene.narration).map_err(|message| (position, message))?;
            let name = match styles.iter().find(|style| style.family == font.family) {
                Some(style) => style.name.clone(),
                None => {
                    styles.push(style(spec, format!("Caption{}", styles.len()), font));
                    styles[styles.len() - 1].name.clone()
                }
            };
            for cue in cues {
                lay_cue(spec, cue, &name, &mut events);
            }
        }
        Ok(Self { width: spec.width, height: spec.height, fps: spec.fps, styles, events: Arc::new(events) })
    }

    /// The script for a stretch of frames, its times counted from the first; none where nothing is shown.
    #[must_use]
    pub fn script(&self, first_frame: u64, frames: u64) -> Option<String> {
        let until = first_frame + frames;
        let shown = self.events.iter().filter(|(from, to, _)| *from < until && *to > first_frame);
        let events: Vec<AssEvent> = shown
            .map(|(from, to, event)| AssEvent {
                start_seconds: self.seconds(from.saturating_sub(first_frame)),
                end_seconds: self.seconds(to - first_frame),
                ..event.clone()
            })
            .collect();
        (!events.is_empty()).then(|| to_ass(self.width, self.height, &self.styles, &events))
    }

    /// Half a frame early: ASS counts hundredths, and rounding must not move a caption to another frame.
    fn seconds(&self, frame: u64) -> f64 {
        ((frame as f64 - 0.5) / f64::from(self.fps)).max(0.0)
    }
}

fn lay_cue(spec: &FilmSpec, cue: &Cue, style: &str, events: &mut Vec<(u64, u64, AssEvent)>) {
    let frame = |seconds: f64| (seconds * f64::from(spec.fps)).round().max(0.0) as u64;
    let mut push = |from: f64, to: f64, text: String| {
        if frame(from) < frame(to) {
            events.push((frame(from), frame(to), AssEvent { start_seconds: 0.0, end_seconds: 0.0, style: style.to_owned(), text }));
        }
    };
    if spec.caption_style != CaptionStyle::Karaoke || cue.words.is_empty() {
        push(cue.start_seconds, cue.end_seconds, marked_text(cue, None));
        return;
    }
    // An event for each word, each the whole cue: the lines stand still while the light moves on.
    for (index, word) in cue.words.iter().enumerate() {
        let from = if index == 0 { cue.start_seconds } else { word.start_seconds };
        let to = cue.words.get(index + 1).map_or(cue.end_seconds, |next| next.start_seconds);
        push(from, to, marked_text(cue, Some(index)));
    }
}

/// The cue's lines, one of its words lit.
fn marked_text(cue: &Cue, lit: Option<usize>) -> String {
    let lit = lit.and_then(|index| cue.words.get(index));
    let lines = cue.lines.iter().enumerate().map(|(index, line)| match lit.filter(|word| word.line == index) {
        Some(word) => {
            let (before, spoken, after) = (&line[..word.range.start], &line[word.range.clone()], &line[word.range.end..]);
            format!("{}{{\\1c{LIT}}}{}{{\\r}}{}", escape_ass(before), escape_ass(spoken), escape_ass(after))
        }
        None => escape_ass(line),
    });
    lines.collect::<Vec<_>>().join("\\N")
}

/// A warm yellow, as ASS writes colours: blue, green, red.
const LIT: &str = "&H3CD2FF&";

fn style(spec: &FilmSpec, name: String, font: CaptionFont) -> AssStyle {
    let layout = Layout::of(spec.width, spec.height);
    let (border_style, outline, shadow) = match spec.caption_style {
        CaptionStyle::Plain | CaptionStyle::Karaoke => (1, layout.em * 0.065, layout.em * 0.035),
        // libass takes the shadow's depth as the box's padding.
        CaptionStyle::Boxed => (4, 0.0, layout.em * 0.3),
    };
    AssStyle {
        name,
        family: font.family,
        font_size: layout.em * font.line_height,
        text_colour: "&H00FFFFFF",
        outline_colour: "&H18000000",
        shade_colour: if spec.caption_style == CaptionStyle::Boxed { "&H50101010" } else { "&H78000000" },
        border_style,
        outline,
        shadow,
        margin_side: layout.margin_side,
        margin_bottom: layout.margin_bottom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::subtitles::CueWord;
    use crate::providers::video::film::tests::spec_of;

    fn cue() -> Cue {
        let word = |line, range, start_seconds: f64| CueWord { line, range, start_seconds, end_seconds: start_seconds + 0.4 };
        Cue {
            start_seconds: 1.0,
            end_seconds: 2.5,
            lines: vec!["one {two}".to_owned(), "three".to_owned()],
            words: vec![word(0, 0..3, 1.0), word(0, 4..9, 1.5), word(1, 0..5, 2.0)],
        }
    }

    #[test]
    fn karaoke_lights_one_word_after_the_other_without_a_gap() {
        let mut spec = spec_of(1);
        spec.caption_style = CaptionStyle::Karaoke;
        let burned = Burned::new(&spec, &[vec![cue()]]).expect("a font");
        let frames: Vec<_> = burned.events.iter().map(|(from, to, _)| (*from, *to)).collect();
        assert_eq!(frames, [(30, 45), (45, 60), (60, 75)]);
        assert_eq!(burned.events[1].2.text, format!("one {{\\1c{LIT}}}\\{{two\\}}{{\\r}}\\Nthree"));
    }

    #[test]
    fn a_part_has_its_own_clock() {
        let spec = spec_of(1);
        let burned = Burned::new(&spec, &[vec![cue()]]).expect("a font");
        assert!(burned.script(0, 30).is_none());
        assert!(burned.script(75, 30).is_none());
        let script = burned.script(60, 30).expect("shown");
        assert!(script.contains("Dialogue: 0,0:00:00.00,0:00:00.48,"), "{script}");
    }

    #[test]
    fn lines_fit_the_frame_at_every_shape() {
        for (width, height) in [(1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350), (320, 180)] {
            let layout = Layout::of(width, height);
            assert!(layout.columns >= 24 && layout.columns <= 42, "{layout:?}");
            assert!(layout.columns as f64 * layout.em * LETTER <= f64::from(width - 2 * layout.margin_side) + 1.0);
        }
    }
}
