//! How captions stand on the picture: their size and place by the film's shape, and when each is seen.

use std::ops::Range;
use std::sync::Arc;

use crate::film::sound::voice::Decoded;
use crate::film::spec::{CaptionStyle, FilmScene, FilmSpec};
use crate::film::timeline::{SceneSpan, Timeline};
use crate::media::{
    fonts,
    subtitles::Cue,
    timing::{Heard, timed_tokens},
};

use super::cues::cues;
use super::lettering;

/// The widest line in Latin letters: what television and the web agree on as easy to read.
const MOST_COLUMNS: f64 = 42.0;
/// Mean width of a bold letter, in ems.
const LETTER: f64 = 0.57;
/// A line too wide for the safe area is set smaller, but not smaller than this.
const SMALLEST: f32 = 0.7;

const TOO_WIDE: &str = "A caption is wider than the safe area.";
const LEFT_OUT: &str = "A caption has a character that no font can show. It is left out.";

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
    let silence = Heard::default();
    let of_scene = |((scene, span), voice): ((&FilmScene, &SceneSpan), &Option<Decoded>)| {
        let (from, to) = (timeline.seconds(span.first_frame), timeline.seconds(span.first_frame + span.frames));
        // A silent scene shows its words over most of its time.
        let silent = (from + 0.2, (to - 0.2).max(from + 0.3));
        let (start, end) = span.speech.unwrap_or(silent);
        let heard = voice.as_ref().map_or(&silence, |voice| &voice.heard);
        let tokens = timed_tokens(&scene.narration, &scene.words, heard, end - start, columns);
        cues(&tokens, columns, start, to)
    };
    scenes.map(of_scene).collect()
}

/// A caption as it stands on a stretch of frames, one of its words lit maybe.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// The first frame that shows it, and the first that no longer does.
    pub frames: Range<u64>,
    pub lines: Vec<String>,
    /// The lit word: its line, and its bytes in that.
    pub lit: Option<(usize, Range<usize>)>,
    pub family: String,
    /// Whether its narration reads from the right.
    pub from_right: bool,
    /// Of the layout's em.
    pub scale: f32,
}

/// Captions to be drawn into the frames.
#[derive(Clone)]
pub struct Burned {
    pub layout: Layout,
    pub style: CaptionStyle,
    pub size: (u32, u32),
    captions: Arc<Vec<Caption>>,
    /// What a viewer may stumble over: in which scene, when, and what.
    pub faults: Vec<(usize, f64, &'static str)>,
}

impl Burned {
    /// # Errors
    /// The position of a scene with text that no font covers, and the sentence that says so.
    pub fn new(spec: &FilmSpec, scenes: &[Vec<Cue>]) -> Result<Self, (usize, String)> {
        let layout = Layout::of(spec.width, spec.height);
        let room = (f64::from(spec.width - 2 * layout.margin_side) / layout.em) as f32;
        let (mut captions, mut faults) = (Vec::new(), Vec::new());
        for (position, (scene, cues)) in spec.scenes.iter().zip(scenes).enumerate() {
            if cues.is_empty() {
                continue;
            }
            let family = fonts::caption_family(&scene.narration);
            let family = family.map_err(|missing| (position, format!("its captions cannot be drawn: {missing}")))?;
            for cue in cues {
                let widths = cue.lines.iter().map(|line| lettering::set(line, &family, cue.from_right, None).width);
                let widest = widths.fold(0.0, f32::max);
                let scale = (room / widest.max(0.1)).min(1.0);
                if scale < SMALLEST {
                    faults.push((position, cue.start_seconds, TOO_WIDE));
                }
                if cue.lines.iter().any(|line| !line.chars().all(fonts::is_drawable)) {
                    faults.push((position, cue.start_seconds, LEFT_OUT));
                }
                lay_cue(spec, cue, &family, scale.max(SMALLEST), &mut captions);
            }
        }
        Ok(Self { layout, style: spec.caption_style, size: (spec.width, spec.height), captions: Arc::new(captions), faults })
    }

    /// The captions of a stretch of frames, counted from its first.
    #[must_use]
    pub fn during(&self, first_frame: u64, frames: u64) -> Vec<Caption> {
        let until = first_frame + frames;
        let shown = self.captions.iter().filter(|caption| caption.frames.start < until && caption.frames.end > first_frame);
        let relative = |caption: &Caption| Caption {
            frames: caption.frames.start.saturating_sub(first_frame)..caption.frames.end.min(until) - first_frame,
            ..caption.clone()
        };
        shown.map(relative).collect()
    }
}

fn lay_cue(spec: &FilmSpec, cue: &Cue, family: &str, scale: f32, captions: &mut Vec<Caption>) {
    // A half goes up, whatever the last bits make of it: the same words give the same frames anywhere in a film.
    let frame = |seconds: f64| (seconds * f64::from(spec.fps) + 1e-6).round().max(0.0) as u64;
    let mut push = |from: f64, to: f64, lit: Option<(usize, Range<usize>)>| {
        let frames = frame(from)..frame(to);
        if !frames.is_empty() {
            captions.push(Caption { frames, lines: cue.lines.clone(), lit, family: family.to_owned(), from_right: cue.from_right, scale });
        }
    };
    if spec.caption_style != CaptionStyle::Karaoke || cue.words.is_empty() {
        push(cue.start_seconds, cue.end_seconds, None);
        return;
    }
    // One for each word: the lines stand still while the light moves on.
    for (index, word) in cue.words.iter().enumerate() {
        let from = if index == 0 { cue.start_seconds } else { word.start_seconds };
        let to = cue.words.get(index + 1).map_or(cue.end_seconds, |next| next.start_seconds);
        push(from, to, Some((word.line, word.range.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::tests::spec_of;
    use crate::media::subtitles::CueWord;

    fn cue() -> Cue {
        let word = |line, range, start_seconds: f64| CueWord { line, range, start_seconds, end_seconds: start_seconds + 0.4 };
        Cue {
            start_seconds: 1.0,
            end_seconds: 2.5,
            lines: vec!["one {two}".to_owned(), "three".to_owned()],
            from_right: false,
            words: vec![word(0, 0..3, 1.0), word(0, 4..9, 1.5), word(1, 0..5, 2.0)],
        }
    }

    #[test]
    fn karaoke_lights_one_word_after_the_other_without_a_gap() {
        let mut spec = spec_of(1);
        spec.caption_style = CaptionStyle::Karaoke;
        let burned = Burned::new(&spec, &[vec![cue()]]).expect("a font");
        let frames: Vec<_> = burned.captions.iter().map(|caption| caption.frames.clone()).collect();
        assert_eq!(frames, [30..45, 45..60, 60..75]);
        assert_eq!(burned.captions[1].lit, Some((0, 4..9)));
    }

    #[test]
    fn a_part_has_its_own_clock() {
        let spec = spec_of(1);
        let burned = Burned::new(&spec, &[vec![cue()]]).expect("a font");
        assert!(burned.during(0, 30).is_empty());
        assert!(burned.during(75, 30).is_empty());
        assert_eq!(burned.during(60, 30)[0].frames, 0..15);
        assert_eq!(burned.during(20, 20)[0].frames, 10..20);
    }

    #[test]
    fn what_is_too_wide_is_set_smaller_and_then_told() {
        let spec = spec_of(1);
        let wide = |letters: usize| Cue { lines: vec!["W".repeat(letters)], words: vec![], ..cue() };
        let scale = |letters| Burned::new(&spec, &[vec![wide(letters)]]).map(|burned| (burned.captions[0].scale, burned.faults.len()));
        assert_eq!(scale(4).expect("a font"), (1.0, 0));
        let (small, told) = scale(36).expect("a font");
        assert!(small < 1.0 && told == 0, "{small}");
        assert_eq!(scale(80).expect("a font"), (SMALLEST, 1));
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
