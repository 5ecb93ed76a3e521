//! What a viewer would see of a part's frames: stretches in which they are black, or stand still.
//!
//! Looked at as they are drawn, on every sixteenth line and before captions: that costs nothing, and
//! what was seen is kept with the part.

use serde::{Deserialize, Serialize};

use crate::film::pictures::sampler::Picture;

/// Every so many lines are looked at.
const LINES: usize = 16;
/// Luma up to here is black (16 is the least), where hardly any of it is brighter.
const BLACK: u8 = 22;
/// A part in so many may be brighter.
const BRIGHT_SHARE: usize = 200;

/// First and last frames (the last one excluded) of what was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub black: Vec<(u64, u64)>,
    /// Each like the frame before it.
    pub frozen: Vec<(u64, u64)>,
}

impl Seen {
    /// Adds what was seen on a part that begins at this frame; stretches that meet become one.
    pub fn join(&mut self, part: &Self, first_frame: u64) {
        for (all, part) in [(&mut self.black, &part.black), (&mut self.frozen, &part.frozen)] {
            for &(from, to) in part {
                let (from, to) = (from + first_frame, to + first_frame);
                match all.last_mut() {
                    // The first frame of a part is like none before it: a gap of one is none.
                    Some(last) if from <= last.1 + 1 => last.1 = to,
                    _ => all.push((from, to)),
                }
            }
        }
    }
}

/// Looks at frames one after the other.
#[derive(Default)]
pub struct Looker {
    before: Vec<u8>,
    now: Vec<u8>,
    seen: Seen,
}

impl Looker {
    pub fn look(&mut self, index: u64, frame: &Picture) {
        let [(luma, width), ..] = frame.planes();
        self.now.clear();
        for line in luma.chunks_exact(width).skip(LINES / 2).step_by(LINES) {
            self.now.extend_from_slice(line);
        }
        let bright = self.now.iter().filter(|value| **value > BLACK).count();
        if bright * BRIGHT_SHARE <= self.now.len() {
            add(&mut self.seen.black, index);
        }
        if self.now == self.before {
            add(&mut self.seen.frozen, index);
        }
        std::mem::swap(&mut self.now, &mut self.before);
    }

    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.seen
    }
}

fn add(stretches: &mut Vec<(u64, u64)>, index: u64) {
    match stretches.last_mut() {
        Some(last) if last.1 == index => last.1 += 1,
        _ => stretches.push((index, index + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_frozen_stretches_are_seen_across_parts() {
        let mut looker = Looker::default();
        for index in 0..10_u64 {
            let mut frame = Picture::new(64, 64);
            frame.data.fill(if index < 4 { 16 } else { u8::try_from(100 + index.min(7)).unwrap_or(255) });
            looker.look(index, &frame);
        }
        let seen = looker.seen();
        assert_eq!(seen, &Seen { black: vec![(0, 4)], frozen: vec![(1, 4), (8, 10)] });
        let mut all = seen.clone();
        all.join(&Seen { black: vec![], frozen: vec![(1, 5)] }, 10);
        assert_eq!(all.frozen, [(1, 4), (8, 15)]);
    }
}
