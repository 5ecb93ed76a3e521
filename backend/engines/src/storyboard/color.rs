//! Colours: sRGB in, perceptual (OKLab) arithmetic, sRGB out.

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    pub const BLACK: Self = Self(0, 0, 0);
    pub const WHITE: Self = Self(255, 255, 255);

    /// From `0xRRGGBB`.
    #[expect(clippy::cast_possible_truncation, reason = "each channel is masked to its byte by the shift")]
    pub const fn hex(value: u32) -> Self {
        Self((value >> 16) as u8, (value >> 8) as u8, value as u8)
    }

    /// The colour `t` of the way to `other` (0–1), in OKLab: no muddy middle.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let (a, b) = (self.lab(), other.lab());
        Self::from_lab([0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t))
    }

    /// Perceived lightness, 0 (black) to 1 (white).
    pub fn lightness(self) -> f32 {
        self.lab()[0]
    }

    /// Distance to another colour in OKLab; 0.1 is clearly another colour, 0.5 nearly opposite.
    pub fn distance(self, other: Self) -> f32 {
        let (a, b) = (self.lab(), other.lab());
        ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt()
    }

    /// Whether one of these is nearly the same to the eye: no other name would be given to it.
    pub fn is_one_of(self, colours: &[Self]) -> bool {
        colours.iter().any(|colour| self.distance(*colour) < 0.13)
    }

    /// This hue and chroma at another lightness.
    pub fn at_lightness(self, lightness: f32) -> Self {
        let [_, a, b] = self.lab();
        Self::from_lab([lightness, a, b])
    }

    /// Whichever of two inks reads better on this ground.
    pub fn readable(self, first: Self, second: Self) -> Self {
        let contrast = |ink: Self| (ink.lightness() - self.lightness()).abs();
        if contrast(first) >= contrast(second) { first } else { second }
    }

    pub fn channels(self) -> [f32; 3] {
        [self.0, self.1, self.2].map(|channel| f32::from(channel) / 255.0)
    }

    fn lab(self) -> [f32; 3] {
        let [r, g, b] = self.channels().map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        let l = (0.412_221_46 * r + 0.536_332_54 * g + 0.051_445_99 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        [
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ]
    }

    fn from_lab([lightness, a, b]: [f32; 3]) -> Self {
        let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        let linear = [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
            -0.004_196_086 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ];
        let [r, g, b] = linear.map(|c| {
            let c = c.clamp(0.0, 1.0);
            let encoded = if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        });
        Self(r, g, b)
    }
}

/// The colours of one film. A style uses them by role, never by hue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    /// Moods and things that call for this palette, lower case.
    pub words: &'static [&'static str],
    /// What lies under everything: paper, sky, night.
    pub ground: Rgb,
    /// What is written on the ground.
    pub ink: Rgb,
    /// The leading colour first.
    pub hues: [Rgb; 5],
}

impl Palette {
    /// Written as `0xRRGGBB`: ground, ink, hues.
    pub const fn new(words: &'static [&'static str], ground: u32, ink: u32, hues: [u32; 5]) -> Self {
        let [a, b, c, d, e] = hues;
        Self {
            words,
            ground: Rgb::hex(ground),
            ink: Rgb::hex(ink),
            hues: [Rgb::hex(a), Rgb::hex(b), Rgb::hex(c), Rgb::hex(d), Rgb::hex(e)],
        }
    }

    pub fn is_dark(&self) -> bool {
        self.ground.lightness() < 0.5
    }

    /// How well the palette has these colours already: the mean distance to the nearest (0 is perfect).
    pub fn distance(&self, wanted: &[Rgb]) -> f32 {
        let nearest = |colour: &Rgb| self.hues.iter().chain([&self.ground]).map(|own| own.distance(*colour)).fold(f32::INFINITY, f32::min);
        wanted.iter().map(nearest).sum::<f32>() / wanted.len().max(1) as f32
    }

    /// This palette with the wanted colours in it: one that it lacks takes the place of the hue nearest in lightness,
    /// so that light stays light and dark dark.
    pub fn with(mut self, wanted: &[Rgb]) -> Self {
        let mut taken = [false; 5];
        for colour in wanted.iter().take(3) {
            let free = (0..5).filter(|slot| !taken[*slot]);
            let near = |slot: &usize| self.hues[*slot].distance(*colour);
            if let Some(slot) = free.clone().find(|slot| near(slot) < 0.09) {
                taken[slot] = true;
                continue;
            }
            let light = |slot: &usize| (self.hues[*slot].lightness() - colour.lightness()).abs() + *slot as f32 * 0.05;
            if let Some(slot) = free.min_by(|a, b| light(a).total_cmp(&light(b))) {
                self.hues[slot] = *colour;
                taken[slot] = true;
            }
        }
        self
    }

    /// This palette without those colours: where a hue is one of them, another of its own stands in, as light as that was.
    pub fn without(mut self, unwanted: &[Rgb]) -> Self {
        let kept: Vec<Rgb> = self.hues.into_iter().filter(|hue| !hue.is_one_of(unwanted)).collect();
        for (slot, hue) in self.hues.iter_mut().enumerate().filter(|(_, hue)| hue.is_one_of(unwanted)) {
            let standing_in = kept.get(slot % kept.len().max(1)).copied().unwrap_or(self.ink);
            let as_light = standing_in.at_lightness(hue.lightness());
            // Another lightness may make it what it was to stand in for.
            *hue = if as_light.is_one_of(unwanted) { standing_in } else { as_light };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lab_is_its_own_inverse_and_mixes_in_between() {
        for value in [0x00_0000, 0xFF_FFFF, 0xC8_3F2B, 0x12_7A6A, 0xF2_C14E] {
            let colour = Rgb::hex(value);
            assert!(colour.distance(Rgb::from_lab(colour.lab())) < 0.005);
        }
        let middle = Rgb::BLACK.mix(Rgb::WHITE, 0.5).lightness();
        assert!((middle - 0.5).abs() < 0.02, "{middle}");
        assert_eq!(Rgb::hex(0x10_1010).readable(Rgb::BLACK, Rgb::WHITE), Rgb::WHITE);
    }

    #[test]
    fn a_wanted_colour_is_in_the_palette_afterwards() {
        let palette = Palette::new(&[], 0xF4_EBDD, 0x22_2222, [0xC8_3F2B, 0xE8_A33D, 0x2B_4C6F, 0x88_9A5B, 0xF2_D7B0]);
        let purple = Rgb::hex(0x7B_3FA0);
        assert!(palette.with(&[purple]).hues.contains(&purple));
    }
}
