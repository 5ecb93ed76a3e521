//! The frames of one part: a moving still, or the change from one still to the next.

use std::sync::Arc;

use super::motion::Move;
use super::sampler::{Picture, Sampler};
use super::spec::Transition;

/// A scene's picture and its place in time.
#[derive(Clone)]
pub struct Shot {
    pub picture: Arc<Picture>,
    pub moves: Move,
    /// The first frame of the film on which it is seen, and on how many.
    pub first_frame: u64,
    pub frames: u64,
}

/// What a part shows.
#[derive(Clone)]
pub enum Content {
    Still(Shot),
    Change { from: Shot, to: Shot, transition: Transition },
}

/// Draws the frames of one part, one after the other.
pub struct Frames {
    content: Content,
    first_frame: u64,
    frames: u64,
    sampler: Sampler,
    frame: Picture,
    other: Picture,
}

impl Frames {
    #[must_use]
    pub fn new(content: Content, first_frame: u64, frames: u64, (width, height): (usize, usize)) -> Self {
        let other = match &content {
            Content::Still(_) => Picture::new(0, 0),
            Content::Change { .. } => Picture::new(width, height),
        };
        Self { content, first_frame, frames, sampler: Sampler::default(), frame: Picture::new(width, height), other }
    }

    /// Draws the part's frame with this index.
    pub fn draw(&mut self, index: u64) -> &Picture {
        let at = self.first_frame + index;
        match &self.content {
            Content::Still(shot) => {
                // A still that does not move is drawn once.
                if index == 0 || !shot.moves.is_still() {
                    shot.draw(at, &mut self.sampler, &mut self.frame);
                }
            }
            Content::Change { from, to, transition } => {
                from.draw(at, &mut self.sampler, &mut self.frame);
                to.draw(at, &mut self.sampler, &mut self.other);
                // Neither the first nor the last frame is wholly one picture: the stills beside it are.
                let share = smooth((index + 1) as f64 / (self.frames + 1) as f64);
                blend(*transition, share, &mut self.frame, &self.other);
            }
        }
        &self.frame
    }
}

impl Shot {
    fn draw(&self, at: u64, sampler: &mut Sampler, frame: &mut Picture) {
        let moment = at.saturating_sub(self.first_frame) as f64 / (self.frames.max(2) - 1) as f64;
        sampler.draw(&self.picture, self.moves.at(moment), frame);
    }
}

/// Brings `share` (0–1) of `to` into `frame`.
fn blend(transition: Transition, share: f64, frame: &mut Picture, to: &Picture) {
    match transition {
        Transition::Cut => {
            if share >= 0.5 {
                frame.data.copy_from_slice(&to.data);
            }
        }
        Transition::Crossfade => mix(&mut frame.data, &to.data, share),
        Transition::Dip => {
            if share >= 0.5 {
                frame.data.copy_from_slice(&to.data);
            }
            darken(frame, (share - 0.5).abs() * 2.0);
        }
        Transition::Slide => slide(frame, to, share),
    }
}

fn mix(from: &mut [u8], to: &[u8], share: f64) {
    let share = (share * 256.0).round() as u16;
    for (from, to) in from.iter_mut().zip(to) {
        *from = ((u16::from(*from) * (256 - share) + u16::from(*to) * share + 128) >> 8) as u8;
    }
}

/// Towards black: luma 16, no colour.
fn darken(frame: &mut Picture, light: f64) {
    let light = (light * 256.0).round() as i32;
    for (index, (plane, _)) in frame.planes_mut().into_iter().enumerate() {
        let black = if index == 0 { 16 } else { 128 };
        for value in plane {
            *value = (black + (((i32::from(*value) - black) * light + 128) >> 8)).clamp(0, 255) as u8;
        }
    }
}

/// The new picture comes in from the right and pushes the old one out.
fn slide(frame: &mut Picture, to: &Picture, share: f64) {
    let columns = ((frame.width / 2) as f64 * share).round() as usize;
    for (index, ((plane, width), (other, _))) in frame.planes_mut().into_iter().zip(to.planes()).enumerate() {
        let shift = if index == 0 { columns * 2 } else { columns };
        for (line, new) in plane.chunks_exact_mut(width).zip(other.chunks_exact(width)) {
            line.copy_within(shift.., 0);
            line[width - shift..].copy_from_slice(&new[..shift]);
        }
    }
}

fn smooth(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::video::film::motion::choose;
    use crate::providers::video::film::spec::Motion;
    use crate::providers::video::film::tests::spec_of;

    fn flat(value: u8) -> Shot {
        let spec = spec_of(1);
        let mut picture = Picture::new(64, 36);
        for (index, (plane, _)) in picture.planes_mut().into_iter().enumerate() {
            plane.fill(if index == 0 { value } else { 128 });
        }
        let moves = choose(Motion::None, &spec.scenes, &[1.0])[0];
        Shot { picture: Arc::new(picture), moves, first_frame: 0, frames: 100 }
    }

    fn middle(transition: Transition, index: u64) -> u8 {
        let content = Content::Change { from: flat(200), to: flat(100), transition };
        let frame = Frames::new(content, 40, 19, (64, 36)).draw(index).clone();
        frame.data[64 * 18 + 40]
    }

    #[test]
    fn transitions_go_from_the_one_to_the_other() {
        assert!(middle(Transition::Crossfade, 0) > 195 && middle(Transition::Crossfade, 18) < 105);
        assert_eq!(middle(Transition::Crossfade, 9), 150);
        assert_eq!(middle(Transition::Dip, 9), 16);
        assert_eq!((middle(Transition::Slide, 0), middle(Transition::Slide, 18)), (200, 100));
        assert_eq!((middle(Transition::Cut, 8), middle(Transition::Cut, 9)), (200, 100));
    }
}
