//! How a still moves: which move a scene gets, and where the view stands on each frame.
//!
//! A picture is prepared larger than the frame by its move's reach; a view is the part of it that one
//! frame shows, at a scale between 1 (a source pixel for a frame's pixel) and the reach (all of it).

use crate::film::spec::{FilmScene, Motion, Visual};

/// How much larger than the frame a moving picture is prepared, at usual strength.
const REACH: f64 = 1.12;
/// That of a card: its title, near the edge, stays within the frame on every move.
const CARD_REACH: f64 = 1.06;
/// Where in the reach the pans lie: off 1, where all pixels of a frame would be sharp or soft together.
const PAN_DEPTH: f64 = 0.35;
/// How fast a view may change, as a share of the whole move for each second: a short scene moves less.
const MOVE_PER_SECOND: f64 = 0.12;
/// Seconds over which a move starts and comes to rest.
const EASE_SECONDS: f64 = 1.2;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Source pixels for each pixel of the frame.
    pub scale: f64,
    /// −1 (left, top) to 1 (right, bottom) of the room that the scale leaves.
    pub x: f64,
    pub y: f64,
}

/// A scene's move, from one view to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    pub from: View,
    pub to: View,
    /// How much larger than the frame the picture is.
    pub reach: f64,
    /// Share of the move spent on starting, and on coming to rest.
    ease: f64,
}

/// The moves of all scenes, each over so many seconds. Chosen by the scene's id, so that a scene keeps its move when others come
/// and go, but never the same twice running: `before` are the ids of the stills that come before these scenes.
#[must_use]
pub fn choose(motion: Motion, before: &[String], scenes: &[FilmScene], seconds: impl Fn(usize) -> f64) -> Vec<Move> {
    let mut last = before.iter().fold(usize::MAX, |last, id| kind_after(last, id));
    let moves = scenes.iter().enumerate().map(|(position, scene)| {
        let Some(reach) = reach(motion, &scene.visual) else { return Move::still() };
        last = kind_after(last, &scene.id);
        Move::of_kind(KINDS[last], reach, seconds(position))
    });
    moves.collect()
}

/// How much larger than the frame a picture is that moves; none for what does not.
#[must_use]
pub fn reach(motion: Motion, visual: &Visual) -> Option<f64> {
    match (motion, visual) {
        (Motion::Auto { strength }, Visual::Still { card: true, .. }) => Some(1.0 + (CARD_REACH - 1.0) * strength.min(1.0)),
        (Motion::Auto { strength }, Visual::Still { card: false, .. }) => Some(1.0 + (REACH - 1.0) * strength),
        (Motion::None, _) | (_, Visual::Clip { .. }) => None,
    }
}

/// Which of the kinds a still with that id gets behind one of that kind.
fn kind_after(last: usize, id: &str) -> usize {
    let kind = usize::from(spread(id)) % KINDS.len();
    if kind == last { (kind + 1) % KINDS.len() } else { kind }
}

#[derive(Clone, Copy)]
enum Kind {
    /// Towards (true) or away from a point.
    Zoom { inwards: bool, x: f64, y: f64 },
    /// Along a direction.
    Pan { x: f64, y: f64 },
}

const KINDS: [Kind; 10] = [
    Kind::Zoom { inwards: true, x: 0.0, y: 0.0 },
    Kind::Pan { x: 1.0, y: 0.0 },
    Kind::Zoom { inwards: false, x: 0.0, y: -0.2 },
    Kind::Zoom { inwards: true, x: -0.5, y: -0.4 },
    Kind::Pan { x: -1.0, y: 0.25 },
    Kind::Zoom { inwards: false, x: 0.5, y: 0.2 },
    Kind::Pan { x: 0.15, y: -1.0 },
    Kind::Zoom { inwards: true, x: 0.5, y: -0.3 },
    Kind::Pan { x: 0.8, y: 0.6 },
    Kind::Zoom { inwards: false, x: -0.5, y: 0.3 },
];

impl Move {
    fn still() -> Self {
        let view = View { scale: 1.0, x: 0.0, y: 0.0 };
        Self { from: view, to: view, reach: 1.0, ease: 0.25 }
    }

    fn of_kind(kind: Kind, reach: f64, seconds: f64) -> Self {
        let amount = (seconds * MOVE_PER_SECOND).min(1.0);
        let (from, to) = match kind {
            Kind::Zoom { inwards, x, y } => {
                let wide = View { scale: reach, x, y };
                let near = View { scale: reach.powf(1.0 - amount), x, y };
                if inwards { (wide, near) } else { (near, wide) }
            }
            Kind::Pan { x, y } => {
                let (x, y) = (x * amount, y * amount);
                let scale = reach.powf(PAN_DEPTH);
                (View { scale, x: -x, y: -y }, View { scale, x, y })
            }
        };
        Self { from, to, reach, ease: (EASE_SECONDS / seconds.max(0.1)).clamp(0.01, 0.5) }
    }

    #[must_use]
    pub fn is_still(&self) -> bool {
        self.from == self.to
    }

    /// The view at a moment of the scene, 0 at its first frame and 1 at its last. Scales go by equal
    /// ratios, which is what the eye takes for an even speed.
    #[must_use]
    pub fn at(&self, moment: f64) -> View {
        let t = self.eased(moment.clamp(0.0, 1.0));
        let between = |from: f64, to: f64| from + (to - from) * t;
        View {
            scale: self.from.scale * (self.to.scale / self.from.scale).powf(t),
            x: between(self.from.x, self.to.x),
            y: between(self.from.y, self.to.y),
        }
    }

    /// Even speed with a linear rise and fall of it at the ends.
    fn eased(&self, t: f64) -> f64 {
        let ramp = self.ease;
        let rise = |t: f64| t * t / (2.0 * ramp * (1.0 - ramp));
        if t < ramp {
            rise(t)
        } else if t > 1.0 - ramp {
            1.0 - rise(1.0 - t)
        } else {
            (t - ramp / 2.0) / (1.0 - ramp)
        }
    }
}

/// FNV-1a, folded: the same on every machine and in every release.
fn spread(id: &str) -> u16 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let [a, b, c, d, ..] = (hash ^ (hash >> 32)).to_le_bytes();
    u16::from_le_bytes([a ^ c, b ^ d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::tests::spec_of;

    #[test]
    fn no_move_comes_twice_running_and_each_stays_inside_the_picture() {
        let spec = spec_of(60);
        let moves = choose(Motion::Auto { strength: 1.0 }, &[], &spec.scenes, |_| 9.0);
        for pair in moves.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for m in &moves {
            for step in 0..=100 {
                let view = m.at(f64::from(step) / 100.0);
                assert!((1.0 - 1e-9..=m.reach + 1e-9).contains(&view.scale), "{view:?}");
                assert!(view.x.abs() <= 1.0 && view.y.abs() <= 1.0, "{view:?}");
            }
        }
    }

    #[test]
    fn stronger_moves_go_further_but_never_cut_a_cards_type_off() {
        let mut spec = spec_of(2);
        if let Visual::Still { card, .. } = &mut spec.scenes[1].visual {
            *card = true;
        }
        let reaches = |strength| choose(Motion::Auto { strength }, &[], &spec.scenes, |_| 9.0).iter().map(|m| m.reach).collect::<Vec<_>>();
        let (half, usual, double) = (reaches(0.5), reaches(1.0), reaches(2.0));
        assert_eq!(usual, [REACH, CARD_REACH]);
        assert!((double[0] - 1.0) / (half[0] - 1.0) - 4.0 < 1e-9, "{half:?} {double:?}");
        assert!(half[1] < usual[1] && double[1] == usual[1], "{half:?} {double:?}");
    }

    #[test]
    fn speed_never_jumps() {
        let m = Move::of_kind(Kind::Pan { x: 1.0, y: 0.0 }, REACH, 9.0);
        let steps: Vec<f64> = (0..240).map(|f| m.at(f64::from(f) / 239.0).x).collect();
        let speeds: Vec<f64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let most = speeds.iter().copied().fold(0.0, f64::max);
        assert!(speeds.windows(2).all(|pair| (pair[1] - pair[0]).abs() < most * 0.05));
        assert!((m.at(0.0).x + 1.0).abs() < 1e-9 && (m.at(1.0).x - 1.0).abs() < 1e-9);
    }
}
