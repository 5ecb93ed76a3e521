//! The frames of one part: a moving still or a clip, or the change from one to the next, and captions over them.

use std::io;
use std::sync::Arc;

use multiversion::multiversion;

use crate::film::captions::inscription::Inscription;
use crate::film::pictures::clip::{Clip, Reader};
use crate::film::pictures::motion::Move;
use crate::film::pictures::sampler::{Picture, Sampler};
use crate::film::spec::Transition;
use crate::media::ffmpeg::Tools;

use super::look::{Looker, Seen};

/// What a scene shows, and its place in time.
#[derive(Clone)]
pub struct Shot {
    pub source: Source,
    /// The frame of the film with which its move begins, maybe before the film does, and how many it takes.
    pub first_frame: i64,
    pub frames: u64,
}

#[derive(Clone)]
pub enum Source {
    Still { picture: Arc<Picture>, moves: Move },
    Clip { clip: Arc<Clip>, tools: Tools },
}

/// What a part shows.
#[derive(Clone)]
pub enum Content {
    One(Shot),
    Change { from: Shot, to: Shot, transition: Transition },
}

/// Draws the frames of one part, one after the other.
pub struct Frames {
    content: Content,
    first_frame: u64,
    frames: u64,
    captions: Option<Inscription>,
    sampler: Sampler,
    frame: Picture,
    /// The frame before.
    before: Picture,
    other: Picture,
    decoders: [Decoder; 2],
    /// Whether `frame` is the bare picture of a still that does not move.
    clean: bool,
    looker: Looker,
}

impl Frames {
    #[must_use]
    pub fn new(content: Content, first_frame: u64, frames: u64, captions: Option<Inscription>, (width, height): (usize, usize)) -> Self {
        let other = match &content {
            Content::One(_) => Picture::new(0, 0),
            Content::Change { .. } => Picture::new(width, height),
        };
        let (sampler, decoders, looker) = (Sampler::default(), Default::default(), Looker::default());
        let (frame, before) = (Picture::new(width, height), Picture::new(width, height));
        Self { content, first_frame, frames, captions, sampler, frame, before, other, decoders, clean: false, looker }
    }

    /// Draws the part's frame with this index. The memory of the frame before it is left as it is.
    ///
    /// # Errors
    /// When a clip cannot be read.
    pub fn draw(&mut self, index: u64) -> io::Result<&Picture> {
        let at = self.first_frame + index;
        let shows = self.captions.as_ref().is_some_and(|captions| captions.shows_at(index));
        let stands = self.clean && matches!(&self.content, Content::One(shot) if shot.is_still());
        if !stands || shows {
            std::mem::swap(&mut self.frame, &mut self.before);
            if stands {
                self.frame.data.copy_from_slice(&self.before.data);
            }
        }
        let [first, second] = &mut self.decoders;
        match &self.content {
            Content::One(shot) => {
                if !stands {
                    shot.draw(at, &mut self.sampler, first, &mut self.frame)?;
                }
            }
            Content::Change { from, to, transition } => {
                from.draw(at, &mut self.sampler, first, &mut self.frame)?;
                to.draw(at, &mut self.sampler, second, &mut self.other)?;
                // Neither the first nor the last frame is wholly one picture: the stills beside it are.
                let share = smooth((index + 1) as f64 / (self.frames + 1) as f64);
                blend(*transition, share, &mut self.frame, &self.other);
            }
        }
        self.looker.look(index, &self.frame);
        self.clean = true;
        if let Some(captions) = self.captions.as_mut().filter(|_| shows) {
            captions.write(index, &mut self.frame);
            self.clean = false;
        }
        Ok(&self.frame)
    }

    /// What was seen on the frames drawn so far.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        self.looker.seen()
    }
}

impl Shot {
    fn is_still(&self) -> bool {
        matches!(&self.source, Source::Still { moves, .. } if moves.is_still())
    }

    fn draw(&self, at: u64, sampler: &mut Sampler, decoder: &mut Decoder, frame: &mut Picture) -> io::Result<()> {
        let place = at as i64 - self.first_frame;
        match &self.source {
            Source::Still { picture, moves } => {
                let moment = place as f64 / (self.frames.max(2) - 1) as f64;
                sampler.draw(picture, moves.at(moment), frame);
                Ok(())
            }
            Source::Clip { clip, tools } => decoder.draw(clip, tools, u64::try_from(place).unwrap_or(0), frame),
        }
    }
}

/// Before a part that begins behind its clip's end, that end is looked for in so many frames at first.
const FIRST_STRETCH: u64 = 30;

/// A clip on its way through a part.
#[derive(Default)]
struct Decoder {
    reader: Option<Reader>,
    last: Option<Picture>,
}

impl Decoder {
    fn draw(&mut self, clip: &Clip, tools: &Tools, place: u64, frame: &mut Picture) -> io::Result<()> {
        let (wanted, _) = clip.repeats.place(place);
        if self.reader.as_ref().is_none_or(|reader| reader.next != wanted) {
            self.reader = Some(clip.read_from(tools, wanted)?);
        }
        let mut read = self.next(frame)?;
        if !read && self.last.is_none() {
            // It is shorter than it promised, and ends before this part begins: what it ends with is held, as in the part before.
            read = self.end_of(clip, tools, wanted, frame)?;
        }
        if read {
            // A transition paints over the frame: what a clip that ends too early holds on to is kept apart.
            match &mut self.last {
                Some(last) => last.data.copy_from_slice(&frame.data),
                None => self.last = Some(frame.clone()),
            }
            return Ok(());
        }
        let last = self.last.as_ref().ok_or_else(|| io::Error::other("the clip holds no picture there"))?;
        frame.data.copy_from_slice(&last.data);
        // The decoder has ended: keep its place, so that it is not started anew for each frame.
        if let Some(reader) = &mut self.reader {
            reader.next += 1;
        }
        Ok(())
    }
}

impl Decoder {
    fn next(&mut self, frame: &mut Picture) -> io::Result<bool> {
        self.reader.as_mut().map_or(Ok(false), |reader| reader.read(frame))
    }

    /// The last frame of a clip that ends before `wanted`, looked for in ever longer stretches before it; false where it has none.
    fn end_of(&mut self, clip: &Clip, tools: &Tools, wanted: u64, frame: &mut Picture) -> io::Result<bool> {
        let mut stretch = FIRST_STRETCH;
        loop {
            let from = wanted.saturating_sub(stretch);
            let mut reader = clip.read_from(tools, from)?;
            let mut found = false;
            while reader.read(frame)? {
                found = true;
            }
            if found || from == 0 {
                reader.next = wanted + 1;
                self.reader = Some(reader);
                return Ok(found);
            }
            stretch *= 4;
        }
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
        Transition::Crossfade => mix(&mut frame.data, &to.data, (share * 256.0).round() as u16),
        Transition::Dip => {
            if share >= 0.5 {
                frame.data.copy_from_slice(&to.data);
            }
            darken(frame, (share - 0.5).abs() * 2.0);
        }
        Transition::Slide => slide(frame, to, share),
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn mix(from: &mut [u8], to: &[u8], share: u16) {
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
    use crate::film::pictures::motion::choose;
    use crate::film::spec::Motion;
    use crate::film::tests::spec_of;

    fn flat(value: u8) -> Shot {
        let spec = spec_of(1);
        let mut picture = Picture::new(64, 36);
        for (index, (plane, _)) in picture.planes_mut().into_iter().enumerate() {
            plane.fill(if index == 0 { value } else { 128 });
        }
        let moves = choose(Motion::None, &[], &spec.scenes, |_| 1.0)[0];
        Shot { source: Source::Still { picture: Arc::new(picture), moves }, first_frame: 0, frames: 100 }
    }

    fn middle(transition: Transition, index: u64) -> u8 {
        let content = Content::Change { from: flat(200), to: flat(100), transition };
        let mut frames = Frames::new(content, 40, 19, None, (64, 36));
        frames.draw(index).expect("drawn").data[64 * 18 + 40]
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
