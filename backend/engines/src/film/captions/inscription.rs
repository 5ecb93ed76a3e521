//! Captions drawn and laid over the frames of one part, each drawn once.

use tiny_skia::{Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};

use crate::film::pictures::sampler::Picture;
use crate::film::spec::CaptionStyle;

use super::layout::{Burned, Caption};
use super::lettering::{self, Line};
use super::overlay::Overlay;

/// From line to line, in ems; more where a script's letters are taller.
const FEED: f32 = 1.24;
/// All in ems.
const OUTLINE: f32 = 0.062;
const SHADOW: f32 = 0.04;
const BOX_SIDE: f32 = 0.42;
const BOX_ABOVE: f32 = 0.16;
const BOX_CORNER: f32 = 0.22;

/// The captions of one part.
pub struct Inscription {
    burned: Burned,
    captions: Vec<Caption>,
    drawn: Option<(usize, Overlay)>,
}

impl Inscription {
    /// None where nothing is shown on these frames.
    #[must_use]
    pub fn new(burned: &Burned, first_frame: u64, frames: u64) -> Option<Self> {
        let captions = burned.during(first_frame, frames);
        (!captions.is_empty()).then(|| Self { burned: burned.clone(), captions, drawn: None })
    }

    /// Whether the part's frame with this index shows a caption.
    #[must_use]
    pub fn shows_at(&self, index: u64) -> bool {
        self.captions.iter().any(|caption| caption.frames.contains(&index))
    }

    /// Lays the caption of this frame over it.
    pub fn write(&mut self, index: u64, frame: &mut Picture) {
        let Some(current) = self.captions.iter().position(|caption| caption.frames.contains(&index)) else { return };
        if self.drawn.as_ref().is_none_or(|(drawn, _)| *drawn != current) {
            self.drawn = draw(&self.burned, &self.captions[current]).map(|overlay| (current, overlay));
        }
        if let Some((_, overlay)) = &self.drawn {
            overlay.blend(frame);
        }
    }
}

/// None for a caption without ink.
fn draw(burned: &Burned, caption: &Caption) -> Option<Overlay> {
    let em = burned.layout.em as f32 * caption.scale;
    let (width, height) = (burned.size.0 as f32, burned.size.1 as f32);
    let set = |(index, text): (usize, &String)| {
        let lit = caption.lit.as_ref().filter(|(line, _)| *line == index).map(|(_, range)| range);
        lettering::set(text, &caption.family, caption.from_right, lit)
    };
    let lines: Vec<Line> = caption.lines.iter().enumerate().map(set).collect();
    let (ascent, descent) = lines.iter().fold((0.0_f32, 0.0_f32), |(a, d), line| (a.max(line.ascent), d.max(line.descent)));
    let feed = (ascent + descent).clamp(FEED, 1.55) * em;
    let last = height - burned.layout.margin_bottom as f32 - descent.min(0.4) * em;
    let first = last - feed * (lines.len() - 1) as f32;
    let place = |index: usize, path: Option<Path>| {
        let left = (width - lines[index].width * em) / 2.0;
        path?.transform(Transform::from_scale(em, em).post_translate(left, first + feed * index as f32))
    };
    let all = |paths: Vec<Option<Path>>| {
        let mut all = PathBuilder::new();
        for path in paths.into_iter().enumerate().filter_map(|(index, path)| place(index, path)) {
            all.push_path(&path);
        }
        all.finish()
    };
    let plain = all(lines.iter().map(|line| line.plain.clone()).collect());
    let lit = all(lines.iter().map(|line| line.lit.clone()).collect());
    let widest = lines.iter().map(|line| line.width).fold(0.0, f32::max) * em;
    let top = first - ascent.min(1.0) * em;
    let bottom = last + descent.min(0.4) * em;
    let block = Rect::from_ltrb((width - widest) / 2.0, top, f32::midpoint(width, widest), bottom.max(top + 1.0))?;
    Sheet::new(block, em, burned.size)?.inscribe(burned.style, plain.as_ref(), lit.as_ref())
}

/// The piece of the frame that a caption may touch.
struct Sheet {
    pixmap: Pixmap,
    corner: (usize, usize),
    block: Rect,
    em: f32,
    size: (usize, usize),
}

impl Sheet {
    fn new(block: Rect, em: f32, (width, height): (u32, u32)) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        // Marks above and below letters, swashes, the box: half an em holds them all.
        let edge = em * 0.6;
        let even = |at: f32| at.max(0.0) as usize / 2 * 2;
        let corner = (even(block.left() - edge), even(block.top() - edge));
        let (right, bottom) = (((block.right() + edge) as usize).min(width), ((block.bottom() + edge) as usize).min(height));
        let side = |from: usize, to: usize| u32::try_from(to.saturating_sub(from).next_multiple_of(2)).ok();
        let pixmap = Pixmap::new(side(corner.0, right)?, side(corner.1, bottom)?)?;
        Some(Self { pixmap, corner, block, em, size: (width, height) })
    }

    fn inscribe(mut self, style: CaptionStyle, plain: Option<&Path>, lit: Option<&Path>) -> Option<Overlay> {
        let both = || [plain, lit].into_iter().flatten();
        both().next()?;
        if style == CaptionStyle::Boxed {
            let behind = self.rounded_box()?;
            self.fill(&behind, Color::from_rgba8(12, 12, 14, 190), 0.0);
        } else {
            for path in both() {
                self.outline(path, Color::from_rgba8(0, 0, 0, 110), SHADOW);
            }
            for path in both() {
                self.outline(path, Color::from_rgba8(0, 0, 0, 235), 0.0);
            }
        }
        if let Some(plain) = plain {
            self.fill(plain, Color::WHITE, 0.0);
        }
        if let Some(lit) = lit {
            self.fill(lit, Color::from_rgba8(255, 210, 60, 255), 0.0);
        }
        Some(Overlay::new(&self.pixmap, self.corner, self.size))
    }

    fn fill(&mut self, path: &Path, colour: Color, down: f32) {
        self.pixmap.fill_path(path, &paint(colour), FillRule::Winding, self.shift(down), None);
    }

    fn outline(&mut self, path: &Path, colour: Color, down: f32) {
        let stroke = Stroke { width: 2.0 * OUTLINE * self.em, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(path, &paint(colour), &stroke, self.shift(down), None);
    }

    fn shift(&self, down: f32) -> Transform {
        Transform::from_translate(-(self.corner.0 as f32), down * self.em - self.corner.1 as f32)
    }

    fn rounded_box(&self) -> Option<Path> {
        let (side, above, r) = (BOX_SIDE * self.em, BOX_ABOVE * self.em, BOX_CORNER * self.em);
        let (l, t, right, b) = (self.block.left() - side, self.block.top() - above, self.block.right() + side, self.block.bottom() + above);
        // A quarter of a circle by a cubic.
        let k = r * 0.447_715;
        let mut path = PathBuilder::new();
        path.move_to(l + r, t);
        path.line_to(right - r, t);
        path.cubic_to(right - k, t, right, t + k, right, t + r);
        path.line_to(right, b - r);
        path.cubic_to(right, b - k, right - k, b, right - r, b);
        path.line_to(l + r, b);
        path.cubic_to(l + k, b, l, b - k, l, b - r);
        path.line_to(l, t + r);
        path.cubic_to(l, t + k, l + k, t, l + r, t);
        path.close();
        path.finish()
    }
}

fn paint(colour: Color) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour);
    paint
}
