//! When everything happens, in whole frames: scenes, narrations, and the parts that are encoded.
//!
//! A scene is a lead-in, its narration and a tail, rounded to whole frames by itself: so what its parts
//! are made of does not depend on the scenes before it, and a change to one scene leaves the parts of
//! all others as they are. What the rounding adds up to is made good in the film's last pause (and in
//! the rare film where it adds up to much, in pauses on the way), so that the whole is as long as its
//! scenes to a frame, however many there are. A transition lies around the cut, inside the pause that
//! tail and lead-in make: it takes no time of its own.

use super::preview::Among;
use super::spec::{FilmScene, FilmSpec, Transition};

/// Silence before a scene's narration.
pub const LEAD_IN_SECONDS: f64 = 0.35;
/// Silence after a scene's narration.
pub const TAIL_SECONDS: f64 = 0.5;
/// How long a transition lasts where the scenes leave it the room.
const TRANSITION_SECONDS: f64 = 0.6;
/// Samples a second of everything that is heard.
pub const SAMPLE_RATE: u32 = 48_000;
/// What a silent scene lasts when nobody planned a length.
const SILENT_SCENE_SECONDS: f64 = 5.0;
/// What rounding may add up to before a pause on the way makes it good.
const MOST_DRIFT_SECONDS: f64 = 0.15;

/// The length of a scene in the film, by its narration's length or else the planned one.
#[must_use]
pub fn scene_seconds(narration_seconds: Option<f64>, planned_seconds: f64) -> f64 {
    match narration_seconds {
        Some(narration) => LEAD_IN_SECONDS + narration + TAIL_SECONDS,
        None if planned_seconds.is_finite() && planned_seconds > 0.0 => planned_seconds,
        None => SILENT_SCENE_SECONDS,
    }
}

/// How a clip fills its scene, in frames of the film or in samples: shown so many times (at least once), and begun again
/// after each period (at least one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    pub times: u64,
    pub period: u64,
}

impl Repeats {
    /// Where in itself the clip is at a moment of its scene, and where it begins again. The last time it does not: a scene
    /// that is a frame longer than the periods would show its beginning for that frame.
    #[must_use]
    pub fn place(self, at: u64) -> (u64, u64) {
        let before = (at / self.period).min(self.times - 1);
        (at - before * self.period, if before + 1 == self.times { u64::MAX } else { self.period })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    pub fps: u32,
    pub scenes: Vec<SceneSpan>,
    pub total_frames: u64,
    /// In order, without a gap.
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SceneSpan {
    pub first_frame: u64,
    pub frames: u64,
    /// How many frames it has by itself: its moves keep this time, whatever its last pause makes good.
    pub own: u64,
    /// Where the narration is heard, in seconds of the film.
    pub speech: Option<(f64, f64)>,
    /// Frames of the transitions that reach into this scene, at its head and its tail.
    pub head: u64,
    pub tail: u64,
}

/// What is encoded on its own and joined to the others by copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub first_frame: u64,
    pub frames: u64,
    pub kind: PartKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Only this scene's picture.
    Still { scene: usize },
    /// From this scene's picture to the next one's; the cut is after `before` frames.
    Change { from: usize, before: u64 },
}

impl PartKind {
    /// The scene that an error in this part is about.
    pub fn scene(self) -> usize {
        match self {
            Self::Still { scene } => scene,
            Self::Change { from, .. } => from + 1,
        }
    }
}

impl Timeline {
    /// Lays out the film; `narrations` are the measured lengths, none where a scene is silent.
    pub fn new(spec: &FilmSpec, narrations: &[Option<f64>]) -> Self {
        let fps = f64::from(spec.fps);
        let seconds = |(scene, narration): (&FilmScene, &Option<f64>)| scene_seconds(*narration, scene.planned_seconds);
        let lengths: Vec<f64> = spec.scenes.iter().zip(narrations).map(seconds).collect();
        let mut scenes: Vec<SceneSpan> = Vec::with_capacity(lengths.len());
        let mut first_frame = 0;
        for ((own, frames), narration) in frames_of(&lengths, fps).into_iter().zip(narrations) {
            let start = first_frame as f64 / fps + LEAD_IN_SECONDS;
            let speech = narration.map(|length| (start, start + length));
            scenes.push(SceneSpan { first_frame, frames, own, speech, head: 0, tail: 0 });
            first_frame += frames;
        }
        lay_transitions(&mut scenes, spec.transition, fps);
        let parts = cut(&scenes, frame(TAIL_SECONDS * fps));
        Self { fps: spec.fps, scenes, total_frames: first_frame, parts }
    }

    /// Lays out one scene by itself. Its parts are those that the film has of it; where the film changes to the scene beside
    /// it, its own picture is a part that only this has.
    pub fn of_scene(spec: &FilmSpec, narration: Option<f64>, among: &Among) -> Self {
        let mut timeline = Self::new(spec, &[narration]);
        let fps = f64::from(spec.fps);
        let scene = &mut timeline.scenes[0];
        // What rounding adds up to is the whole film's to make good.
        scene.frames = scene.own;
        if spec.transition != Transition::Cut {
            scene.head = if among.position == 0 { 0 } else { room(scene, LEAD_IN_SECONDS, fps) };
            scene.tail = if among.is_last { 0 } else { room(scene, TAIL_SECONDS, fps) };
        }
        let (frames, head, tail) = (scene.frames, scene.head, scene.tail);
        let edge =
            |first_frame: u64, frames: u64| Some(Part { first_frame, frames, kind: PartKind::Still { scene: 0 } }).filter(|_| frames > 0);
        let ending = among.is_last.then(|| frame(TAIL_SECONDS * fps));
        timeline.parts = edge(0, head).into_iter().chain(stills(&timeline.scenes, 0, ending)).chain(edge(frames - tail, tail)).collect();
        timeline.total_frames = frames;
        timeline
    }

    /// The stretch over which a scene's picture moves: its own frames, and what a transition at either
    /// end would show of it, whether there is one or not. The first frame may lie before the film.
    pub fn moving(&self, scene: usize, transition: Transition) -> (i64, u64) {
        let reach = if transition == Transition::Cut { 0 } else { half_transition(f64::from(self.fps)) };
        let span = &self.scenes[scene];
        (span.first_frame as i64 - reach as i64, span.own + 2 * reach)
    }

    /// Seconds of the film at which a frame begins.
    pub fn seconds(&self, frame: u64) -> f64 {
        frame as f64 / f64::from(self.fps)
    }

    /// Samples from the film's start to a frame; whole, since every frame rate divides 48000.
    pub fn samples(&self, frame: u64) -> u64 {
        frame * u64::from(SAMPLE_RATE / self.fps)
    }
}

/// How many frames each scene has by itself, and in the film.
pub fn frames_of(lengths: &[f64], fps: f64) -> Vec<(u64, u64)> {
    let mut drift = 0.0;
    let mut frames = Vec::with_capacity(lengths.len());
    for (index, seconds) in lengths.iter().enumerate() {
        let own = frame(seconds * fps).max(1);
        drift += own as f64 - seconds * fps;
        let mut made = own as i64;
        if index + 1 == lengths.len() || drift.abs() > MOST_DRIFT_SECONDS * fps {
            made = (made - drift.round() as i64).max(1);
            drift -= (own as i64 - made) as f64;
        }
        frames.push((own, made as u64));
    }
    frames
}

fn half_transition(fps: f64) -> u64 {
    frame(TRANSITION_SECONDS / 2.0 * fps)
}

fn lay_transitions(scenes: &mut [SceneSpan], transition: Transition, fps: f64) {
    if transition == Transition::Cut {
        return;
    }
    for after in 1..scenes.len() {
        let tail = room(&scenes[after - 1], TAIL_SECONDS, fps);
        let head = room(&scenes[after], LEAD_IN_SECONDS, fps);
        scenes[after - 1].tail = tail;
        scenes[after].head = head;
    }
}

/// How many frames of a scene a transition may take, at an end with that pause: a third of a very short scene at most, or of
/// what rounding leaves of it, so that it is seen on its own too.
fn room(scene: &SceneSpan, pause: f64, fps: f64) -> u64 {
    let pause = (pause - (scene.own as f64 - scene.frames as f64).max(0.0) / fps).max(0.0);
    half_transition(fps).min(scene.own.min(scene.frames) / 3).min(match scene.speech {
        Some(_) => (pause * fps + 1e-6).floor() as u64,
        None => u64::MAX,
    })
}

/// `ending`: frames of the last scene that are a part of their own, being as many as the film's length asks.
fn cut(scenes: &[SceneSpan], ending: u64) -> Vec<Part> {
    let mut parts = Vec::with_capacity(scenes.len() * 2);
    for (index, scene) in scenes.iter().enumerate() {
        parts.extend(stills(scenes, index, (index + 1 == scenes.len()).then_some(ending)));
        let head = scenes.get(index + 1).map_or(0, |next| next.head);
        if scene.tail + head > 0 {
            let first_frame = scene.first_frame + scene.frames - scene.tail;
            let kind = PartKind::Change { from: index, before: scene.tail };
            parts.push(Part { first_frame, frames: scene.tail + head, kind });
        }
    }
    parts
}

/// The parts of one scene's own picture; with its ending by itself, where that is asked for and there is room for it.
fn stills(scenes: &[SceneSpan], index: usize, ending: Option<u64>) -> Vec<Part> {
    let scene = &scenes[index];
    let first_frame = scene.first_frame + scene.head;
    let frames = scene.frames - scene.head - scene.tail;
    let kind = PartKind::Still { scene: index };
    if let Some(ending) = ending {
        let steady = (scene.own - scene.head).saturating_sub(ending);
        if steady >= ending && steady < frames {
            let last = Part { first_frame: first_frame + steady, frames: frames - steady, kind };
            return vec![Part { first_frame, frames: steady, kind }, last];
        }
    }
    vec![Part { first_frame, frames, kind }]
}

/// To the nearest; a half goes up, whatever the last bits of `value` make of it.
fn frame(value: f64) -> u64 {
    (value + 1e-6).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::tests::spec_of;

    const TRANSITIONS: [Transition; 4] = [Transition::Cut, Transition::Crossfade, Transition::Dip, Transition::Slide];

    #[test]
    fn the_film_is_the_sum_of_its_scenes_to_a_frame() {
        for count in [1, 3, 12, 50, 200] {
            for fps in [24, 25, 30, 60] {
                for transition in TRANSITIONS {
                    let mut spec = spec_of(count);
                    (spec.fps, spec.transition) = (fps, transition);
                    let narrations: Vec<_> = (0_u32..).take(count).map(|i| Some(1.0137 + f64::from(i) * 0.0313)).collect();
                    let timeline = Timeline::new(&spec, &narrations);
                    let sum: f64 = narrations.iter().map(|length| scene_seconds(*length, 0.0)).sum();
                    assert!((timeline.seconds(timeline.total_frames) - sum).abs() <= 0.5 / f64::from(fps) + 1e-9);
                    assert_whole(&timeline);
                }
            }
        }
    }

    /// Parts lie side by side from the first frame to the last, each with something in it.
    fn assert_whole(timeline: &Timeline) {
        let mut next = 0;
        for part in &timeline.parts {
            assert_eq!(part.first_frame, next);
            assert!(part.frames > 0);
            next += part.frames;
        }
        assert_eq!(next, timeline.total_frames);
    }

    #[test]
    fn a_scene_by_itself_has_the_parts_that_the_film_has_of_it() {
        let stills = |timeline: &Timeline, scene: usize, transition| {
            let (begins, _) = timeline.moving(scene, transition);
            let parts = timeline.parts.iter().filter(move |part| part.kind == PartKind::Still { scene });
            parts.map(move |part| (part.first_frame as i64 - begins, part.frames)).collect::<Vec<_>>()
        };
        for (fps, transition) in [24, 25, 30, 60].into_iter().flat_map(|fps| TRANSITIONS.map(|transition| (fps, transition))) {
            let mut spec = spec_of(4);
            (spec.fps, spec.transition) = (fps, transition);
            let narrations = [Some(2.31), None, Some(0.2), Some(3.017)];
            let film = Timeline::new(&spec, &narrations);
            for (scene, narration) in narrations.into_iter().enumerate() {
                let one = FilmSpec { scenes: vec![spec.scenes[scene].clone()], ..spec.clone() };
                let among = Among { position: scene, is_last: scene == 3, stills_before: vec![] };
                let alone = Timeline::of_scene(&one, narration, &among);
                assert_whole(&alone);
                assert_eq!(alone.total_frames, film.scenes[scene].own);
                // The film's last part is as long as its length asks.
                let shared = stills(&film, scene, transition)[0];
                assert!(stills(&alone, 0, transition).contains(&shared), "{scene} at {fps} with {transition:?}: {:?}", alone.parts);
            }
        }
    }

    #[test]
    fn short_scenes_that_rounding_makes_shorter_yet_have_a_picture_of_their_own() {
        for count in 1..=200_u32 {
            for (seconds, fps) in (1..=15).flat_map(|seconds| [24, 25, 30, 60].map(|fps| (seconds, fps))) {
                let mut spec = spec_of(count as usize);
                (spec.fps, spec.transition) = (fps, Transition::Crossfade);
                spec.scenes.iter_mut().for_each(|scene| scene.planned_seconds = f64::from(seconds) / f64::from(count));
                let timeline = Timeline::new(&spec, &vec![None; spec.scenes.len()]);
                assert_whole(&timeline);
                let seen = timeline.scenes.iter().all(|scene| scene.frames > scene.head + scene.tail);
                assert!(seen, "{count} in {seconds} s at {fps}");
            }
        }
    }

    #[test]
    fn a_change_leaves_the_frames_of_all_other_scenes_as_they_are() {
        let mut lengths: Vec<f64> = (0_u32..50).map(|i| 4.0 + f64::from(i * 37 % 50) * 0.0713).collect();
        let before = frames_of(&lengths, 30.0);
        for seconds in [3.21, 4.017, 9.9] {
            lengths[20] = seconds;
            let after = frames_of(&lengths, 30.0);
            let changed = (0..49).filter(|&scene| scene != 20 && before[scene] != after[scene]).count();
            assert_eq!(changed, 0, "{seconds}");
            assert_eq!(before[49].0, after[49].0);
        }
        // The worst that can be: every scene is rounded the same way.
        let frames = frames_of(&[1.0 + 0.49 / 30.0; 200], 30.0);
        let made: u64 = frames.iter().map(|(_, made)| made).sum();
        assert!((made as f64 - 200.0 * 30.49).abs() <= 0.5, "{made}");
        assert!(frames.iter().all(|(own, made)| own.abs_diff(*made) <= 5));
    }

    #[test]
    fn transitions_stay_clear_of_speech() {
        let mut spec = spec_of(3);
        spec.transition = Transition::Crossfade;
        let timeline = Timeline::new(&spec, &[Some(2.0), Some(0.1), Some(3.3)]);
        let changes = timeline.parts.iter().filter(|part| matches!(part.kind, PartKind::Change { .. }));
        assert_eq!(changes.clone().count(), 2);
        for change in changes {
            let (from, to) = (timeline.seconds(change.first_frame), timeline.seconds(change.first_frame + change.frames));
            for (start, end) in timeline.scenes.iter().filter_map(|scene| scene.speech) {
                assert!(to <= start + 1e-9 || from >= end - 0.5 / 30.0, "{from}–{to} meets {start}–{end}");
            }
        }
    }

    #[test]
    fn a_silent_scene_lasts_as_planned() {
        let mut spec = spec_of(2);
        spec.scenes[0].planned_seconds = 2.5;
        spec.scenes[1].planned_seconds = f64::NAN;
        let timeline = Timeline::new(&spec, &[None, None]);
        assert_eq!(timeline.scenes[0].frames, 75);
        assert_eq!(timeline.scenes[1].frames, 150);
    }
}
