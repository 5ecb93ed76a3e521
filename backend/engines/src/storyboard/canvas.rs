//! The surface that styles draw on: paths, inks and blends, mirrored where the language reads from the right.

use tiny_skia::{
    BlendMode, Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, Pixmap, Point, RadialGradient, Rect,
    Shader, SpreadMode, Stroke, StrokeDash, Transform,
};

use super::color::Rgb;

/// An opaque picture in the making. Coordinates are pixels; in a mirrored canvas x counts from the right edge.
pub(super) struct Canvas {
    pub pixmap: Pixmap,
    pub w: f32,
    pub h: f32,
    mirrored: bool,
    /// Where letters were drawn, all of them.
    #[cfg(test)]
    pub lettered: Option<Rect>,
}

impl Canvas {
    /// `None` where no pixmap of that size can be had.
    pub fn new(width: u32, height: u32, mirrored: bool) -> Option<Self> {
        Some(Self {
            pixmap: Pixmap::new(width, height)?,
            w: width as f32,
            h: height as f32,
            mirrored,
            #[cfg(test)]
            lettered: None,
        })
    }

    /// The shorter side over 100: the unit for margins, strokes and type, so that a card looks alike at every size.
    pub fn u(&self) -> f32 {
        self.w.min(self.h) / 100.0
    }

    pub fn mirrored(&self) -> bool {
        self.mirrored
    }

    pub fn is_tall(&self) -> bool {
        self.h > self.w * 1.1
    }

    pub fn is_wide(&self) -> bool {
        self.w > self.h * 1.25
    }

    pub fn clear(&mut self, colour: Rgb) {
        self.pixmap.fill(Color::from_rgba8(colour.0, colour.1, colour.2, 255));
    }

    /// Fills all of it from the top down, the last colour from its height on. Stops are (height in pixels, colour).
    /// Row by row and mixed in OKLab: several times as fast as a gradient shader, and without its grey middle.
    pub fn sky(&mut self, stops: &[(f32, Rgb)]) {
        let width = self.pixmap.width() as usize;
        for (y, row) in self.pixmap.data_mut().chunks_exact_mut(width * 4).enumerate() {
            let y = y as f32;
            let next = stops.iter().position(|(at, _)| *at > y);
            let colour = match next {
                Some(0) => stops[0].1,
                Some(next) => {
                    let ((from, a), (to, b)) = (stops[next - 1], stops[next]);
                    a.mix(b, (y - from) / (to - from))
                }
                None => stops.last().map_or(Rgb::BLACK, |(_, colour)| *colour),
            };
            for pixel in row.chunks_exact_mut(4) {
                pixel.copy_from_slice(&[colour.0, colour.1, colour.2, 255]);
            }
        }
    }

    /// Fills all of it: a sky, a wall.
    pub fn wash(&mut self, ink: Ink) {
        if let Some(all) = Rect::from_xywh(0.0, 0.0, self.w, self.h) {
            self.pixmap.fill_rect(all, &ink.paint(), self.transform(), None);
        }
    }

    pub fn fill(&mut self, path: Option<Path>, ink: Ink) {
        self.fill_in(path, ink, None);
    }

    /// Fills inside a mask only.
    pub fn fill_in(&mut self, path: Option<Path>, ink: Ink, mask: Option<&Mask>) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &ink.paint(), FillRule::Winding, self.transform(), mask);
        }
    }

    /// Fills with holes where a path overlaps itself.
    pub fn fill_even_odd(&mut self, path: Option<Path>, ink: Ink) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &ink.paint(), FillRule::EvenOdd, self.transform(), None);
        }
    }

    pub fn stroke(&mut self, path: Option<Path>, width: f32, ink: Ink) {
        self.stroke_with(path, &Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() }, ink);
    }

    /// Strokes in dashes of `on` and gaps of `off` pixels.
    pub fn dash(&mut self, path: Option<Path>, width: f32, (on, off): (f32, f32), ink: Ink) {
        let dash = StrokeDash::new(vec![on.max(0.1), off.max(0.1)], 0.0);
        self.stroke_with(path, &Stroke { width, dash, ..Stroke::default() }, ink);
    }

    /// Strokes inside a mask only.
    pub fn stroke_in(&mut self, path: Option<Path>, width: f32, ink: Ink, mask: Option<&Mask>) {
        if let Some(path) = path {
            let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &ink.paint(), &stroke, self.transform(), mask);
        }
    }

    fn stroke_with(&mut self, path: Option<Path>, stroke: &Stroke, ink: Ink) {
        if let Some(path) = path {
            self.pixmap.stroke_path(&path, &ink.paint(), stroke, self.transform(), None);
        }
    }

    /// Letters: drawn as they are, never mirrored.
    pub fn letters(&mut self, path: Option<Path>, ink: Ink) {
        if let Some(path) = path {
            #[cfg(test)]
            {
                let ink = path.bounds();
                self.lettered = self.lettered.map_or(Some(ink), |all| all.join(&ink));
            }
            self.pixmap.fill_path(&path, &ink.paint(), FillRule::Winding, Transform::identity(), None);
        }
    }

    /// A mask of a shape, for [`Self::fill_in`] and for shadows.
    pub fn mask(&self, path: Option<Path>) -> Option<Mask> {
        let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
        mask.fill_path(&path?, FillRule::Winding, true, self.transform());
        Some(mask)
    }

    /// A mask of the side of a shape that lies away from the light: what the shape, moved towards it, leaves uncovered.
    pub fn shade(&self, path: Option<Path>, towards: (f32, f32)) -> Option<Mask> {
        let path = path?;
        let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
        mask.fill_path(&path, FillRule::Winding, true, self.transform().pre_translate(towards.0, towards.1));
        mask.invert();
        mask.intersect_path(&path, FillRule::Winding, true, self.transform());
        Some(mask)
    }

    pub fn transform(&self) -> Transform {
        if self.mirrored { Transform::from_row(-1.0, 0.0, 0.0, 1.0, self.w, 0.0) } else { Transform::identity() }
    }
}

/// What a shape is filled with, and how it mixes with what is there.
pub(super) struct Ink {
    shader: Shader<'static>,
    blend: BlendMode,
}

/// A colour along a gradient: where (0–1), which, how opaque (0–1).
pub(super) type Stop = (f32, Rgb, f32);

impl Ink {
    pub fn flat(colour: Rgb) -> Self {
        Self::veil(colour, 1.0)
    }

    /// A colour, `alpha` opaque.
    pub fn veil(colour: Rgb, alpha: f32) -> Self {
        Self { shader: Shader::SolidColor(rgba(colour, alpha)), blend: BlendMode::SourceOver }
    }

    pub fn linear(from: (f32, f32), to: (f32, f32), stops: &[Stop]) -> Self {
        let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
        let shader = LinearGradient::new(from, to, gradient(stops), SpreadMode::Pad, Transform::identity());
        Self::or_flat(shader, stops)
    }

    pub fn radial(centre: (f32, f32), radius: f32, stops: &[Stop]) -> Self {
        let centre = Point::from_xy(centre.0, centre.1);
        let shader = RadialGradient::new(centre, 0.0, centre, radius.max(0.01), gradient(stops), SpreadMode::Pad, Transform::identity());
        Self::or_flat(shader, stops)
    }

    pub fn multiply(mut self) -> Self {
        self.blend = BlendMode::Multiply;
        self
    }

    pub fn screen(mut self) -> Self {
        self.blend = BlendMode::Screen;
        self
    }

    /// A gradient of no length is its last colour.
    fn or_flat(shader: Option<Shader<'static>>, stops: &[Stop]) -> Self {
        let (_, colour, alpha) = stops.last().copied().unwrap_or((0.0, Rgb::BLACK, 0.0));
        shader.map_or_else(|| Self::veil(colour, alpha), |shader| Self { shader, blend: BlendMode::SourceOver })
    }

    fn paint(self) -> Paint<'static> {
        Paint { shader: self.shader, blend_mode: self.blend, anti_alias: true, ..Paint::default() }
    }
}

fn gradient(stops: &[Stop]) -> Vec<GradientStop> {
    stops.iter().map(|(at, colour, alpha)| GradientStop::new(*at, rgba(*colour, *alpha))).collect()
}

fn rgba(colour: Rgb, alpha: f32) -> Color {
    Color::from_rgba8(colour.0, colour.1, colour.2, (alpha.clamp(0.0, 1.0) * 255.0).round() as u8)
}
