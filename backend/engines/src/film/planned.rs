//! The film's timing before there is a film: when each scene begins, and the captions, for exports.

use shared::audio::Word;

use super::{
    captions::{cues::cues, layout::Layout},
    timeline::{LEAD_IN_SECONDS, frames_of, scene_seconds},
};
use crate::media::{
    subtitles::Cue,
    timing::{Heard, timed_tokens},
};

/// The pause before a scene's narration, in seconds.
pub const LEAD_IN: f64 = LEAD_IN_SECONDS;

/// Frames a second of a film that is not asked for another rate.
const USUAL_FPS: f64 = 30.0;

/// A scene as far as timing goes.
pub struct PlannedScene<'a> {
    /// What is spoken.
    pub narration: &'a str,
    /// When each word is spoken, where that is known.
    pub words: Vec<Word>,
    /// What is heard of it, where that is not known.
    pub heard: Heard,
    /// How long its sound lasts; none where it has not been spoken.
    pub spoken_seconds: Option<f64>,
    /// How long it is planned to last.
    pub planned_seconds: f64,
}

/// When a scene begins in the film, and how long it lasts, in seconds.
pub struct Span {
    pub start_seconds: f64,
    pub seconds: f64,
}

/// The spans of all scenes, as a film at the usual rate will have them.
pub fn spans(scenes: &[PlannedScene<'_>]) -> Vec<Span> {
    let lengths: Vec<f64> = scenes.iter().map(|scene| scene_seconds(scene.spoken_seconds, scene.planned_seconds)).collect();
    let mut start_seconds = 0.0;
    let mut spans = Vec::with_capacity(scenes.len());
    for (_, frames) in frames_of(&lengths, USUAL_FPS) {
        let seconds = frames as f64 / USUAL_FPS;
        spans.push(Span { start_seconds, seconds });
        start_seconds += seconds;
    }
    spans
}

/// The captions of all scenes, in lines for a film of that width and height.
pub fn captions(scenes: &[PlannedScene<'_>], (width, height): (u32, u32)) -> Vec<Cue> {
    let columns = Layout::of(width, height).columns;
    let mut all = Vec::new();
    for (scene, span) in scenes.iter().zip(spans(scenes)) {
        let (starts_at, seconds) = match scene.spoken_seconds {
            Some(spoken) => (span.start_seconds + LEAD_IN_SECONDS, spoken),
            None => (span.start_seconds, scene.planned_seconds),
        };
        let tokens = timed_tokens(scene.narration, &scene.words, &scene.heard, seconds, columns);
        if !tokens.is_empty() {
            all.extend(cues(&tokens, columns, starts_at, span.start_seconds + span.seconds));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_follow_the_scenes() {
        let scene = |narration, spoken_seconds| PlannedScene {
            narration,
            words: Vec::new(),
            heard: Heard::default(),
            spoken_seconds,
            planned_seconds: 2.0,
        };
        let scenes = [scene("One two three.", Some(3.0)), scene("", None), scene("Four five six.", None)];
        let spans = spans(&scenes);
        assert!((spans[1].start_seconds - 3.85).abs() <= 1.0 / USUAL_FPS);
        assert!((spans[2].start_seconds - 5.85).abs() <= 1.0 / USUAL_FPS);
        let cues = captions(&scenes, (1920, 1080));
        assert_eq!(cues.len(), 2);
        assert!(cues[0].start_seconds >= 0.35 && cues[0].end_seconds <= 3.85);
        assert!(cues[1].start_seconds >= 5.84 && cues[1].end_seconds <= 7.87);
    }
}
